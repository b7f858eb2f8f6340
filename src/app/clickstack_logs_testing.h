#pragma once

// For tests and benchmarks: the built-in configuration's way of log records, without a network.

#include <memory>
#include <vector>

#include "app/configuration.h"
#include "app/preset.h"
#include "pipeline/graph.h"

namespace sluice::app {

/// Keeps what comes.
class Kept final : public pipeline::Consumer {
 public:
  void consume(pipeline::Batch&& batch) override { batches.push_back(std::move(batch)); }
  std::vector<pipeline::Batch> batches;
};

class ClickStackLogs {
 public:
  ClickStackLogs() {
    const auto& transform = planned(config::Section::Processors, {"transform", ""});
    transform_ = transform.factory
                     ->processor(transform.options, {"transform", ""}, otlp::Signal::Logs, host_)
                     .value();
    transforming_ = transform_->stage(0, logs);
    const auto& routing = planned(config::Section::Connectors, {"routing", "logs"});
    routing_ =
        routing.factory->connector(routing.options, {"routing", "logs"}, otlp::Signal::Logs, host_)
            .value();
    route_ = routing_
                 ->stage(0, {{{"logs", "out-default"}, transforming_.get()},
                             {{"logs", "out-rrweb"}, &sessions}})
                 .value();
  }

  /// Routes and transforms a request; its parts are then in `logs` and `sessions`.
  void run(pipeline::Batch&& batch) { route_->consume(std::move(batch)); }

  Kept logs;
  Kept sessions;

 private:
  static const char* no_variable(const char*) { return nullptr; }
  const pipeline::Plan::Planned& planned(config::Section section,
                                         const config::ComponentId& id) const {
    return plan_.of(section, id);
  }

  Budget budget_{1 << 30};
  metrics::Registry metrics_;
  pipeline::Host host_{{}, budget_, metrics_};
  pipeline::Plan plan_ =
      read_plan({}, kGateway, clickstack_preset({}, "http://127.0.0.1:1"), &no_variable)->plan;
  std::unique_ptr<pipeline::Processor> transform_;
  std::unique_ptr<pipeline::Connector> routing_;
  std::unique_ptr<pipeline::Consumer> transforming_;
  std::unique_ptr<pipeline::Consumer> route_;
};

}  // namespace sluice::app
