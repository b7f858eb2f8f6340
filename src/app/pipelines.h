#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "app/lanes.h"
#include "base/budget.h"
#include "base/metrics.h"
#include "base/status.h"
#include "pipeline/graph.h"

namespace sluice::app {

struct PipelinesOptions {
  int lanes = 0;  ///< 0: one per core
  size_t memory_limit_bytes = 0;
  pipeline::AckMode ack = pipeline::AckMode::Store;
};

/// The pipelines of a configuration with the threads that they run on.
class Pipelines {
 public:
  /// Makes all components and binds their addresses; an error names the one that failed. `plan` and
  /// `metrics` must outlive the pipelines.
  static Result<std::unique_ptr<Pipelines>> create(const pipeline::Plan& plan,
                                                   const PipelinesOptions& options,
                                                   metrics::Registry& metrics);
  ~Pipelines();
  Pipelines(const Pipelines&) = delete;
  Pipelines& operator=(const Pipelines&) = delete;

  /// Starts the threads and everything but the receivers.
  Status start();
  /// Starts the receivers.
  Status accept();

  std::vector<pipeline::BoundAddress> addresses() const { return graph_->addresses(); }
  /// Whether data that comes now would get to where it should; else why not. Thread-safe.
  Status can_take_data() const;
  /// Whether all exporters reached what they write to. Thread-safe.
  bool ready() const { return graph_->ready(); }

  /// Stops accepting, answers the open requests, passes everything on. False if that took longer
  /// than `timeout`: then the pipelines must not be destroyed, but the process ended.
  bool stop(std::chrono::milliseconds timeout);

 private:
  Pipelines(const PipelinesOptions& options, metrics::Registry& metrics);

  Budget budget_;
  Lanes lanes_;
  pipeline::Host host_;
  std::unique_ptr<pipeline::Graph> graph_;
};

}  // namespace sluice::app
