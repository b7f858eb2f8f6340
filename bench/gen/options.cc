#include "gen/options.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>

namespace sluice::bench {
namespace {

constexpr char kUsage[] =
    "usage: bench_gen --target IPV4:PORT --proto grpc|http --signal logs|traces|metrics\n"
    "                 --bodies FILE [--records N] [--requests N] [--encoding identity|gzip|zstd]\n"
    "                 [--content-type TYPE] [--conns N] [--inflight N] [--timeout SECONDS]\n"
    "                 [--rate RECORDS_PER_SECOND] [--header 'NAME: VALUE']... [--no-retry]\n"
    "       bench_gen --calibrate\n";

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "bench_gen: %s\n%s", what.c_str(), kUsage);
  std::exit(2);
}

struct Paths {
  const char* grpc;
  const char* http;
};

const std::map<std::string, Paths> kPaths = {
    {"logs", {"/opentelemetry.proto.collector.logs.v1.LogsService/Export", "/v1/logs"}},
    {"traces", {"/opentelemetry.proto.collector.trace.v1.TraceService/Export", "/v1/traces"}},
    {"metrics", {"/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", "/v1/metrics"}},
};

/// gRPC's frame around a message: whether it is compressed, and its length.
std::string grpc_prefix(bool compressed, uint32_t length) {
  std::string prefix(1, compressed ? '\1' : '\0');
  for (int shift = 24; shift >= 0; shift -= 8) prefix += static_cast<char>(length >> shift);
  return prefix;
}

/// The file is a run of bodies, each behind its length (4 bytes, little-endian).
std::vector<std::string> read_bodies(const std::string& path, const Options& options) {
  FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) fail("cannot open " + path + ": " + std::strerror(errno));
  std::vector<std::string> bodies;
  for (uint32_t length = 0; std::fread(&length, sizeof length, 1, file) == 1;) {
    std::string body;
    if (options.protocol == Protocol::Grpc)
      body = grpc_prefix(options.encoding != "identity", length);
    const size_t prefix = body.size();
    body.resize(prefix + length);
    if (std::fread(body.data() + prefix, 1, length, file) != length)
      fail(path + " ends in the middle of a body");
    bodies.push_back(std::move(body));
  }
  std::fclose(file);
  if (bodies.empty()) fail(path + " holds no bodies");
  return bodies;
}

std::pair<std::string, std::string> parse_header(const std::string& text) {
  const size_t colon = text.find(": ");
  if (colon == std::string::npos) fail("--header wants 'NAME: VALUE'");
  return {text.substr(0, colon), text.substr(colon + 2)};
}

}  // namespace

Options parse_options(int argc, char** argv) {
  Options options;
  std::string signal = "logs";
  std::string file;
  const std::map<std::string, std::function<void(const std::string&)>> with_value = {
      {"--target", [&](const std::string& v) { options.target = v; }},
      {"--proto",
       [&](const std::string& v) {
         options.protocol = v == "grpc" ? Protocol::Grpc : Protocol::Http;
       }},
      {"--signal", [&](const std::string& v) { signal = v; }},
      {"--bodies", [&](const std::string& v) { file = v; }},
      {"--content-type", [&](const std::string& v) { options.content_type = v; }},
      {"--encoding", [&](const std::string& v) { options.encoding = v; }},
      {"--records", [&](const std::string& v) { options.records_per_request = std::stoull(v); }},
      {"--requests", [&](const std::string& v) { options.requests = std::stoull(v); }},
      {"--conns", [&](const std::string& v) { options.connections = std::stoi(v); }},
      {"--inflight", [&](const std::string& v) { options.in_flight = std::stoi(v); }},
      {"--rate", [&](const std::string& v) { options.records_per_second = std::stod(v); }},
      {"--timeout", [&](const std::string& v) { options.timeout_seconds = std::stod(v); }},
      {"--header", [&](const std::string& v) { options.headers.push_back(parse_header(v)); }},
  };
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--no-retry") {
      options.retry = false;
      continue;
    }
    const auto option = with_value.find(name);
    if (option == with_value.end()) fail("unknown option " + name);
    if (++i == argc) fail(name + " wants a value");
    option->second(argv[i]);
  }
  const auto paths = kPaths.find(signal);
  if (paths == kPaths.end()) fail("--signal is logs, traces or metrics");
  const bool grpc = options.protocol == Protocol::Grpc;
  options.path = grpc ? paths->second.grpc : paths->second.http;
  if (!grpc) options.in_flight = 1;
  options.bodies = read_bodies(file, options);
  return options;
}

}  // namespace sluice::bench
