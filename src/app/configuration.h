#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/options.h"
#include "base/log.h"
#include "config/node.h"
#include "config/telemetry.h"
#include "pipeline/graph.h"
#include "pipeline/trial.h"

namespace sluice::app {

/// The files among what --config and the environment name.
std::vector<std::string> config_files(const Options& options, const Environment& environment);

/// A configuration without errors.
struct CheckedPlan {
  pipeline::Plan plan;
  std::vector<pipeline::WantedAddress> addresses;  ///< of its components
};

/// Reads what --config, --set and the environment say over `base`. Prints all errors and warnings;
/// nothing if there are errors.
std::optional<CheckedPlan> read_plan(const Options& options, Command command, config::Node base,
                                     const Environment& environment);

/// How the program's own log is written, as service::telemetry::logs says.
void configure_log(const config::TelemetryConfig& telemetry);

/// Where the program's own metrics are to be had.
using MetricsPages = std::vector<config::MetricsPage>;
MetricsPages metrics_pages(const Options& options, const config::TelemetryConfig& telemetry);

/// The effective configuration as YAML that means the same when it is read again, secrets masked.
std::string show_plan(const pipeline::Plan& plan, const Options& options);

}  // namespace sluice::app
