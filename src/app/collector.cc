#include "app/collector.h"

#include <algorithm>
#include <future>
#include <thread>

namespace sluice::app {
namespace {

/// Requests that are open when the process is told to end are answered in this time. Those that
/// wait for the store need one flush and one insert.
constexpr std::chrono::milliseconds kReceiverDrain{5'000};

size_t lane_count(const Options& options) {
  if (options.lanes > 0) return static_cast<size_t>(options.lanes);
  return std::max(1u, std::thread::hardware_concurrency());
}

std::vector<std::string> addresses_of(const ListenAddress& address) {
  return address.off() ? std::vector<std::string>{} : std::vector<std::string>{address.text};
}

components::ClickHouseExporterConfig exporter_config(const Options& options,
                                                     clickhouse::Endpoint endpoint) {
  components::ClickHouseExporterConfig config;
  config.endpoint = std::move(endpoint);
  config.ack = options.ack;
  config.flush_interval = options.flush_interval;
  config.timeout = options.insert_timeout;
  config.create_schema = options.create_schema;
  config.ttl = options.retention.ttl();
  return config;
}

components::OtlpReceiverConfig receiver_config(const Options& options) {
  components::OtlpReceiverConfig config;
  config.grpc = addresses_of(options.otlp_grpc);
  config.http = addresses_of(options.otlp_http);
  config.limits.drain_timeout = kReceiverDrain;
  return config;
}

/// Calls `begin` with a callback, and waits until it was called. The callback may come after the
/// time is over.
template <typename Begin>
bool wait_for(Begin begin, std::chrono::steady_clock::time_point end) {
  const auto done = std::make_shared<std::promise<void>>();
  std::future<void> future = done->get_future();
  begin([done] { done->set_value(); });
  return future.wait_until(end) == std::future_status::ready;
}

}  // namespace

Collector::Collector(const Options& options, metrics::Registry& metrics)
    : budget_(options.memory_limit.value), lanes_(lane_count(options)) {
  metrics.gauge_callback("sluice_memory_used_bytes", "Telemetry in flight.", {},
                         [this] { return static_cast<double>(budget_.used_bytes()); });
  metrics.gauge("sluice_memory_limit_bytes", "Telemetry that may be in flight.")
      .set(static_cast<int64_t>(budget_.limit_bytes()));
}

Result<std::unique_ptr<Collector>> Collector::create(const Options& options,
                                                     clickhouse::Endpoint endpoint,
                                                     metrics::Registry& metrics) {
  std::unique_ptr<Collector> collector(new Collector(options, metrics));
  const std::vector<io::Loop*> loops = collector->lanes_.loops();
  auto exporter = components::ClickHouseExporter::create(
      exporter_config(options, std::move(endpoint)), loops, collector->budget_, metrics);
  if (!exporter.ok()) return exporter.status();
  collector->exporter_ = std::move(exporter).value();

  std::vector<pipeline::Consumer*> consumers;
  for (size_t i = 0; i < loops.size(); ++i) consumers.push_back(&collector->exporter_->lane(i));
  auto receiver = components::OtlpReceiver::create(receiver_config(options), loops, consumers,
                                                   collector->budget_, metrics);
  if (!receiver.ok()) return receiver.status();
  collector->receiver_ = std::move(receiver).value();
  return collector;
}

Collector::~Collector() { lanes_.stop(); }

Status Collector::start() {
  lanes_.start();
  return exporter_->start();
}

void Collector::accept() { receiver_->start(); }

Status Collector::can_take_data() const {
  if (!exporter_->ready()) return unavailable("ClickHouse does not answer");
  // A request of the usual size must fit; at the mark itself senders are already asked to come
  // later.
  if (budget_.used_bytes() >= budget_.limit_bytes()) {
    return unavailable("the memory for telemetry in flight is used up");
  }
  return {};
}

bool Collector::drain(std::chrono::milliseconds timeout) {
  const auto end = std::chrono::steady_clock::now() + timeout;
  const auto receiver = [&](std::function<void()> done) { receiver_->drain(std::move(done)); };
  const auto exporter = [&](std::function<void()> done) { exporter_->drain(std::move(done)); };
  return wait_for(receiver, end) && wait_for(exporter, end);
}

}  // namespace sluice::app
