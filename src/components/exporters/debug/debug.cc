#include "components/exporters/debug/debug.h"

#include <chrono>
#include <mutex>

#include "base/log.h"
#include "components/exporters/debug/config.h"
#include "otlp/json_encode.h"
#include "pipeline/collector_metrics.h"
#include "pipeline/count.h"

namespace sluice::components {
namespace {

using debug_exporter::Config;
using debug_exporter::Verbosity;

/// Tells the log what comes. Thread-safe: all lanes share it.
class DebugExporter final : public pipeline::Exporter, public pipeline::ReadingStage {
 public:
  DebugExporter(const Config& config, const pipeline::ComponentId& id, metrics::Registry& metrics)
      : config_(config), id_(id.to_string()), items_(pipeline::exporter_items(metrics, id_)) {}

  static Result<std::unique_ptr<pipeline::Exporter>> make(const Config& config,
                                                          const pipeline::ComponentId& id,
                                                          pipeline::Host& host) {
    return std::unique_ptr<pipeline::Exporter>(
        std::make_unique<DebugExporter>(config, id, host.metrics));
  }

  pipeline::Consumer& stage(size_t) override { return *this; }

  void read(const pipeline::BatchView& batch, pipeline::Ack&& ack) override {
    if (is_sampled()) {
      switch (batch.signal) {
        case otlp::Signal::Logs: say(batch.signal, *batch.logs); break;
        case otlp::Signal::Traces: say(batch.signal, *batch.traces); break;
        case otlp::Signal::Metrics: say(batch.signal, *batch.metrics); break;
      }
    }
    items_[static_cast<size_t>(batch.signal)].sent.add(pipeline::count_items(batch));
    ack.resolve({});
  }

 private:
  using Clock = std::chrono::steady_clock;

  /// The first requests of a second, then each so many-th.
  bool is_sampled() {
    const std::lock_guard lock(mutex_);
    const Clock::time_point now = Clock::now();
    if (now - second_ >= std::chrono::seconds(1)) {
      second_ = now;
      seen_ = 0;
    }
    const uint32_t number = seen_++;
    if (number < config_.sampling_initial) return true;
    return config_.sampling_thereafter != 0 &&
           (number - config_.sampling_initial) % config_.sampling_thereafter == 0;
  }

  template <typename Request>
  void say(otlp::Signal signal, const Request& request) {
    const std::string records = std::to_string(pipeline::count_items(request));
    if (config_.verbosity == Verbosity::Basic) {
      return write(signal, {{"exporter", id_}, {"records", records}});
    }
    Buffer json;
    otlp::encode_json(request, json);
    write(signal, {{"exporter", id_}, {"records", records}, {"data", std::string(json.view())}});
  }

  /// What is too much is for is_sampled() to say, and not for the log.
  static void write(otlp::Signal signal, std::initializer_list<log::Field> fields) {
    log::write_each(log::Level::Info, otlp::signal_name(signal), fields);
  }

  const Config config_;
  const std::string id_;
  const pipeline::ExporterItemsBySignal items_;
  std::mutex mutex_;
  Clock::time_point second_;
  uint32_t seen_ = 0;
};

}  // namespace

std::unique_ptr<pipeline::Factory> debug_exporter_factory() {
  return std::make_unique<pipeline::ExporterFactory<Config>>(
      pipeline::Factory::About{config::Section::Exporters, "debug",
                               "Tells the program's log what comes."},
      &DebugExporter::make);
}

}  // namespace sluice::components
