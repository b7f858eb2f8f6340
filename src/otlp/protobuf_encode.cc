#include "otlp/protobuf_encode.h"

#include <cmath>

namespace sluice::otlp {
namespace {

/// Fields of a message, from the last to the first.
class Encoder {
 public:
  explicit Encoder(wire::ProtoBackwardWriter& out) : out_(out) {}

  template <typename Write>
  void message(uint32_t field, Write&& write) {
    const size_t mark = out_.size();
    write();
    out_.close(field, mark);
  }
  template <typename List, typename Write>
  void list(uint32_t field, const List& elements, Write&& write) {
    for (size_t i = elements.size(); i-- > 0;) message(field, [&] { write(elements[i]); });
  }

  void text(uint32_t field, std::string_view value) {
    if (!value.empty()) out_.bytes(field, value);
  }
  template <size_t N>
  void id(uint32_t field, const Id<N>& id) {
    if (!id.empty()) out_.bytes(field, {reinterpret_cast<const char*>(id.bytes.data()), N});
  }
  void fixed64(uint32_t field, uint64_t value) {
    if (value != 0) out_.fixed64(field, value);
  }
  void fixed32(uint32_t field, uint32_t value) {
    if (value != 0) out_.fixed32(field, value);
  }
  void uint32(uint32_t field, uint32_t value) {
    if (value != 0) out_.varint(field, value);
  }
  /// Also enumerations: a negative one is extended to 64 bits.
  void int32(uint32_t field, int32_t value) {
    if (value != 0) out_.varint(field, static_cast<uint64_t>(int64_t{value}));
  }
  void sint32(uint32_t field, int32_t value) {
    uint32(field, static_cast<uint32_t>(value) << 1 ^ (value < 0 ? ~uint32_t{0} : 0));
  }
  void real(uint32_t field, double value) {
    if (value != 0 || std::signbit(value)) out_.number(field, value);
  }
  void real_if(bool present, uint32_t field, double value) {
    if (present) out_.number(field, value);
  }
  template <typename T>
  void packed_fixed64(uint32_t field, const ArenaVector<T>& values) {
    static_assert(sizeof(T) == 8);
    if (values.empty()) return;
    out_.bytes(field, {reinterpret_cast<const char*>(values.data()), 8 * size_t{values.size()}});
  }
  void packed_varint(uint32_t field, const ArenaVector<uint64_t>& values) {
    if (values.empty()) return;
    const size_t mark = out_.size();
    for (size_t i = values.size(); i-- > 0;) out_.packed_varint(values[i]);
    out_.close(field, mark);
  }

  void attributes(uint32_t field, const Attributes& attributes) {
    list(field, attributes, [this](const KeyValue& pair) { key_value(pair); });
  }
  void key_value(const KeyValue& pair) {
    message(2, [&] { value(pair.value); });
    text(1, pair.key);
  }
  void value(const Value& v) {
    switch (v.kind) {
      case ValueKind::None: break;
      case ValueKind::String: out_.bytes(1, v.view()); break;
      case ValueKind::Bool: out_.varint(2, v.bool_value ? 1 : 0); break;
      case ValueKind::Int: out_.varint(3, static_cast<uint64_t>(v.int_value)); break;
      case ValueKind::Double: out_.number(4, v.double_value); break;
      case ValueKind::Bytes: out_.bytes(7, v.view()); break;
      case ValueKind::Array:
        message(5, [&] {
          for (size_t i = v.size; i-- > 0;) message(1, [&] { value(v.elements[i]); });
        });
        break;
      case ValueKind::Map:
        message(6, [&] {
          for (size_t i = v.size; i-- > 0;) message(1, [&] { key_value(v.members[i]); });
        });
        break;
    }
  }
  void number(const Number& number, uint32_t double_field, uint32_t int_field) {
    if (number.kind == Number::Kind::Double) out_.number(double_field, number.double_value);
    if (number.kind == Number::Kind::Int)
      out_.fixed64(int_field, static_cast<uint64_t>(number.int_value));
  }

