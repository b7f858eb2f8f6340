#pragma once

// The memory limiter's options, as the OpenTelemetry Collector names them.

#include <chrono>

#include "config/schema.h"

namespace sluice::components::memory_limiter_processor {

struct Config {
  std::chrono::nanoseconds check_interval{0};
  uint32_t limit_mib = 0;
  uint32_t spike_limit_mib = 0;
  uint32_t limit_percentage = 0;
  uint32_t spike_limit_percentage = 0;
  std::chrono::nanoseconds min_gc_interval_when_soft_limited = std::chrono::seconds(10);
  std::chrono::nanoseconds min_gc_interval_when_hard_limited{0};
};

const config::Schema<Config>& schema_of(const Config*);

}  // namespace sluice::components::memory_limiter_processor
