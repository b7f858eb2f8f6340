#pragma once

#include <string>
#include <vector>

#include "app/options.h"

namespace sluice::app {

/// The effective options as YAML in the shape of the OpenTelemetry Collector's configuration.
/// Secrets are "***". `flags` are those of option_table() for the same options and command.
std::string print_config(const Options& options, const std::vector<Flag>& flags, Command command);

}  // namespace sluice::app
