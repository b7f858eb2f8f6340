#pragma once

#include <vector>

#include "app/options.h"
#include "config/diagnostics.h"
#include "config/service.h"
#include "pipeline/trial.h"

namespace sluice::app {

/// Everything else that a process listens on: the metrics pages, and what options open.
std::vector<pipeline::WantedAddress> other_addresses(const Options& options, Command command,
                                                     const config::TelemetryConfig& telemetry);

/// Says which addresses cannot be had because another one of the same configuration has them.
void check_addresses(const std::vector<pipeline::WantedAddress>& addresses,
                     config::Diagnostics& diagnostics);

}  // namespace sluice::app
