#pragma once

#include <string>
#include <vector>

#include "app/flags.h"

namespace sluice::app {

/// `sluice query`: runs one statement and streams its result to standard output. Returns the exit
/// code.
int run_query(const std::vector<std::string>& words, const Environment& environment);

/// `sluice schema`: prints the statements that make ClickStack's tables.
int run_schema(const std::vector<std::string>& words, const Environment& environment);

}  // namespace sluice::app
