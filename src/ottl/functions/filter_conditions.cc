// What the filter processor's conditions have besides: questions about a metric's data points.

#include "base/buffer.h"
#include "otlp/value_text.h"
#include "ottl/function.h"
#include "ottl/functions/functions.h"

namespace sluice::ottl {
namespace {

/// The first data point that has the attribute decides, as in the original.
template <typename Fits>
Value first_point(Frame& frame, std::string_view key, Fits fits) {
  for (otlp::DataPoint& point : frame.metric->data_points) {
    const Value* value = find(point.attributes, key);
    if (value != nullptr) return Value::boolean(fits(*value));
  }
  return Value::boolean(false);
}

/// The text of a data point's attribute; empty where it is missing.
Value label(Frame& frame, std::string_view key) {
  const Value* value = find(frame.point->attributes, key);
  if (value == nullptr) return Value::string("");
  Buffer scratch;
  return Value::string(frame.arena->copy(otlp::value_text(*value, scratch)));
}

Value metric_type(Frame& frame) {
  constexpr std::string_view kNames[] = {
      "None", "Gauge", "Sum", "Histogram", "ExponentialHistogram", "Summary"};
  return Value::string(kNames[static_cast<size_t>(frame.metric->kind)]);
}

}  // namespace

void add_filter_functions(Library& library) {
  constexpr ContextSet kMetric = in(ContextKind::Metric);
  constexpr ContextSet kPoint = in(ContextKind::DataPoint);
  library
      .add("HasAttrKeyOnDatapoint", {"key"},
           [](Frame& frame, std::string_view key) {
             return first_point(frame, key, [](const Value&) { return true; });
           })
      .contexts = kMetric;
  library
      .add("HasAttrOnDatapoint", {"key", "expected_value"},
           [](Frame& frame, std::string_view key, std::string_view expected) {
             return first_point(frame, key, [&](const Value& value) {
               return value.is_string() && value.view() == expected;
             });
           })
      .contexts = kMetric;
  library.add("Label", {"key"}, label).contexts = kPoint;
  library
      .add("HasLabel", {"key"},
           [](Frame& frame, std::string_view key) {
             return Value::boolean(find(frame.point->attributes, key) != nullptr);
           })
      .contexts = kPoint;
  library.add("MetricType", {}, metric_type).contexts = kPoint;
}

}  // namespace sluice::ottl
