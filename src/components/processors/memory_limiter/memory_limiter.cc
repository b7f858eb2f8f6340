#include "components/processors/memory_limiter/memory_limiter.h"

#include <unistd.h>

#include "components/processors/memory_limiter/config.h"
#include "pipeline/gate.h"

namespace sluice::components {
namespace {

using memory_limiter_processor::Config;

constexpr uint64_t kMiB = 1 << 20;

uint64_t machine_bytes() {
  return static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) *
         static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

/// Where data is refused: the hard limit less the room for a spike, a fifth unless it is given.
uint64_t soft_limit(const Config& config) {
  if (config.limit_mib != 0) {
    const uint64_t spike =
        config.spike_limit_mib != 0 ? config.spike_limit_mib : config.limit_mib / 5;
    return (config.limit_mib - spike) * kMiB;
  }
  const uint32_t spike = config.spike_limit_percentage != 0 ? config.spike_limit_percentage
                                                            : config.limit_percentage / 5;
  return machine_bytes() / 100 * (config.limit_percentage - spike);
}

/// Refuses while the telemetry in flight is beyond the limit; senders come again later. The process
/// may hold as much as the largest limit, so that no other bound comes first.
class Limiter final : public pipeline::Gate {
 public:
  Limiter(pipeline::Consumer& next, const Budget& budget, uint64_t limit)
      : Gate(next), budget_(budget), limit_(limit) {}

 private:
  bool lets_through(const pipeline::BatchView&, pipeline::Ack& ack) override {
    if (budget_.used_bytes() <= limit_) return true;
    ack.resolve({unavailable("data refused due to high memory usage"), 0, {}});
    return false;
  }

  const Budget& budget_;
  const uint64_t limit_;
};

class MemoryLimiter final : public pipeline::Processor {
 public:
  MemoryLimiter(const Config& config, Budget& budget)
      : budget_(budget), limit_(soft_limit(config)) {
    budget.allow(limit_);
  }
  static Result<std::unique_ptr<pipeline::Processor>> make(const Config& config,
                                                           const pipeline::ComponentId&,
                                                           otlp::Signal, pipeline::Host& host) {
    return std::unique_ptr<pipeline::Processor>(
        std::make_unique<MemoryLimiter>(config, host.budget));
  }
  std::unique_ptr<pipeline::Consumer> stage(size_t, pipeline::Consumer& next) override {
    return std::make_unique<Limiter>(next, budget_, limit_);
  }

 private:
  const Budget& budget_;
  const uint64_t limit_;
};

}  // namespace

std::unique_ptr<pipeline::Factory> memory_limiter_processor_factory() {
  return std::make_unique<pipeline::ProcessorFactory<Config>>(
      pipeline::Factory::About{config::Section::Processors, "memory_limiter",
                               "Refuses data while too much of it is in flight."},
      &MemoryLimiter::make);
}

}  // namespace sluice::components
