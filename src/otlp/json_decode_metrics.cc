#include <initializer_list>

#include "otlp/decode.h"
#include "otlp/json_decoder.h"

namespace sluice::otlp {
namespace {

constexpr wire::JsonEnumName kAggregationTemporalities[] = {
    {"AGGREGATION_TEMPORALITY_UNSPECIFIED", 0},
    {"AGGREGATION_TEMPORALITY_DELTA", 1},
    {"AGGREGATION_TEMPORALITY_CUMULATIVE", 2},
};

class FieldSet {
 public:
  constexpr FieldSet(std::initializer_list<JsonField> fields) {
    for (const JsonField field : fields)
      words_[index(field) / 64] |= uint64_t{1} << (index(field) % 64);
  }
  constexpr bool contains(JsonField field) const {
    return (words_[index(field) / 64] >> (index(field) % 64) & 1) != 0;
  }

 private:
  static constexpr size_t index(JsonField field) { return static_cast<size_t>(field); }
  uint64_t words_[2] = {0, 0};
};

/// The fields of each kind's data points. One struct holds them all, so a decoder must not take
/// another kind's.
constexpr FieldSet kNumberPoint{
    JsonField::AttributeList, JsonField::StartTimeUnixNano,
    JsonField::TimeUnixNano,  JsonField::AsDouble,
    JsonField::AsInt,         JsonField::Exemplars,
    JsonField::Flags,
};
constexpr FieldSet kHistogramPoint{
    JsonField::AttributeList,
    JsonField::StartTimeUnixNano,
    JsonField::TimeUnixNano,
    JsonField::Count,
    JsonField::Sum,
    JsonField::BucketCounts,
    JsonField::ExplicitBounds,
    JsonField::Exemplars,
    JsonField::Flags,
    JsonField::Min,
    JsonField::Max,
};
constexpr FieldSet kExponentialPoint{
    JsonField::AttributeList, JsonField::StartTimeUnixNano,
    JsonField::TimeUnixNano,  JsonField::Count,
    JsonField::Sum,           JsonField::Scale,
    JsonField::ZeroCount,     JsonField::Positive,
    JsonField::Negative,      JsonField::Flags,
    JsonField::Exemplars,     JsonField::Min,
    JsonField::Max,           JsonField::ZeroThreshold,
};
constexpr FieldSet kSummaryPoint{
    JsonField::AttributeList, JsonField::StartTimeUnixNano,
    JsonField::TimeUnixNano,  JsonField::Count,
    JsonField::Sum,           JsonField::QuantileValues,
    JsonField::Flags,
};

const FieldSet& point_fields(MetricKind kind) {
  switch (kind) {
    case MetricKind::Histogram: return kHistogramPoint;
    case MetricKind::ExponentialHistogram: return kExponentialPoint;
    case MetricKind::Summary: return kSummaryPoint;
    default: return kNumberPoint;
  }
}

class MetricsDecoder : JsonDecoder {
 public:
  using JsonDecoder::JsonDecoder;

  Status run(MetricsRequest& out) {
    constexpr JsonListNames kNames{JsonField::ResourceMetrics, JsonField::ScopeMetrics,
                                   JsonField::DeprecatedScopeMetrics, JsonField::Metrics};
    return request(kNames, out, [this](Metric& record) { metric(record); });
  }

 private:
  void metric(Metric& out) {
    message([&](JsonField field) {
      switch (field) {
        case JsonField::Name: in().string(out.name); break;
        case JsonField::Description: in().string(out.description); break;
        case JsonField::Unit: in().string(out.unit); break;
        case JsonField::Gauge: data(MetricKind::Gauge, out); break;
        case JsonField::Sum: data(MetricKind::Sum, out); break;
        case JsonField::Histogram: data(MetricKind::Histogram, out); break;
        case JsonField::ExponentialHistogram: data(MetricKind::ExponentialHistogram, out); break;
        case JsonField::Summary: data(MetricKind::Summary, out); break;
        case JsonField::Metadata: attributes(out.metadata); break;
        default: unknown();
      }
    });
  }

