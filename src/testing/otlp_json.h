#pragma once

#include <cstdint>
#include <string>

#include "otlp/records.h"

namespace sluice::testing {

/// Writes requests as OTLP/JSON.
///
/// With seed 0 plainly, as an SDK does: camelCase, fields in order, 64-bit integers as strings,
/// defaults left out. With any other seed in one of the many spellings that mean the same:
/// snake_case, members in any order, unknown members and spaces between them, numbers bare or as
/// strings, enums by name, characters escaped, nulls for what is empty.
std::string to_json(const otlp::LogsRequest& request, uint64_t seed = 0);
std::string to_json(const otlp::TracesRequest& request, uint64_t seed = 0);
std::string to_json(const otlp::MetricsRequest& request, uint64_t seed = 0);

}  // namespace sluice::testing
