#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "app/lanes.h"
#include "base/budget.h"
#include "base/metrics.h"
#include "base/status.h"
#include "io/listener_pool.h"
#include "pipeline/graph.h"
#include "pipeline/trial.h"

namespace sluice::app {

struct PipelinesOptions {
  int lanes = 0;  ///< 0: one per core
  size_t memory_limit_bytes = 0;
  pipeline::AckMode ack = pipeline::AckMode::Store;
  /// Where the components will listen.
  std::vector<pipeline::WantedAddress> addresses;
  /// As pipeline::Host has it.
  std::function<Status()> can_take_data;
};

/// The pipelines of a configuration with the threads that they run on.
class Pipelines {
 public:
  /// Makes all components and binds their addresses; an error has a line for each one that cannot
  /// be had. `metrics` must outlive the pipelines.
  static Result<std::unique_ptr<Pipelines>> create(pipeline::Plan plan,
                                                   const PipelinesOptions& options,
                                                   metrics::Registry& metrics);
  ~Pipelines();
  Pipelines(const Pipelines&) = delete;
  Pipelines& operator=(const Pipelines&) = delete;

  /// Starts the extensions, which tell others of the process.
  Status start_extensions();
  /// Starts the threads and everything but the receivers.
  Status start();
  /// Starts the receivers.
  Status accept();

  std::vector<pipeline::BoundAddress> addresses() const;
  /// Whether data that comes now would get to where it should; else why not. Thread-safe.
  Status can_take_data() const;
  /// Whether all exporters reached what they write to. Thread-safe.
  bool ready() const;

  /// Puts the pipelines of another configuration in the place of those that run. The new ones take
  /// over the sockets of addresses that both listen on; the old ones stop accepting, answer what is
  /// open and pass everything on. On an error, which has a line for each of `addresses` that cannot
  /// be had, the old ones run on. REQUIRES: accept() was called.
  Status replace(pipeline::Plan plan, const std::vector<pipeline::WantedAddress>& addresses,
                 std::chrono::milliseconds timeout);

  /// Stops accepting, answers the open requests, passes everything on. False if that took longer
  /// than `timeout`: then the pipelines must not be destroyed, but the process ended.
  bool stop(std::chrono::milliseconds timeout);

 private:
  /// A configuration and what runs of it.
  struct Generation {
    Generation(pipeline::Plan planned, pipeline::Host shared)
        : plan(std::move(planned)), host(std::move(shared)) {}
    const pipeline::Plan plan;
    pipeline::Host host;
    std::unique_ptr<pipeline::Graph> graph;
  };

  Pipelines(const PipelinesOptions& options, metrics::Registry& metrics);
  pipeline::Host host();
  Status build(Generation& generation);
  /// Of a generation that takes the place of another. Binds all `addresses` before anything is
  /// made.
  Status build_and_accept(Generation& generation,
                          const std::vector<pipeline::WantedAddress>& addresses);
  void destroy(std::unique_ptr<Generation> generation);
  void retire(std::unique_ptr<Generation> old, std::chrono::milliseconds timeout);
  void take_over(std::unique_ptr<Generation> next);
  Status replace_after_stop(pipeline::Plan plan,
                            const std::vector<pipeline::WantedAddress>& addresses,
                            std::chrono::milliseconds timeout);

  Budget budget_;
  Lanes lanes_;
  io::ListenerPool listeners_;
  metrics::Registry& metrics_;
  const pipeline::AckMode ack_;
  const std::function<Status()> can_take_data_;
  mutable std::mutex mutex_;  // of current_, which pages ask on their own threads
  std::unique_ptr<Generation> current_;
};

}  // namespace sluice::app