  /// Replaces what the oneof held.
  void data(MetricKind kind, Metric& out) {
    const bool temporal = kind != MetricKind::Gauge && kind != MetricKind::Summary;
    out.kind = kind;
    out.is_monotonic = false;
    out.aggregation_temporality = 0;
    out.data_points = {};
    message([&](JsonField field) {
      if (field == JsonField::DataPoints) {
        list(out.data_points, [&](DataPoint& p) { point(point_fields(kind), p); });
      } else if (field == JsonField::AggregationTemporality && temporal) {
        in().enumeration(kAggregationTemporalities, out.aggregation_temporality);
      } else if (field == JsonField::IsMonotonic && kind == MetricKind::Sum) {
        in().boolean(out.is_monotonic);
      } else {
        unknown();
      }
    });
  }

  void point(const FieldSet& known, DataPoint& out) {
    message([&](JsonField field) {
      if (known.contains(field)) {
        point_field(field, out);
      } else {
        unknown();
      }
    });
  }

  void point_field(JsonField field, DataPoint& out) {
    switch (field) {
      case JsonField::AttributeList: attributes(out.attributes); break;
      case JsonField::StartTimeUnixNano: in().integer(out.start_time_unix_nano); break;
      case JsonField::TimeUnixNano: in().integer(out.time_unix_nano); break;
      case JsonField::Flags: in().integer(out.flags); break;
      case JsonField::Exemplars: list(out.exemplars, [this](Exemplar& e) { exemplar(e); }); break;
      case JsonField::AsDouble:
      case JsonField::AsInt: number(field, out.value); break;
      case JsonField::Count: in().integer(out.count); break;
      case JsonField::Sum: out.has_sum = in().real(out.sum); break;
      case JsonField::Min: out.has_min = in().real(out.min); break;
      case JsonField::Max: out.has_max = in().real(out.max); break;
      case JsonField::BucketCounts: counts(out.bucket_counts); break;
      case JsonField::ExplicitBounds:
        list(out.explicit_bounds, [this](double& d) { in().real(d); });
        break;
      case JsonField::Scale: in().integer(out.scale); break;
      case JsonField::ZeroCount: in().integer(out.zero_count); break;
      case JsonField::ZeroThreshold: in().real(out.zero_threshold); break;
      case JsonField::Positive: buckets(out.positive); break;
      case JsonField::Negative: buckets(out.negative); break;
      case JsonField::QuantileValues:
        list(out.quantile_values, [this](QuantileValue& q) { quantile(q); });
        break;
      default: unknown();
    }
  }

  void counts(ArenaVector<uint64_t>& out) {
    list(out, [this](uint64_t& count) { in().integer(count); });
  }

  void buckets(Buckets& out) {
    message([&](JsonField field) {
      switch (field) {
        case JsonField::Offset: in().integer(out.offset); break;
        case JsonField::BucketCounts: counts(out.bucket_counts); break;
        default: unknown();
      }
    });
  }

  void quantile(QuantileValue& out) {
    message([&](JsonField field) {
      switch (field) {
        case JsonField::Quantile: in().real(out.quantile); break;
        case JsonField::Value: in().real(out.value); break;
        default: unknown();
      }
    });
  }

  void exemplar(Exemplar& out) {
    message([&](JsonField field) {
      switch (field) {
        case JsonField::FilteredAttributes: attributes(out.filtered_attributes); break;
        case JsonField::TimeUnixNano: in().integer(out.time_unix_nano); break;
        case JsonField::AsDouble:
        case JsonField::AsInt: number(field, out.value); break;
        case JsonField::SpanIdHex: id(out.span_id); break;
        case JsonField::TraceIdHex: id(out.trace_id); break;
        default: unknown();
      }
    });
  }

  void number(JsonField field, Number& out) {
    Number read;
    const bool is_int = field == JsonField::AsInt;
    if (is_int ? in().integer(read.int_value) : in().real(read.double_value)) {
      read.kind = is_int ? Number::Kind::Int : Number::Kind::Double;
      out = read;
    }
  }
};

}  // namespace

Status decode_json(std::string_view body, Arena& arena, MetricsRequest& out) {
  return MetricsDecoder(body, arena).run(out);
}

}  // namespace sluice::otlp
