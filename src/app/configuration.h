#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/options.h"
#include "base/log.h"
#include "config/node.h"
#include "config/telemetry.h"
#include "pipeline/graph.h"

namespace sluice::app {

/// The files among what --config and the environment name.
std::vector<std::string> config_files(const Options& options, const Environment& environment);

/// Reads what --config, --set and the environment say over `base`. Prints all errors and warnings;
/// nothing if there are errors.
std::optional<pipeline::Plan> read_plan(const Options& options, config::Node base,
                                        const Environment& environment);

/// How the program's own log is written, as service::telemetry::logs says.
void configure_log(const config::TelemetryConfig& telemetry);

/// The effective configuration as YAML, secrets masked.
std::string show_plan(const pipeline::Plan& plan);

}  // namespace sluice::app
