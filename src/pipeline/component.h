#pragma once

// What a pipeline is made of. Components are process-wide and are told about the lanes; the stages
// that they make belong to one lane each, are called on its thread only, and never block.

#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/budget.h"
#include "base/metrics.h"
#include "base/status.h"
#include "config/service.h"
#include "io/listener_pool.h"
#include "io/loop.h"
#include "otlp/records.h"
#include "pipeline/auth.h"
#include "pipeline/batch.h"

namespace sluice::pipeline {

using config::ComponentId;

class Extension;

/// When a sender is told that its data is safe.
enum class AckMode : uint8_t {
  Store,   ///< when the store has confirmed it
  Memory,  ///< when it is in this process's memory
};

/// What all components share. Outlives them.
struct Host {
  std::vector<io::Loop*> lanes;
  Budget& budget;
  metrics::Registry& metrics;
  AckMode ack = AckMode::Store;
  /// Processors that have introduced themselves: there is an instance for each pipeline, and one
  /// line of log is enough.
  std::set<ComponentId> introduced{};
  /// Those of service::extensions, which are made before all other components.
  std::map<ComponentId, Extension*> extensions{};
  /// Where listening sockets come from; null: from the system.
  io::ListenerPool* listeners = nullptr;
  /// Pipelines of an older configuration run, and are to be replaced.
  bool takes_over = false;
  /// Components are made only to hear what is wrong with their options: they read the files that
  /// these name, but take no address and write nothing. Extensions that could not be made are
  /// missing, and have been named.
  bool is_trial = false;
  /// In a trial: takes down where components would listen.
  std::vector<std::string>* asked_addresses = nullptr;
  /// Whether data that comes now would get to where it should, for those who tell others. Empty:
  /// nobody knows.
  std::function<Status()> can_take_data{};

  /// In a trial only the form of the address is looked at, and there are no listeners.
  Result<std::vector<io::Listener>> listen(std::string_view host_port) const;
};

/// What the batch processor of a pipeline asks of the place where records are put together, which
/// is the exporter. Unset: the exporter decides.
struct BatchLimits {
  std::optional<std::chrono::nanoseconds> timeout;  ///< the longest that records wait for others
  std::optional<config::Placed<uint32_t>> size;     ///< so many are worth sending
  std::optional<uint32_t> size_max;                 ///< the most that are sent at once

  /// What another one, further on in the pipeline, asks for goes over it.
  void put(const BatchLimits& over);
};

/// Where a component listens.
struct BoundAddress {
  std::string what;            ///< "otlp-grpc"
  std::string address;         ///< "127.0.0.1:4317"
  bool authenticated = false;  ///< whoever connects must say who they are
};

class Component {
 public:
  virtual ~Component() = default;
  /// What it listens on, from the moment it is made.
  virtual std::vector<BoundAddress> addresses() const { return {}; }
  /// Called once, after everything is built; consumers are started before those who feed them.
  virtual Status start() { return {}; }
  /// Called once, before the first stop(): the pipelines end soon, so whoever waits for something
  /// to get better gives up and has senders told to retry later. Data still comes.
  virtual void hurry() {}
  /// Called once, in the opposite order, while the lanes run: take no more, pass on what is held.
  /// `done` is called once, on any thread, and must not destroy the component.
  virtual void stop(std::function<void()> done) { done(); }  // NOLINT(performance-*): some keep it
};

/// One stage per lane for each signal that has a pipeline; the others are empty.
using Inputs = std::array<std::vector<Consumer*>, otlp::kSignalCount>;

/// Gives each batch to the stage of its signal on the lane it is on. Takes data in from start() on.
class Receiver : public Component {};

/// One instance per pipeline.
class Processor : public Component {
 public:
  /// A stage for lane `i`. Lives as long as the processor and `next`.
  virtual std::unique_ptr<Consumer> stage(size_t lane, Consumer& next) = 0;
  /// What it asks of the exporters of its pipeline.
  virtual BatchLimits batch_limits() const { return {}; }
};

class Exporter : public Component {
 public:
  /// Called before everything else, once for each pipeline that ends in it.
  virtual void serve(otlp::Signal /*signal*/, const BatchLimits& /*limits*/) {}
  /// Why the size that somebody chose for batches has no effect on it; empty: it has one.
  virtual std::string why_without_effect(uint32_t /*batch_size*/) const { return {}; }
  /// The stage of lane `i`, for all signals; lives as long as the exporter.
  virtual Consumer& stage(size_t lane) = 0;
  /// Whether data that comes now gets to where it should. Thread-safe.
  virtual bool ready() const { return true; }
};

/// An exporter of some pipelines that is a receiver of others. One instance per pair of signals.
class Connector : public Component {
 public:
  /// The first stages of the pipelines that it feeds, by their id.
  using Outputs = std::map<ComponentId, Consumer*>;
  /// InvalidArgument if it needs a pipeline that it does not feed.
  virtual Result<std::unique_ptr<Consumer>> stage(size_t lane, const Outputs& next) = 0;
};

class Extension : public Component {
 public:
  /// What it does for other components; null where it does not.
  virtual const ServerAuth* server_auth() const { return nullptr; }
  virtual const ClientAuth* client_auth() const { return nullptr; }
  /// All components have been started.
  virtual void pipelines_started() {}
  /// The first component is about to be stopped.
  virtual void pipelines_stopping() {}
};

}  // namespace sluice::pipeline
