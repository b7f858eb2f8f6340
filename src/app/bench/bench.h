#pragma once

#include <string>
#include <vector>

#include "app/flags.h"

namespace sluice::app::bench {

/// `sluice bench`: sends generated telemetry, shows how it goes, and counts afterwards whether
/// every accepted record is in ClickHouse. Returns the exit code: 1 if records are missing or
/// requests failed.
int run_bench(const std::vector<std::string>& words, const Environment& environment);

}  // namespace sluice::app::bench
