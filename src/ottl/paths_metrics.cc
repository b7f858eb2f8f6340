#include "ottl/paths.h"

namespace sluice::ottl {
namespace {

using F = Frame;
using otlp::DataPoint;
using otlp::Metric;
using otlp::MetricKind;
using otlp::Number;

constexpr PartTag kPoints{"data points"};
constexpr PartTag kExemplars{"exemplars"};
constexpr PartTag kQuantiles{"quantile values"};
constexpr PartTag kBuckets{"buckets"};

bool is_histogram(const Metric& metric) {
  return metric.kind == MetricKind::Histogram || metric.kind == MetricKind::ExponentialHistogram;
}

/// Fields that a kind of metric does not have are nil, and setting them does nothing.
bool has_temporality(const Metric& metric) {
  return metric.kind == MetricKind::Sum || is_histogram(metric);
}

Value get_type(Frame& frame) { return Value::integer(static_cast<int64_t>(frame.metric->kind)); }

/// Taken without an effect, as in the original: another kind would need other data points.
bool set_type(Frame&, const Value&) { return true; }

Value get_temporality(Frame& frame) {
  return has_temporality(*frame.metric) ? Value::integer(frame.metric->aggregation_temporality)
                                        : Value();
}
bool set_temporality(Frame& frame, const Value& value) {
  if (value.kind != Kind::Int) return wrong_type(frame, "a whole number", value);
  if (has_temporality(*frame.metric))
    frame.metric->aggregation_temporality = static_cast<int32_t>(value.int_value);
  return true;
}

Value get_monotonic(Frame& frame) {
  return frame.metric->kind == MetricKind::Sum ? Value::boolean(frame.metric->is_monotonic)
                                               : Value();
}
bool set_monotonic(Frame& frame, const Value& value) {
  if (value.kind != Kind::Bool) return wrong_type(frame, "true or false", value);
  if (frame.metric->kind == MetricKind::Sum) frame.metric->is_monotonic = value.bool_value;
  return true;
}

constexpr ScalarPath kMetricScalars[] = {
    text_path<&F::metric, &Metric::name>("name"),
    text_path<&F::metric, &Metric::description>("description"),
    text_path<&F::metric, &Metric::unit>("unit"),
    {"type", get_type, set_type},
    {"aggregation_temporality", get_temporality, set_temporality},
    {"is_monotonic", get_monotonic, set_monotonic},
    {"data_points", get_part<kPoints, &F::metric, &Metric::data_points>,
     set_part<kPoints, &F::metric, &Metric::data_points>}};
constexpr MapPath kMetricMaps[] = {{"metadata", map_of<&F::metric, &Metric::metadata>},
                                   {"cache", cache_of}};

// ---- Data points ----

/// Kinds of metrics, a bit each, that have a field.
constexpr unsigned kNumbers =
    1u << static_cast<unsigned>(MetricKind::Gauge) | 1u << static_cast<unsigned>(MetricKind::Sum);
constexpr unsigned kHistogram = 1u << static_cast<unsigned>(MetricKind::Histogram);
constexpr unsigned kExponential = 1u << static_cast<unsigned>(MetricKind::ExponentialHistogram);
constexpr unsigned kSummary = 1u << static_cast<unsigned>(MetricKind::Summary);

bool has(const Frame& frame, unsigned kinds) {
  return (kinds >> static_cast<unsigned>(frame.metric->kind) & 1u) != 0;
}

/// A member that only some kinds have.
template <unsigned Kinds, Value (*Get)(Frame&)>
Value get_if(Frame& frame) {
  return has(frame, Kinds) ? Get(frame) : Value();
}
template <unsigned Kinds, bool (*Set)(Frame&, const Value&)>
bool set_if(Frame& frame, const Value& value) {
  return !has(frame, Kinds) || Set(frame, value);
}
template <unsigned Kinds, auto M>
constexpr ScalarPath int_if(std::string_view name) {
  return {name, get_if<Kinds, get_int<&F::point, M>>, set_if<Kinds, set_int<&F::point, M>>};
}

Value get_double(Frame& frame) {
  const Number& number = frame.point->value;
  return Value::real(number.kind == Number::Kind::Double ? number.double_value : 0);
}
bool set_double(Frame& frame, const Value& value) {
  if (value.kind != Kind::Double) return wrong_type(frame, "a number with a point", value);
  frame.point->value.double_value = value.double_value;
  frame.point->value.kind = Number::Kind::Double;
  return true;
}
Value get_integer(Frame& frame) {
  const Number& number = frame.point->value;
  return Value::integer(number.kind == Number::Kind::Int ? number.int_value : 0);
}
bool set_integer(Frame& frame, const Value& value) {
  if (value.kind != Kind::Int) return wrong_type(frame, "a whole number", value);
  frame.point->value.int_value = value.int_value;
  frame.point->value.kind = Number::Kind::Int;
  return true;
}

Value get_sum(Frame& frame) { return Value::real(frame.point->sum); }
bool set_sum(Frame& frame, const Value& value) {
  if (value.kind != Kind::Double) return wrong_type(frame, "a number with a point", value);
  frame.point->sum = value.double_value;
  frame.point->has_sum = true;
  return true;
}

/// They are unsigned, so that they are no list of the language: they can be counted, written as a
/// text, and given to another path of counts.
void append_counts(const void* data, std::string& out) {
  out += '[';
  for (const uint64_t count : *static_cast<const ArenaVector<uint64_t>*>(data)) {
    if (out.back() != '[') out += ',';
    out += std::to_string(count);
  }
  out += ']';
}
constexpr PartTag kCounts{"bucket counts", append_counts};

Value part_of_counts(Frame& frame, const ArenaVector<uint64_t>& counts) {
  return part_value(kCounts, &counts, counts.size(), *frame.arena);
}
bool set_counts(Frame& frame, const Value& value, ArenaVector<uint64_t>& out) {
  if (value.kind == kPart && part_of(value).tag == &kCounts) {
    out = *static_cast<const ArenaVector<uint64_t>*>(part_of(value).data);
    return true;
  }
  if (value.kind != Kind::Array) return wrong_type(frame, "a list of whole numbers", value);
  ArenaVector<uint64_t> counts;
  for (uint32_t i = 0; i < value.size; ++i) {
    if (value.elements[i].kind != Kind::Int)
      return wrong_type(frame, "a list of whole numbers", value.elements[i]);
    counts.push_back(*frame.arena, static_cast<uint64_t>(value.elements[i].int_value));
  }
  out = counts;
  return true;
}

Value get_counts(Frame& frame) { return part_of_counts(frame, frame.point->bucket_counts); }
bool set_counts(Frame& frame, const Value& value) {
  return set_counts(frame, value, frame.point->bucket_counts);
}

Value get_bounds(Frame& frame) {
  ArenaVector<Value> values;
  for (const double bound : frame.point->explicit_bounds)
    values.push_back(*frame.arena, Value::real(bound));
  return list_value(values);
}
bool set_bounds(Frame& frame, const Value& value) {
  if (value.kind != Kind::Array) return wrong_type(frame, "a list of numbers with points", value);
  ArenaVector<double> bounds;
  for (uint32_t i = 0; i < value.size; ++i) {
    if (value.elements[i].kind != Kind::Double)
      return wrong_type(frame, "a list of numbers with points", value.elements[i]);
    bounds.push_back(*frame.arena, value.elements[i].double_value);
  }
  frame.point->explicit_bounds = bounds;
  return true;
}

template <otlp::Buckets DataPoint::*Side>
Value get_side(Frame& frame) {
  const otlp::Buckets& side = frame.point->*Side;
  return part_value(kBuckets, &side, side.bucket_counts.size(), *frame.arena);
}
template <otlp::Buckets DataPoint::*Side>
bool set_side(Frame& frame, const Value& value) {
  if (value.kind != kPart || part_of(value).tag != &kBuckets)
    return wrong_type(frame, kBuckets.name, value);
  frame.point->*Side = *static_cast<const otlp::Buckets*>(part_of(value).data);
  return true;
}
template <otlp::Buckets DataPoint::*Side>
Value get_side_offset(Frame& frame) {
  return Value::integer((frame.point->*Side).offset);
}
template <otlp::Buckets DataPoint::*Side>
bool set_side_offset(Frame& frame, const Value& value) {
  if (value.kind != Kind::Int) return wrong_type(frame, "a whole number", value);
  (frame.point->*Side).offset = static_cast<int32_t>(value.int_value);
  return true;
}
template <otlp::Buckets DataPoint::*Side>
Value get_side_counts(Frame& frame) {
  return part_of_counts(frame, (frame.point->*Side).bucket_counts);
}
template <otlp::Buckets DataPoint::*Side>
bool set_side_counts(Frame& frame, const Value& value) {
  return set_counts(frame, value, (frame.point->*Side).bucket_counts);
}

constexpr auto kPositive = &DataPoint::positive;
constexpr auto kNegative = &DataPoint::negative;

constexpr ScalarPath kPointScalars[] = {
    time_path<&F::point, &DataPoint::start_time_unix_nano>("start_time"),
    time_path<&F::point, &DataPoint::time_unix_nano>("time"),
    int_path<&F::point, &DataPoint::start_time_unix_nano>("start_time_unix_nano"),
    int_path<&F::point, &DataPoint::time_unix_nano>("time_unix_nano"),
    int_path<&F::point, &DataPoint::flags>("flags"),
    {"value_double", get_if<kNumbers, get_double>, set_if<kNumbers, set_double>},
    {"value_int", get_if<kNumbers, get_integer>, set_if<kNumbers, set_integer>},
    {"exemplars",
     get_if<kNumbers | kHistogram | kExponential,
            get_part<kExemplars, &F::point, &DataPoint::exemplars>>,
     set_if<kNumbers | kHistogram | kExponential,
            set_part<kExemplars, &F::point, &DataPoint::exemplars>>},
    int_if<kHistogram | kExponential | kSummary, &DataPoint::count>("count"),
    {"sum", get_if<kHistogram | kExponential | kSummary, get_sum>,
     set_if<kHistogram | kExponential | kSummary, set_sum>},
    {"bucket_counts", get_if<kHistogram, get_counts>, set_if<kHistogram, set_counts>},
    {"explicit_bounds", get_if<kHistogram, get_bounds>, set_if<kHistogram, set_bounds>},
    int_if<kExponential, &DataPoint::scale>("scale"),
    int_if<kExponential, &DataPoint::zero_count>("zero_count"),
    {"positive", get_if<kExponential, get_side<kPositive>>,
     set_if<kExponential, set_side<kPositive>>},
    {"positive.offset", get_if<kExponential, get_side_offset<kPositive>>,
     set_if<kExponential, set_side_offset<kPositive>>},
    {"positive.bucket_counts", get_if<kExponential, get_side_counts<kPositive>>,
     set_if<kExponential, set_side_counts<kPositive>>},
    {"negative", get_if<kExponential, get_side<kNegative>>,
     set_if<kExponential, set_side<kNegative>>},
    {"negative.offset", get_if<kExponential, get_side_offset<kNegative>>,
     set_if<kExponential, set_side_offset<kNegative>>},
    {"negative.bucket_counts", get_if<kExponential, get_side_counts<kNegative>>,
     set_if<kExponential, set_side_counts<kNegative>>},
    {"quantile_values",
     get_if<kSummary, get_part<kQuantiles, &F::point, &DataPoint::quantile_values>>,
     set_if<kSummary, set_part<kQuantiles, &F::point, &DataPoint::quantile_values>>}};
constexpr MapPath kPointMaps[] = {{"attributes", map_of<&F::point, &DataPoint::attributes>},
                                  {"cache", cache_of}};

}  // namespace

const PathTable& metric_paths() {
  static constexpr PathTable table{kMetricScalars, kMetricMaps};
  return table;
}
const PathTable& data_point_paths() {
  static constexpr PathTable table{kPointScalars, kPointMaps};
  return table;
}

}  // namespace sluice::ottl
