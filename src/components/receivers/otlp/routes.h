#pragma once

#include <array>
#include <string>

#include "otlp/records.h"

namespace sluice::components::otlp_receiver {

/// A path for each signal, and whether anybody takes it; by otlp::Signal.
using Paths = std::array<std::string, otlp::kSignalCount>;
using Served = std::array<bool, otlp::kSignalCount>;

inline const Paths kStandardPaths = {"/v1/logs", "/v1/traces", "/v1/metrics"};
inline constexpr Served kAllServed = {true, true, true};

}  // namespace sluice::components::otlp_receiver
