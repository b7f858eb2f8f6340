#include "components/processors/metricstransform/operation.h"

#include <algorithm>
#include <cmath>

#include "ottl/value.h"
#include "pipeline/records.h"
#include "wire/number_parse.h"

namespace sluice::components::metricstransform_processor {
namespace {

using otlp::Attributes;
using otlp::DataPoint;
using otlp::KeyValue;
using otlp::Metric;
using otlp::MetricKind;
using otlp::Number;
using otlp::Value;

bool contains(const std::vector<std::string>& texts, std::string_view text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

std::string with_version(std::string text) {
  constexpr std::string_view kMark = "{{version}}";
  constexpr std::string_view kVersion = SLUICE_VERSION;
  for (size_t at = 0; (at = text.find(kMark, at)) != std::string::npos; at += kVersion.size())
    text.replace(at, kMark.size(), kVersion);
  return text;
}

/// A label of the new name that was there before is replaced.
void rename(Attributes& attributes, std::string_view from, const std::string& to) {
  if (Value* old = ottl::find(attributes, to)) {
    *old = *ottl::find(attributes, from);
    ottl::remove(attributes, from);
    return;
  }
  for (KeyValue& kv : attributes) {
    if (kv.key == from) kv.key = to;
  }
}

bool has_numbers(const Metric& metric) {
  return metric.kind == MetricKind::Gauge || metric.kind == MetricKind::Sum;
}

void multiply(Number& number, double by) {
  if (number.kind == Number::Kind::Int)
    number.int_value = wire::truncated(static_cast<double>(number.int_value) * by);
  if (number.kind == Number::Kind::Double) number.double_value *= by;
}

/// Buckets keep their scale and counts; the middle of the first one says where they go.
void multiply(otlp::Buckets& buckets, int32_t scale, double by) {
  if (buckets.bucket_counts.empty()) return;
  const double base = std::pow(2, std::pow(2, -static_cast<double>(scale)));
  const double middle = (std::pow(base, buckets.offset) + std::pow(base, buckets.offset + 1.0)) / 2;
  const double index = std::ceil(std::log(middle * by) * std::ldexp(M_LOG2E, scale)) - 1;
  buckets.offset = static_cast<int32_t>(wire::truncated(index));
}

void multiply(DataPoint& point, double by) {
  if (point.has_sum) point.sum *= by;
  if (point.has_min) point.min *= by;
  if (point.has_max) point.max *= by;
  for (double& bound : point.explicit_bounds) bound *= by;
  point.zero_threshold *= by;
  multiply(point.positive, point.scale, by);
  multiply(point.negative, point.scale, by);
  for (otlp::Exemplar& exemplar : point.exemplars) multiply(exemplar.value, by);
}

}  // namespace

Operation::Operation(const OperationConfig& config)
    : config_(config),
      aggregation_(
          otlp::aggregation_of_name(config.aggregation_type).value_or(otlp::Aggregation::First)) {
  config_.new_value = with_version(config_.new_value);
  for (ValueActionConfig& action : config_.value_actions)
    action.new_value = with_version(action.new_value);
}

void Operation::run(Metric& metric, const MetricFilter& filter, bool whole, Arena& arena) const {
  switch (config_.action) {
    case OperationAction::UpdateLabel: return update_label(metric, filter);
    case OperationAction::ToggleScalarDataType: return toggle_type(metric, filter);
    case OperationAction::ScaleValue: return scale(metric, filter);
    default: break;
  }
  if (!whole) return;
  switch (config_.action) {
    case OperationAction::AddLabel: return add_label(metric, arena);
    case OperationAction::DeleteLabelValue: return delete_label_value(metric);
    case OperationAction::AggregateLabels: return aggregate_labels(metric, arena);
    case OperationAction::AggregateLabelValues: return aggregate_label_values(metric, arena);
    default: break;
  }
}

void Operation::add_label(Metric& metric, Arena& arena) const {
  for (DataPoint& point : metric.data_points) {
    if (ottl::find(point.attributes, config_.new_label) != nullptr) continue;
    point.attributes.push_back(arena, {config_.new_label, Value::string(config_.new_value)});
  }
}

void Operation::update_label(Metric& metric, const MetricFilter& filter) const {
  for (DataPoint& point : metric.data_points) {
    if (!filter.has(point.attributes)) continue;
    const Value* value = ottl::find(point.attributes, config_.label);
    if (value == nullptr) continue;
    const std::string_view text = label_text(value);
    std::string_view key = config_.label;
    if (!config_.new_label.empty() && config_.new_label != config_.label) {
      rename(point.attributes, config_.label, config_.new_label);
      key = config_.new_label;
    }
    // Of several actions for one value the last counts.
    for (const ValueActionConfig& action : config_.value_actions) {
      if (action.value == text)
        *ottl::find(point.attributes, key) = Value::string(action.new_value);
    }
  }
}

void Operation::delete_label_value(Metric& metric) const {
  pipeline::remove_if(metric.data_points, [&](DataPoint& point) {
    const Value* value = ottl::find(point.attributes, config_.label);
    return value != nullptr && label_text(value) == config_.label_value;
  });
}

void Operation::toggle_type(Metric& metric, const MetricFilter& filter) const {
  if (!has_numbers(metric)) return;
  for (DataPoint& point : metric.data_points) {
    if (!filter.has(point.attributes)) continue;
    Number& number = point.value;
    if (number.kind == Number::Kind::Int) {
      number.double_value = static_cast<double>(number.int_value);
      number.kind = Number::Kind::Double;
    } else if (number.kind == Number::Kind::Double) {
      number.int_value = wire::truncated(number.double_value);
      number.kind = Number::Kind::Int;
    }
  }
}

void Operation::scale(Metric& metric, const MetricFilter& filter) const {
  if (metric.kind == MetricKind::Summary) return;
  for (DataPoint& point : metric.data_points) {
    if (!filter.has(point.attributes)) continue;
    if (has_numbers(metric))
      multiply(point.value, config_.experimental_scale);
    else
      multiply(point, config_.experimental_scale);
  }
}

void Operation::aggregate_labels(Metric& metric, Arena& arena) const {
  if (metric.kind == MetricKind::Summary) return;  // cannot be merged: better left as it is
  for (DataPoint& point : metric.data_points) {
    pipeline::remove_if(point.attributes,
                        [&](const KeyValue& kv) { return !contains(config_.label_set, kv.key); });
  }
  otlp::aggregate_points(metric, aggregation_, arena);
}

void Operation::aggregate_label_values(Metric& metric, Arena& arena) const {
  if (metric.kind == MetricKind::Summary) return;
  for (DataPoint& point : metric.data_points) {
    Value* value = ottl::find(point.attributes, config_.label);
    if (value != nullptr && contains(config_.aggregated_values, label_text(value)))
      *value = Value::string(config_.new_value);
  }
  otlp::aggregate_points(metric, aggregation_, arena);
}

}  // namespace sluice::components::metricstransform_processor