 private:
  wire::ProtoBackwardWriter& out_;
};

void fields(Encoder& out, const LogRecord& log) {
  out.text(12, log.event_name);
  out.fixed64(11, log.observed_time_unix_nano);
  out.id(10, log.span_id);
  out.id(9, log.trace_id);
  out.fixed32(8, log.flags);
  out.uint32(7, log.dropped_attributes_count);
  out.attributes(6, log.attributes);
  out.message(5, [&] { out.value(log.body); });
  out.text(3, log.severity_text);
  out.int32(2, log.severity_number);
  out.fixed64(1, log.time_unix_nano);
}

void fields(Encoder& out, const SpanEvent& event) {
  out.uint32(4, event.dropped_attributes_count);
  out.attributes(3, event.attributes);
  out.text(2, event.name);
  out.fixed64(1, event.time_unix_nano);
}

void fields(Encoder& out, const SpanLink& link) {
  out.fixed32(6, link.flags);
  out.uint32(5, link.dropped_attributes_count);
  out.attributes(4, link.attributes);
  out.text(3, link.trace_state);
  out.id(2, link.span_id);
  out.id(1, link.trace_id);
}

void fields(Encoder& out, const Span& span) {
  out.fixed32(16, span.flags);
  out.message(15, [&] {
    out.int32(3, span.status.code);
    out.text(2, span.status.message);
  });
  out.uint32(14, span.dropped_links_count);
  out.list(13, span.links, [&](const SpanLink& link) { fields(out, link); });
  out.uint32(12, span.dropped_events_count);
  out.list(11, span.events, [&](const SpanEvent& event) { fields(out, event); });
  out.uint32(10, span.dropped_attributes_count);
  out.attributes(9, span.attributes);
  out.fixed64(8, span.end_time_unix_nano);
  out.fixed64(7, span.start_time_unix_nano);
  out.int32(6, span.kind);
  out.text(5, span.name);
  out.id(4, span.parent_span_id);
  out.text(3, span.trace_state);
  out.id(2, span.span_id);
  out.id(1, span.trace_id);
}

void fields(Encoder& out, const Exemplar& exemplar) {
  out.attributes(7, exemplar.filtered_attributes);
  out.id(5, exemplar.trace_id);
  out.id(4, exemplar.span_id);
  out.number(exemplar.value, 3, 6);
  out.fixed64(2, exemplar.time_unix_nano);
}

void exemplars(Encoder& out, uint32_t field, const DataPoint& point) {
  out.list(field, point.exemplars, [&](const Exemplar& exemplar) { fields(out, exemplar); });
}

void number_point(Encoder& out, const DataPoint& point) {
  out.uint32(8, point.flags);
  out.attributes(7, point.attributes);
  exemplars(out, 5, point);
  out.number(point.value, 4, 6);
  out.fixed64(3, point.time_unix_nano);
  out.fixed64(2, point.start_time_unix_nano);
}

void histogram_point(Encoder& out, const DataPoint& point) {
  out.real_if(point.has_max, 12, point.max);
  out.real_if(point.has_min, 11, point.min);
  out.uint32(10, point.flags);
  out.attributes(9, point.attributes);
  exemplars(out, 8, point);
  out.packed_fixed64(7, point.explicit_bounds);
  out.packed_fixed64(6, point.bucket_counts);
  out.real_if(point.has_sum, 5, point.sum);
  out.fixed64(4, point.count);
  out.fixed64(3, point.time_unix_nano);
  out.fixed64(2, point.start_time_unix_nano);
}

void fields(Encoder& out, const Buckets& buckets) {
  out.packed_varint(2, buckets.bucket_counts);
  out.sint32(1, buckets.offset);
}

void exponential_point(Encoder& out, const DataPoint& point) {
  out.real(14, point.zero_threshold);
  out.real_if(point.has_max, 13, point.max);
  out.real_if(point.has_min, 12, point.min);
  exemplars(out, 11, point);
  out.uint32(10, point.flags);
  out.message(9, [&] { fields(out, point.negative); });
  out.message(8, [&] { fields(out, point.positive); });
  out.fixed64(7, point.zero_count);
  out.sint32(6, point.scale);
  out.real_if(point.has_sum, 5, point.sum);
  out.fixed64(4, point.count);
  out.fixed64(3, point.time_unix_nano);
  out.fixed64(2, point.start_time_unix_nano);
  out.attributes(1, point.attributes);
}

void summary_point(Encoder& out, const DataPoint& point) {
  out.uint32(8, point.flags);
  out.attributes(7, point.attributes);
  out.list(6, point.quantile_values, [&](const QuantileValue& quantile) {
    out.real(2, quantile.value);
    out.real(1, quantile.quantile);
  });
  out.real(5, point.sum);
  out.fixed64(4, point.count);
  out.fixed64(3, point.time_unix_nano);
  out.fixed64(2, point.start_time_unix_nano);
}

/// The fields of the oneof's messages and the way to write their points.
struct MetricShape {
  uint32_t field;
  void (*point)(Encoder&, const DataPoint&);
};

MetricShape shape_of(MetricKind kind) {
  switch (kind) {
    case MetricKind::None: break;
    case MetricKind::Gauge: return {5, number_point};
    case MetricKind::Sum: return {7, number_point};
    case MetricKind::Histogram: return {9, histogram_point};
    case MetricKind::ExponentialHistogram: return {10, exponential_point};
    case MetricKind::Summary: return {11, summary_point};
  }
  return {0, nullptr};
}

void fields(Encoder& out, const Metric& metric) {
  out.attributes(12, metric.metadata);
  if (const MetricShape shape = shape_of(metric.kind); shape.field != 0) {
    const bool is_sum = metric.kind == MetricKind::Sum;
    const bool is_temporal = is_sum || metric.kind == MetricKind::Histogram ||
                             metric.kind == MetricKind::ExponentialHistogram;
    out.message(shape.field, [&] {
      if (is_sum) out.uint32(3, metric.is_monotonic ? 1 : 0);
      if (is_temporal) out.int32(2, metric.aggregation_temporality);
      out.list(1, metric.data_points, [&](const DataPoint& point) { shape.point(out, point); });
    });
  }
  out.text(3, metric.unit);
  out.text(2, metric.description);
  out.text(1, metric.name);
}

template <typename Record>
void fields(Encoder& out, const ScopeGroup<Record>& group) {
  out.text(3, group.schema_url);
  out.list(2, group.records, [&](const Record& record) { fields(out, record); });
  out.message(1, [&] {
    out.uint32(4, group.scope.dropped_attributes_count);
    out.attributes(3, group.scope.attributes);
    out.text(2, group.scope.version);
    out.text(1, group.scope.name);
  });
}

template <typename Record>
void encode(const Request<Record>& request, wire::ProtoBackwardWriter& writer) {
  Encoder out(writer);
  out.list(1, request.resources, [&](const ResourceGroup<Record>& group) {
    out.text(3, group.schema_url);
    out.list(2, group.scopes, [&](const ScopeGroup<Record>& scope) { fields(out, scope); });
    out.message(1, [&] {
      out.uint32(2, group.resource.dropped_attributes_count);
      out.attributes(1, group.resource.attributes);
    });
  });
}

}  // namespace

void encode_protobuf(const LogsRequest& request, wire::ProtoBackwardWriter& out) {
  encode(request, out);
}
void encode_protobuf(const TracesRequest& request, wire::ProtoBackwardWriter& out) {
  encode(request, out);
}
void encode_protobuf(const MetricsRequest& request, wire::ProtoBackwardWriter& out) {
  encode(request, out);
}

}  // namespace sluice::otlp
