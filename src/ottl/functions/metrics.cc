// What the transform processor adds for metrics: they are converted, copied, scaled, merged.

#include <algorithm>

#include "otlp/aggregate.h"
#include "otlp/clone.h"
#include "ottl/function.h"
#include "ottl/functions/functions.h"
#include "ottl/functions/new_metrics.h"
#include "wire/number_parse.h"

namespace sluice::ottl {
namespace {

using otlp::DataPoint;
using otlp::Metric;
using otlp::MetricKind;

constexpr int32_t kDelta = 1;
constexpr int32_t kCumulative = 2;

/// "delta" or "cumulative", as a literal.
struct Temporality {
  int32_t value;
  static Result<Temporality> make(std::string_view text) {
    if (text == "delta") return Temporality{kDelta};
    if (text == "cumulative") return Temporality{kCumulative};
    return invalid_argument("\"" + std::string(text) +
                            "\" is no temporality: write delta or cumulative");
  }
};

struct AggregationName {
  otlp::Aggregation value;
  static Result<AggregationName> make(std::string_view text) {
    const auto known = otlp::aggregation_of_name(text);
    if (known) return AggregationName{*known};
    return invalid_argument("\"" + std::string(text) + "\" is no aggregation: there are " +
                            std::string(otlp::kAggregationNames));
  }
};

// ---- Between sums and gauges ----

void convert_sum_to_gauge(Frame& frame) {
  Metric& metric = *frame.metric;
  if (metric.kind != MetricKind::Sum) return;
  metric.kind = MetricKind::Gauge;
  metric.aggregation_temporality = 0;
  metric.is_monotonic = false;
}

void convert_gauge_to_sum(Frame& frame, Setting<Temporality> temporality, Setting<bool> monotonic) {
  Metric& metric = *frame.metric;
  if (metric.kind != MetricKind::Gauge) return;
  metric.kind = MetricKind::Sum;
  metric.aggregation_temporality = temporality->value;
  metric.is_monotonic = *monotonic;
}

// ---- New metrics from parts of others ----

enum class SumPart : uint8_t { Sum, Count };

void fill_sum(Frame& frame, SumPart part, Metric& out) {
  for (const DataPoint& point : frame.metric->data_points) {
    // A summary always has a sum, a histogram may have none.
    const bool has_sum = point.has_sum || frame.metric->kind == MetricKind::Summary;
    if (part == SumPart::Sum && !has_sum) continue;
    DataPoint& made = add_point(frame, out, point);
    if (part == SumPart::Sum)
      set_double(made, point.sum);
    else
      set_int(made, static_cast<int64_t>(point.count));
  }
}

void extract(Frame& frame, SumPart part, bool monotonic, std::string_view suffix) {
  const MetricKind kind = frame.metric->kind;
  const bool is_histogram =
      kind == MetricKind::Histogram || kind == MetricKind::ExponentialHistogram;
  const int32_t temporality =
      is_histogram ? frame.metric->aggregation_temporality : int32_t{kCumulative};
  if ((!is_histogram && kind != MetricKind::Summary) || temporality == 0) {
    frame.fail("a sum or count can be taken from histograms and summaries only");
    return;
  }
  Metric made = derived_metric(frame, MetricKind::Sum, suffix);
  if (part == SumPart::Count) made.unit = "1";
  made.aggregation_temporality = temporality;
  made.is_monotonic = monotonic;
  fill_sum(frame, part, made);
  if (!made.data_points.empty()) add_metric(frame, made);
}

void convert_summary(Frame& frame, SumPart part, int32_t temporality, bool monotonic,
                     std::string_view suffix) {
  if (frame.metric->kind != MetricKind::Summary) return;
  Metric made = derived_metric(frame, MetricKind::Sum, suffix);
  made.aggregation_temporality = temporality;
  made.is_monotonic = monotonic;
  fill_sum(frame, part, made);
  add_metric(frame, made);
}

void convert_quantiles(Frame& frame, std::string_view key, std::string_view suffix) {
  if (frame.metric->kind != MetricKind::Summary) return;
  Metric made = derived_metric(frame, MetricKind::Gauge, suffix);
  for (const DataPoint& point : frame.metric->data_points) {
    for (const otlp::QuantileValue& quantile : point.quantile_values) {
      DataPoint& one = add_point(frame, made, point);
      find_or_add(one.attributes, key, *frame.arena) = Value::real(quantile.quantile);
      set_double(one, quantile.value);
    }
  }
  add_metric(frame, made);
}

void copy_metric(Frame& frame, std::optional<std::string_view> name,
                 std::optional<std::string_view> description,
                 std::optional<std::string_view> unit) {
  Metric* copy = add_metric(frame, *frame.metric);
  if (copy == nullptr) return;
  *copy = otlp::clone(*frame.metric, *frame.arena);
  if (name) copy->name = *name;
  if (description) copy->description = *description;
  if (unit) copy->unit = *unit;
}

// ---- Scaling ----

void scale(otlp::Number& number, double factor) {
  if (number.kind == otlp::Number::Kind::Int)
    number.int_value = wire::truncated(static_cast<double>(number.int_value) * factor);
  else if (number.kind == otlp::Number::Kind::Double)
    number.double_value *= factor;
}

void scale(MetricKind kind, DataPoint& point, double factor) {
  if (kind == MetricKind::Gauge || kind == MetricKind::Sum) return scale(point.value, factor);
  point.sum *= factor;
  for (otlp::QuantileValue& quantile : point.quantile_values) quantile.value *= factor;
  if (kind == MetricKind::Summary) return;
  point.min *= factor;
  point.max *= factor;
  for (double& bound : point.explicit_bounds) bound *= factor;
  for (otlp::Exemplar& exemplar : point.exemplars) scale(exemplar.value, factor);
}

void scale_metric(Frame& frame, Setting<double> factor, std::optional<std::string_view> unit) {
  Metric& metric = *frame.metric;
  if (metric.kind == MetricKind::ExponentialHistogram || metric.kind == MetricKind::None) {
    frame.fail("scale_metric is for gauges, sums, histograms and summaries");
    return;
  }
  for (DataPoint& point : metric.data_points) scale(metric.kind, point, *factor);
  if (unit) metric.unit = *unit;
}

// ---- Aggregation ----

void keep_attributes(Frame& frame, DataPoint& point, const std::vector<std::string>& keys) {
  Attributes kept;
  for (const KeyValue& attribute : point.attributes) {
    if (std::find(keys.begin(), keys.end(), attribute.key) != keys.end())
      kept.push_back(*frame.arena, attribute);
  }
  point.attributes = kept;
}

/// The original makes a new metric, which has no metadata.
void aggregate(Frame& frame, otlp::Aggregation how) {
  otlp::aggregate_points(*frame.metric, how, *frame.arena);
  frame.metric->metadata = {};
}

void aggregate_on_attributes(Frame& frame, Setting<AggregationName> how,
                             std::optional<Setting<std::vector<std::string>>> keys) {
  if (frame.metric->kind == MetricKind::Summary) {
    frame.fail("summaries cannot be aggregated");
    return;
  }
  if (keys) {
    for (DataPoint& point : frame.metric->data_points) keep_attributes(frame, point, **keys);
  }
  aggregate(frame, how->value);
}

void aggregate_on_value(Frame& frame, Setting<AggregationName> how, Setting<std::string> attribute,
                        Setting<std::vector<std::string>> values, Setting<std::string> new_value) {
  for (DataPoint& point : frame.metric->data_points) {
    Value* value = find(point.attributes, *attribute);
    if (value == nullptr) continue;
    const std::string_view text = value->is_string() ? value->view() : std::string_view();
    if (std::find(values->begin(), values->end(), text) != values->end())
      *value = Value::string(*new_value);
  }
  aggregate(frame, how->value);
}

std::string_view or_default(const std::optional<Setting<std::string>>& given,
                            std::string_view otherwise) {
  return given ? std::string_view(**given) : otherwise;
}

}  // namespace

void add_metric_functions(Library& library) {
  constexpr ContextSet kMetric = in(ContextKind::Metric);
  constexpr ContextSet kPoint = in(ContextKind::DataPoint);
  using Suffix = std::optional<Setting<std::string>>;
  library.add("convert_sum_to_gauge", {}, convert_sum_to_gauge).contexts = kMetric;
  library.add("convert_gauge_to_sum", {"string_agg_temp", "monotonic"}, convert_gauge_to_sum)
      .contexts = kMetric;
  library
      .add("extract_sum_metric", {"monotonic", "suffix"},
           [](Frame& frame, Setting<bool> monotonic, Suffix suffix) {
             extract(frame, SumPart::Sum, *monotonic, or_default(suffix, "_sum"));
           })
      .contexts = kMetric;
  library
      .add("extract_count_metric", {"monotonic", "suffix"},
           [](Frame& frame, Setting<bool> monotonic, Suffix suffix) {
             extract(frame, SumPart::Count, *monotonic, or_default(suffix, "_count"));
           })
      .contexts = kMetric;
  library
      .add("convert_summary_sum_val_to_sum", {"string_agg_temp", "monotonic", "suffix"},
           [](Frame& frame, Setting<Temporality> temporality, Setting<bool> monotonic,
              Suffix suffix) {
             convert_summary(frame, SumPart::Sum, temporality->value, *monotonic,
                             or_default(suffix, "_sum"));
           })
      .contexts = kPoint;
  library
      .add("convert_summary_count_val_to_sum", {"string_agg_temp", "monotonic", "suffix"},
           [](Frame& frame, Setting<Temporality> temporality, Setting<bool> monotonic,
              Suffix suffix) {
             convert_summary(frame, SumPart::Count, temporality->value, *monotonic,
                             or_default(suffix, "_count"));
           })
      .contexts = kPoint;
  library
      .add("convert_summary_quantile_val_to_gauge", {"attribute_key", "suffix"},
           [](Frame& frame, std::optional<Setting<std::string>> key, Suffix suffix) {
             convert_quantiles(frame, or_default(key, "quantile"),
                               or_default(suffix, ".quantiles"));
           })
      .contexts = kMetric;
  library.add("copy_metric", {"name", "description", "unit"}, copy_metric).contexts = kMetric;
  library.add("scale_metric", {"multiplier", "unit"}, scale_metric).contexts = kMetric;
  library
      .add("aggregate_on_attributes", {"aggregation_function", "attributes"},
           aggregate_on_attributes)
      .contexts = kMetric;
  library
      .add("aggregate_on_attribute_value",
           {"aggregation_function", "attribute", "values", "new_value"}, aggregate_on_value)
      .contexts = kMetric;
  add_histogram_functions(library);
}

}  // namespace sluice::ottl
