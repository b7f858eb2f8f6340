#include "ottl/functions/new_metrics.h"

#include <algorithm>
#include <string>

#include "otlp/clone.h"

namespace sluice::ottl {
namespace {

/// New metrics of a scope, whichever is more. One statement makes one of each as a rule.
constexpr uint32_t kAddedMost = 100;
constexpr uint32_t kAddedMostPerMetric = 32;

}  // namespace

otlp::Metric derived_metric(Frame& frame, otlp::MetricKind kind, std::string_view suffix) {
  otlp::Metric metric;
  metric.kind = kind;
  metric.name = frame.arena->copy(std::string(frame.metric->name) + std::string(suffix));
  metric.description = frame.metric->description;
  metric.unit = frame.metric->unit;
  return metric;
}

otlp::DataPoint& add_point(Frame& frame, otlp::Metric& metric, const otlp::DataPoint& like) {
  otlp::DataPoint& point = metric.data_points.emplace_back(*frame.arena);
  point.attributes = otlp::clone(like.attributes, *frame.arena);
  point.start_time_unix_nano = like.start_time_unix_nano;
  point.time_unix_nano = like.time_unix_nano;
  return point;
}

void set_int(otlp::DataPoint& point, int64_t value) {
  point.value.kind = otlp::Number::Kind::Int;
  point.value.int_value = value;
}

void set_double(otlp::DataPoint& point, double value) {
  point.value.kind = otlp::Number::Kind::Double;
  point.value.double_value = value;
}

otlp::Metric* add_metric(Frame& frame, const otlp::Metric& metric) {
  const uint32_t most = std::max(kAddedMost, kAddedMostPerMetric * frame.metrics_given);
  if (frame.metrics->size() - frame.metrics_given >= most) {
    frame.fail("there are ", std::to_string(most), " new metrics in the scope already; does the ",
               "statement also hold for those that it adds?");
    return nullptr;
  }
  const auto index = static_cast<size_t>(frame.metric - frame.metrics->data());
  otlp::Metric& added = frame.metrics->push_back(*frame.arena, metric);
  frame.metric = &(*frame.metrics)[index];
  return &added;
}

}  // namespace sluice::ottl
