#pragma once

// The commands around a configuration in the OpenTelemetry Collector's YAML.

#include <string>
#include <vector>

#include "app/flags.h"

namespace sluice::app {

/// `sluice run --config FILE`: the pipelines of a configuration, until SIGTERM or SIGINT.
int run_run(const std::vector<std::string>& words, const Environment& environment);

/// `sluice validate --config FILE`: says all that is wrong with a configuration.
int run_validate(const std::vector<std::string>& words, const Environment& environment);

}  // namespace sluice::app
