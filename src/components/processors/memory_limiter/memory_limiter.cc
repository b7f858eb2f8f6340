#include "components/processors/memory_limiter/memory_limiter.h"

#include <atomic>
#include <chrono>
#include <string>

#include "base/log.h"
#include "base/machine_memory.h"
#include "components/processors/memory_limiter/config.h"
#include "pipeline/collector_metrics.h"
#include "pipeline/count.h"
#include "pipeline/gate.h"

namespace sluice::components {
namespace {

using memory_limiter_processor::Config;

constexpr uint64_t kMiB = 1 << 20;

/// In bytes. Data is refused from the hard limit less the room for a spike on, a fifth unless it is
/// given.
struct Limits {
  uint64_t hard;
  uint64_t spike;
  uint64_t soft() const { return hard - spike; }
};

Limits limits_of(const Config& config) {
  Limits limits{config.limit_mib * kMiB, config.spike_limit_mib * kMiB};
  if (config.limit_mib == 0) {
    const uint64_t percent = machine_memory_bytes() / 100;
    limits = {percent * config.limit_percentage, percent * config.spike_limit_percentage};
  }
  if (limits.spike == 0) limits.spike = limits.hard / 5;
  return limits;
}

/// Refuses while the telemetry in flight is beyond the limit; senders come again later. The process
/// may hold as much as the largest limit, so that no other bound comes first.
class MemoryLimiter final : public pipeline::Processor {
 public:
  MemoryLimiter(const Config& config, const pipeline::ComponentId& id, otlp::Signal signal,
                pipeline::Host& host)
      : id_(id.to_string()),
        signal_(signal),
        limits_(limits_of(config)),
        pause_(config.check_interval),
        budget_(host.budget),
        is_first_(host.introduced.insert(id).second),
        items_(host.metrics, id_, signal) {
    host.budget.allow(limits_.soft());
  }
  static Result<std::unique_ptr<pipeline::Processor>> make(const Config& config,
                                                           const pipeline::ComponentId& id,
                                                           otlp::Signal signal,
                                                           pipeline::Host& host) {
    return std::unique_ptr<pipeline::Processor>(
        std::make_unique<MemoryLimiter>(config, id, signal, host));
  }

  /// Says it once for all pipelines, as the original does, where they share one limiter.
  Status start() override {
    if (!is_first_) return {};
    log::write_each(log::Level::Info, "Memory limiter configured",
                    {{"processor", id_},
                     {"limit_mib", limits_.hard / kMiB},
                     {"spike_limit_mib", limits_.spike / kMiB}});
    return {};
  }

  std::unique_ptr<pipeline::Consumer> stage(size_t, pipeline::Consumer& next) override {
    return std::make_unique<Stage>(*this, next);
  }

 private:
  using Clock = std::chrono::steady_clock;

  class Stage final : public pipeline::Gate {
   public:
    Stage(MemoryLimiter& limiter, pipeline::Consumer& next) : Gate(next), limiter_(limiter) {}

   private:
    bool lets_through(const pipeline::BatchView& batch, pipeline::Ack& ack) override {
      if (limiter_.admits(pipeline::count_items(batch))) return true;
      ack.resolve({unavailable("data refused due to high memory usage"), 0, {}});
      return false;
    }

    MemoryLimiter& limiter_;
  };

  /// On any lane.
  bool admits(uint64_t items) {
    const uint64_t used = budget_.used_bytes();
    const bool yes = used <= limits_.soft();
    (yes ? items_.accepted : items_.refused).add(items);
    if (!yes) say_refused(used);
    return yes;
  }

  /// Once in check_interval.
  void say_refused(uint64_t used) {
    const int64_t now = Clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
    int64_t due = line_due_.load(std::memory_order_relaxed);
    if (now < due || !line_due_.compare_exchange_strong(due, now + pause_.count())) return;
    log::warn("data is refused: too much of it is in flight; senders are told to come again",
              {{"processor", id_},
               {"signal", otlp::signal_name(signal_)},
               {"in_flight_mib", used / kMiB},
               {"refused_from_mib", limits_.soft() / kMiB}});
  }

  const std::string id_;
  const otlp::Signal signal_;
  const Limits limits_;
  const std::chrono::nanoseconds pause_;
  const Budget& budget_;
  const bool is_first_;  // of the instances, of which there is one for each pipeline
  const pipeline::LimiterItems items_;
  std::atomic<int64_t> line_due_ = INT64_MIN;  // of the steady clock, in nanoseconds
};

}  // namespace

std::unique_ptr<pipeline::Factory> memory_limiter_processor_factory() {
  return std::make_unique<pipeline::ProcessorFactory<Config>>(
      pipeline::Factory::About{config::Section::Processors, "memory_limiter",
                               "Refuses data while too much of it is in flight."},
      &MemoryLimiter::make);
}

}  // namespace sluice::components
