#pragma once

#include <cstdint>

#include "base/arena.h"
#include "otlp/records.h"

namespace sluice::testing {

/// Fills a request with records at random: every field of every kind, with its edges (zero,
/// largest, NaN, bytes that are no UTF-8, empty lists, values inside values). The same seed gives
/// the same request. All memory is the arena's.
void fill_at_random(uint64_t seed, Arena& arena, otlp::LogsRequest& out);
void fill_at_random(uint64_t seed, Arena& arena, otlp::TracesRequest& out);
void fill_at_random(uint64_t seed, Arena& arena, otlp::MetricsRequest& out);

}  // namespace sluice::testing
