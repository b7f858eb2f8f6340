#pragma once

#include <string>
#include <vector>

#include "app/flags.h"

namespace sluice::app {

/// The options in effect as YAML, secrets masked: a key for each, by its name on the command line.
std::string print_config(const std::vector<Flag>& flags);

/// The same as comments, to stand beside a configuration.
std::string print_options(const std::vector<Flag>& flags);

}  // namespace sluice::app
