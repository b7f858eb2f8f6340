#include "components/exporters/debug/debug.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <mutex>
#include <string>
#include <vector>

#include "base/log.h"
#include "components/exporters/debug/config.h"
#include "components/exporters/debug/outputs.h"
#include "components/exporters/debug/text.h"
#include "pipeline/collector_metrics.h"
#include "pipeline/count.h"

namespace sluice::components {
namespace {

using debug_exporter::Config;
using debug_exporter::Outputs;
using debug_exporter::Verbosity;

/// What is said of every request.
struct Summary {
  std::string_view title;
  std::vector<log::Field> counts;  ///< two or three
};

Summary summary_of(const otlp::LogsRequest& request) {
  return {"Logs",
          {{"resource logs", uint64_t{request.resources.size()}},
           {"log records", pipeline::count_items(request)}}};
}
Summary summary_of(const otlp::TracesRequest& request) {
  return {"Traces",
          {{"resource spans", uint64_t{request.resources.size()}},
           {"spans", pipeline::count_items(request)}}};
}
Summary summary_of(const otlp::MetricsRequest& request) {
  uint64_t metrics = 0;
  for (const auto& group : request.resources) {
    for (const auto& scope : group.scopes) metrics += scope.records.size();
  }
  return {"Metrics",
          {{"resource metrics", uint64_t{request.resources.size()}},
           {"metrics", metrics},
           {"data points", pipeline::count_items(request)}}};
}

/// Tells the log, or files, what comes. Thread-safe: all lanes share it.
class DebugExporter final : public pipeline::Exporter, public pipeline::ReadingStage {
 public:
  DebugExporter(const Config& config, const pipeline::ComponentId& id, metrics::Registry& metrics)
      : config_(config), id_(id.to_string()), items_(pipeline::exporter_items(metrics, id_)) {}

  static Result<std::unique_ptr<pipeline::Exporter>> make(const Config& config,
                                                          const pipeline::ComponentId& id,
                                                          pipeline::Host& host) {
    auto exporter = std::make_unique<DebugExporter>(config, id, host.metrics);
    if (!config.use_internal_logger && !host.is_trial) {
      auto outputs =
          Outputs::open(config.output_paths.value_or(std::vector<std::string>{"stdout"}));
      if (!outputs.ok()) return outputs.status();
      exporter->outputs_ = std::move(*outputs);
    }
    return std::unique_ptr<pipeline::Exporter>(std::move(exporter));
  }

  pipeline::Consumer& stage(size_t) override { return *this; }

  void read(const pipeline::BatchView& batch, pipeline::Ack&& ack) override {
    switch (batch.signal) {
      case otlp::Signal::Logs: say(batch.signal, *batch.logs); break;
      case otlp::Signal::Traces: say(batch.signal, *batch.traces); break;
      case otlp::Signal::Metrics: say(batch.signal, *batch.metrics); break;
    }
    items_[static_cast<size_t>(batch.signal)].sent.add(pipeline::count_items(batch));
    ack.resolve({});
  }

 private:
  using Clock = std::chrono::steady_clock;

  /// The requests of one signal within a second.
  struct Second {
    Clock::time_point began;
    uint64_t requests = 0;
  };

  /// The first requests of a second, then each so many-th.
  bool is_sampled(Second& second) const {
    const Clock::time_point now = Clock::now();
    if (now - second.began >= std::chrono::seconds(1)) second = {now, 0};
    ++second.requests;
    if (config_.sampling_initial < 0) return true;
    const auto initial = static_cast<uint64_t>(config_.sampling_initial);
    if (second.requests <= initial) return true;
    return config_.sampling_thereafter > 0 &&
           (second.requests - initial) % static_cast<uint64_t>(config_.sampling_thereafter) == 0;
  }

  template <typename Request>
  void say(otlp::Signal signal, const Request& request) {
    const std::lock_guard lock(mutex_);
    if (!is_sampled(seconds_[static_cast<size_t>(signal)])) return;
    Buffer text;
    switch (config_.verbosity) {
      case Verbosity::Basic: break;
      case Verbosity::Normal: debug_exporter::append_normal(request, text); break;
      case Verbosity::Detailed: debug_exporter::append_detailed(request, text); break;
    }
    if (config_.use_internal_logger) {
      log_each_line(summary_of(request), text.view());
    } else {
      write(summary_of(request), text.view());
    }
  }

  /// What is too much is for is_sampled() to say, and not for the log.
  void log_each_line(const Summary& summary, std::string_view text) const {
    const std::vector<log::Field>& counts = summary.counts;
    if (counts.size() == 2) {
      log::write_each(log::Level::Info, summary.title, {{"exporter", id_}, counts[0], counts[1]});
    } else {
      log::write_each(log::Level::Info, summary.title,
                      {{"exporter", id_}, counts[0], counts[1], counts[2]});
    }
    while (!text.empty()) {
      const std::string_view line = text.substr(0, text.find('\n'));
      log::write_each(log::Level::Info, line);
      text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
  }

  /// An empty line stands behind the text, as in the original.
  void write(const Summary& summary, std::string_view text) {
    std::string all = std::string(summary.title) + "\t{";
    for (const log::Field& count : summary.counts) {
      if (&count != &summary.counts.front()) all += ", ";
      all += "\"" + std::string(count.key) + "\": " + count.value;
    }
    all += "}\n";
    if (config_.verbosity != Verbosity::Basic) all += std::string(text) + "\n";
    outputs_.write(all);
  }

  const Config config_;
  const std::string id_;
  const pipeline::ExporterItemsBySignal items_;
  std::mutex mutex_;
  std::array<Second, otlp::kSignalCount> seconds_;
  Outputs outputs_;
};

}  // namespace

std::unique_ptr<pipeline::Factory> debug_exporter_factory() {
  return std::make_unique<pipeline::ExporterFactory<Config>>(
      pipeline::Factory::About{config::Section::Exporters, "debug",
                               "Tells the program's log, or files, what comes."},
      &DebugExporter::make);
}

}  // namespace sluice::components
