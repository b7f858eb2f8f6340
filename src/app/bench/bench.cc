#include "app/bench/bench.h"

#include <algorithm>
#include <cstdio>
#include <random>
#include <thread>

#include "app/bench/load.h"
#include "app/bench/loss.h"
#include "app/cli.h"
#include "app/signals.h"
#include "clickhouse/client.h"
#include "io/listen.h"

namespace sluice::app::bench {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kProgress{1'000};
constexpr milliseconds kPoll{20};
/// Beyond the longest flush interval that makes sense, and a slow insert.
constexpr milliseconds kLossPatience{30'000};

struct BenchOptions {
  ListenAddress target;
  Protocol protocol = Protocol::Grpc;
  wire::Encoding encoding = wire::Encoding::Identity;
  uint64_t rate = 0;
  int connections = 4;
  int in_flight = 4;
  int records = 1000;
  milliseconds duration{10'000};
  uint64_t requests = 0;
  std::string clickhouse = "http://localhost:8123";
  std::string database = "default";
  std::string user = "default";
  Secret password;
};

std::vector<Flag> bench_table(BenchOptions& o) {
  std::vector<Flag> flags;
  flags.push_back(make_flag(o.target, {.name = "target",
                                       .unit = "HOST:PORT",
                                       .help = "The OTLP receiver",
                                       .unset = "localhost:4317, for http localhost:4318"}));
  flags.push_back(make_flag(
      o.protocol, {.name = "protocol", .unit = "grpc|http", .help = "OTLP over gRPC or HTTP"}));
  flags.push_back(make_flag(
      o.encoding,
      {.name = "encoding", .unit = "none|gzip|zstd", .help = "Compression of the requests"}));
  flags.push_back(make_flag(
      o.rate,
      {.name = "rate", .unit = "NUMBER", .help = "Records per second; 0 is as many as go"}));
  flags.push_back(
      make_flag(o.connections, {.name = "connections", .unit = "NUMBER", .help = "Connections"}));
  flags.push_back(make_flag(o.in_flight,
                            {.name = "in-flight",
                             .unit = "NUMBER",
                             .help = "Requests open at once on a gRPC connection (HTTP has one)"}));
  flags.push_back(
      make_flag(o.records, {.name = "records", .unit = "NUMBER", .help = "Records of a request"}));
  flags.push_back(
      make_flag(o.duration, {.name = "duration",
                             .unit = "DURATION",
                             .help = "Length of the run; 0s is until --requests are sent, or ^C"}));
  flags.push_back(
      make_flag(o.requests,
                {.name = "requests", .unit = "NUMBER", .help = "Requests to send; 0 is no bound"}));
  flags.push_back(make_flag(o.clickhouse,
                            {.name = "clickhouse-http",
                             .unit = "URL",
                             .help = "Where the accepted records are counted afterwards, or off"}));
  flags.push_back(
      make_flag(o.database,
                {.name = "clickhouse-database", .unit = "NAME", .help = "Database of the tables"}));
  flags.push_back(make_flag(o.user, {.name = "user",
                                     .unit = "NAME",
                                     .help = "User of the ClickHouse interface",
                                     .env = "CLICKHOUSE_USER"}));
  flags.push_back(make_flag(o.password, {.name = "password",
                                         .unit = "TEXT",
                                         .help = "The user's password; rather use the environment",
                                         .env = "SLUICE_PASSWORD CLICKHOUSE_PASSWORD"}));
  return flags;
}

Result<std::vector<otlp::Signal>> read_signals(const std::vector<std::string>& words) {
  if (words.empty()) return std::vector<otlp::Signal>{otlp::Signal::Logs};
  std::vector<otlp::Signal> signals;
  for (const std::string& word : words) {
    bool known = false;
    for (otlp::Signal signal : {otlp::Signal::Logs, otlp::Signal::Traces, otlp::Signal::Metrics}) {
      if (word != otlp::signal_name(signal)) continue;
      known = true;
      if (std::find(signals.begin(), signals.end(), signal) == signals.end())
        signals.push_back(signal);
    }
    if (!known) return invalid_argument("\"" + word + "\" is not one of logs, traces, metrics");
  }
  return signals;
}

Result<http::Address> read_target(const BenchOptions& options) {
  std::string text = options.target.text;
  if (text.empty()) text = options.protocol == Protocol::Grpc ? "localhost:4317" : "localhost:4318";
  Result<io::HostPort> target = io::split_host_port(text);
  if (!target.ok()) return invalid_argument("--target: " + target.status().message());
  http::Address address;
  address.host = std::move(target->host);
  address.port = static_cast<uint16_t>(std::stoi(target->port));
  return address;
}

std::string make_run_id() {
  std::random_device random;
  char text[17];
  std::snprintf(text, sizeof text, "%08x%08x", random(), random());
  return text;
}

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double ms(std::chrono::microseconds us) { return static_cast<double>(us.count()) / 1000; }

void print_progress(const Load& load, double seconds, double records_per_second) {
  const Tally& tally = load.tally();
  std::fprintf(
      stderr,
      "%6.1f s  %9.0f records/s  %llu accepted  p50 %.1f ms  p99 %.1f ms  %llu sent again%s%s\n",
      seconds, records_per_second, static_cast<unsigned long long>(tally.accepted_records.load()),
      ms(tally.latencies.quantile(0.5)), ms(tally.latencies.quantile(0.99)),
      static_cast<unsigned long long>(tally.refused_requests.load()),
      load.last_error().empty() ? "" : "  last error: ", load.last_error().c_str());
}

/// Until the load is done; ^C ends it early and cleanly.
void watch(Load& load, Clock::time_point start) {
  Clock::time_point last = start;
  uint64_t last_records = 0;
  while (load.running()) {
    if (wait_end_signal(kPoll)) load.stop();
    if (Clock::now() - last < kProgress) continue;
    const uint64_t records = load.tally().accepted_records;
    print_progress(load, seconds_since(start),
                   static_cast<double>(records - last_records) / seconds_since(last));
    last = Clock::now();
    last_records = records;
  }
}

void print_summary(const LoadConfig& config, const Load& load, double seconds) {
  const Tally& tally = load.tally();
  std::printf(
      "run %s: %.1f s, %llu requests and %llu records accepted, %.0f records/s, %.1f MB/s\n",
      config.run_id.c_str(), seconds,
      static_cast<unsigned long long>(tally.accepted_requests.load()),
      static_cast<unsigned long long>(tally.accepted_records.load()),
      static_cast<double>(tally.accepted_records.load()) / seconds,
      static_cast<double>(tally.sent_bytes.load()) / 1e6 / seconds);
  std::printf("latency p50 %.1f ms, p90 %.1f ms, p99 %.1f ms, most %.1f ms\n",
              ms(tally.latencies.quantile(0.5)), ms(tally.latencies.quantile(0.9)),
              ms(tally.latencies.quantile(0.99)), ms(tally.latencies.quantile(1)));
  std::printf("%llu requests sent again, %zu without a good answer, %llu records rejected\n",
              static_cast<unsigned long long>(tally.refused_requests.load()),
              load.unanswered().size(),
              static_cast<unsigned long long>(tally.rejected_records.load()));
}

/// Whether nothing is missing, after printing what is there.
Result<bool> check_loss(const BenchOptions& options, const LoadConfig& config, const Load& load) {
  auto endpoint = clickhouse::Endpoint::parse(options.clickhouse);
  if (!endpoint.ok()) return endpoint.status();
  endpoint->database = options.database;
  if (endpoint->user.empty()) endpoint->user = options.user;
  if (endpoint->password.empty()) endpoint->password = options.password.value;
  clickhouse::Client client(std::move(endpoint).value());
  bool complete = true;
  for (otlp::Signal signal : config.signals) {
    const LossQuestion question{config.run_id, signal, load.accepted_records(signal),
                                config.records, load.unanswered()};
    const auto stored = count_stored(client, question, kLossPatience);
    if (!stored.ok()) return stored.status();
    std::printf("stored %s: %llu of %llu, missing %llu, doubled %llu\n",
                std::string(otlp::signal_name(signal)).c_str(),
                static_cast<unsigned long long>(stored->distinct),
                static_cast<unsigned long long>(stored->expected),
                static_cast<unsigned long long>(stored->missing()),
                static_cast<unsigned long long>(stored->doubled()));
    complete = complete && stored->missing() == 0;
  }
  return complete;
}

Result<LoadConfig> load_config(const BenchOptions& options, const Arguments& arguments) {
  auto signals = read_signals(arguments.positional);
  if (!signals.ok()) return signals.status();
  auto address = read_target(options);
  if (!address.ok()) return address.status();
  if (options.records == 0 || options.connections == 0 || options.in_flight == 0) {
    return invalid_argument("--records, --connections and --in-flight are at least 1");
  }
  LoadConfig config;
  config.run_id = make_run_id();
  config.address = *address;
  config.protocol = options.protocol;
  config.encoding = options.encoding;
  config.signals = *signals;
  config.records = static_cast<uint32_t>(options.records);
  config.connections = options.connections;
  config.in_flight = options.in_flight;
  config.rate = static_cast<double>(options.rate);
  config.requests_max = options.requests;
  config.duration = options.duration;
  return config;
}

}  // namespace

int run_bench(const std::vector<std::string>& words, const Environment& environment) {
  static constexpr std::string_view kIntro =
      "sluice bench [logs] [traces] [metrics] [options]\n\n"
      "Sends generated telemetry, and counts afterwards whether all that was accepted is stored.\n";
  BenchOptions options;
  int exit_code = kExitOk;
  const auto arguments =
      read_options("bench", kIntro, bench_table(options), words, environment, exit_code);
  if (!arguments) return exit_code;
  const auto config = load_config(options, *arguments);
  if (!config.ok()) return fail(config.status().message(), kExitUsage);

  hold_end_signals();
  const auto start = Clock::now();
  Load load(*config);
  load.start();
  watch(load, start);
  load.wait();
  release_end_signals();
  print_summary(*config, load, seconds_since(start));
  if (load.tally().accepted_requests == 0)
    return fail("no request was accepted: " + load.last_error(), kExitFailure);
  const bool all_answered = load.unanswered().empty();
  if (!all_answered) fail("some requests were not accepted: " + load.last_error(), kExitFailure);
  if (options.clickhouse == "off") return all_answered ? kExitOk : kExitFailure;
  const auto complete = check_loss(options, *config, load);
  if (!complete.ok()) {
    return fail("the stored records could not be counted: " + complete.status().message(),
                kExitFailure);
  }
  return *complete && all_answered ? kExitOk : kExitFailure;
}

}  // namespace sluice::app::bench
