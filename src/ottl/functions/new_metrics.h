#pragma once

// Metrics that functions add behind the frame's own.

#include <string_view>

#include "ottl/frame.h"

namespace sluice::ottl {

/// A metric with the frame's description and unit, named after it with a suffix, without points.
otlp::Metric derived_metric(Frame& frame, otlp::MetricKind kind, std::string_view suffix);

/// Adds a point with the attributes and times of another.
otlp::DataPoint& add_point(Frame& frame, otlp::Metric& metric, const otlp::DataPoint& like);
void set_int(otlp::DataPoint& point, int64_t value);
void set_double(otlp::DataPoint& point, double value);

/// Puts a metric behind the others of the scope. They may move: the frame's own is found again,
/// other references are void. What is added is visited too, so that there must be a bound: past it
/// the frame gets an error, and null is returned.
otlp::Metric* add_metric(Frame& frame, const otlp::Metric& metric);

}  // namespace sluice::ottl
