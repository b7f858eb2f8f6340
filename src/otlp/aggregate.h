#pragma once

// Data points of one metric made into fewer: those with the same attributes and time become one.

#include <optional>
#include <string_view>

#include "base/arena.h"
#include "otlp/records.h"

namespace sluice::otlp {

/// First has no name: the value of the first point stands for all.
enum class Aggregation : uint8_t { Sum, Mean, Min, Max, Median, Count, First };

/// "sum", "mean", "min", "max", "median", "count".
std::optional<Aggregation> aggregation_of_name(std::string_view name);
/// For messages.
inline constexpr std::string_view kAggregationNames = "sum, mean, min, max, median, count";

/// Merges the points whose attributes, time and, for delta metrics, start are the same (for
/// histograms also bounds or scale). Numbers are merged by `how`, histograms are always added up,
/// unless their buckets lie so far apart that those between them would be very many. A summary
/// loses its points: they cannot be merged. The order is that of the first point of each group.
void aggregate_points(Metric& metric, Aggregation how, Arena& arena);

}  // namespace sluice::otlp
