#pragma once

// Makes one exporter the way a configuration does and gives it requests, for tests of those that
// answer at once.

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "testing/rig.h"

namespace sluice::testing {

/// A started exporter on a lane.
class SimpleExporterRig {
 public:
  SimpleExporterRig(std::string_view type, std::string_view yaml) {
    const pipeline::Factory* factory =
        components::all_components().find(config::Section::Exporters, type);
    config::Diagnostics diagnostics;
    const auto options = factory->read(config::parse_yaml(yaml, "").value(),
                                       config::Place(diagnostics, std::string(type), {}));
    for (const auto& warning : diagnostics.warnings()) warnings_ += warning.to_string() + "\n";
    EXPECT_EQ(diagnostics.to_string(), "");
    auto made = factory->exporter(options, {std::string(type), ""}, host_);
    EXPECT_TRUE(made.ok()) << made.status().message();
    if (!made.ok()) return;
    exporter_ = std::move(made).value();
    EXPECT_TRUE(exporter_->start().ok());
  }
  ~SimpleExporterRig() {
    if (exporter_ == nullptr) return;
    std::promise<void> done;
    exporter_->stop([&] { done.set_value(); });
    done.get_future().wait();
    lanes_.run(0, [] {});
  }

  /// Records as testing/record_text.h has them; what the sender is told.
  pipeline::Outcome send(std::string_view records, otlp::Signal signal = otlp::Signal::Logs) {
    pipeline::Batch batch;
    batch.signal = signal;
    batch.logs = batch.arena->create<otlp::LogsRequest>();
    batch.traces = batch.arena->create<otlp::TracesRequest>();
    batch.metrics = batch.arena->create<otlp::MetricsRequest>();
    pipeline::visit_request(batch, [&](auto& request) { of_text(records, *batch.arena, request); });
    std::promise<pipeline::Outcome> answer;
    batch.ack =
        pipeline::Ack([&](pipeline::Outcome&& outcome) { answer.set_value(std::move(outcome)); });
    lanes_.run(0, [&] { exporter_->stage(0).consume(std::move(batch)); });
    return answer.get_future().get();
  }
  /// For exporters whose stages may be called on any thread.
  pipeline::Consumer& stage() { return exporter_->stage(0); }
  const std::string& warnings() const { return warnings_; }
  const metrics::Registry& metrics() const { return metrics_; }

 private:
  Lanes lanes_{1};
  Budget budget_{Rig::kBudgetBytes};
  metrics::Registry metrics_;
  pipeline::Host host_{lanes_.loops(), budget_, metrics_};
  std::string warnings_;
  std::unique_ptr<pipeline::Exporter> exporter_;
};

}  // namespace sluice::testing
