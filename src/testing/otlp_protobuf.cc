#include "testing/otlp_protobuf.h"

#include <cmath>
#include <string_view>

namespace sluice::testing {
namespace {

using namespace otlp;  // NOLINT(google-build-using-namespace): all of its records are written here

/// A message's bytes. The wire format is written out here once more, so that a decoder is not
/// tested against a mistake that it shares with the product's own writer.
class Message {
 public:
  // Fields that have their default are left out, but for those of a oneof: put_...
  Message& bytes(uint32_t field, std::string_view value) {
    return value.empty() ? *this : put_bytes(field, value);
  }
  template <size_t N>
  Message& id(uint32_t field, const Id<N>& value) {
    return value.empty() ? *this
                         : put_bytes(field, {reinterpret_cast<const char*>(value.bytes.data()), N});
  }
  Message& fixed64(uint32_t field, uint64_t value) {
    return value == 0 ? *this : put_fixed64(field, value);
  }
  Message& fixed32(uint32_t field, uint32_t value) {
    return value == 0 ? *this : tag(field, 5).raw(&value, sizeof value);
  }
  Message& real(uint32_t field, double value) {
    return value == 0 && !std::signbit(value) ? *this : put_real(field, value);
  }
  Message& uint32(uint32_t field, uint32_t value) {
    return value == 0 ? *this : put_varint(field, value);
  }
  /// A negative int32 or enum goes as ten bytes, extended to 64 bits.
  Message& int32(uint32_t field, int32_t value) {
    return value == 0 ? *this : put_varint(field, static_cast<uint64_t>(int64_t{value}));
  }
  Message& sint32(uint32_t field, int32_t value) {
    return uint32(field, static_cast<uint32_t>(value) << 1 ^ (value < 0 ? ~uint32_t{0} : 0));
  }
  Message& message(uint32_t field, const Message& value) { return put_bytes(field, value.text_); }
  template <typename List, typename Write>
  Message& list(uint32_t field, const List& elements, Write write) {
    for (const auto& element : elements) message(field, write(element));
    return *this;
  }
  template <typename List>
  Message& packed64(uint32_t field, const List& numbers) {
    static_assert(sizeof(numbers[0]) == 8);
    return bytes(field,
                 {reinterpret_cast<const char*>(numbers.data()), 8 * size_t{numbers.size()}});
  }

  Message& put_varint(uint32_t field, uint64_t value) { return tag(field, 0).varint(value); }
  Message& put_fixed64(uint32_t field, uint64_t value) {
    return tag(field, 1).raw(&value, sizeof value);
  }
  Message& put_real(uint32_t field, double value) {
    return tag(field, 1).raw(&value, sizeof value);
  }
  Message& put_bytes(uint32_t field, std::string_view value) {
    return tag(field, 2).varint(value.size()).raw(value.data(), value.size());
  }

  std::string take() { return std::move(text_); }

 private:
  Message& tag(uint32_t field, uint32_t wire_type) {
    return varint(uint64_t{field} << 3 | wire_type);
  }
  Message& varint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) text_.push_back(static_cast<char>(value | 0x80));
    text_.push_back(static_cast<char>(value));
    return *this;
  }
  Message& raw(const void* value, size_t size) {
    text_.append(static_cast<const char*>(value), size);
    return *this;
  }

  std::string text_;
};

Message key_value(const KeyValue& pair);

Message value(const Value& value) {
  Message out;
  switch (value.kind) {
    case ValueKind::None: break;
    case ValueKind::String: out.put_bytes(1, value.view()); break;
    case ValueKind::Bool: out.put_varint(2, value.bool_value ? 1 : 0); break;
    case ValueKind::Int: out.put_varint(3, static_cast<uint64_t>(value.int_value)); break;
    case ValueKind::Double: out.put_real(4, value.double_value); break;
    case ValueKind::Bytes: out.put_bytes(7, value.view()); break;
    case ValueKind::Array: {
      Message array;
      for (uint32_t i = 0; i < value.size; ++i) array.message(1, testing::value(value.elements[i]));
      out.message(5, array);
      break;
    }
    case ValueKind::Map: {
      Message map;
      for (uint32_t i = 0; i < value.size; ++i) map.message(1, key_value(value.members[i]));
      out.message(6, map);
      break;
    }
  }
  return out;
}

Message key_value(const KeyValue& pair) {
  return Message().bytes(1, pair.key).message(2, value(pair.value));
}

Message record(const LogRecord& log) {
  return Message()
      .fixed64(1, log.time_unix_nano)
      .int32(2, log.severity_number)
      .bytes(3, log.severity_text)
      .message(5, value(log.body))
      .list(6, log.attributes, key_value)
      .uint32(7, log.dropped_attributes_count)
      .fixed32(8, log.flags)
      .id(9, log.trace_id)
      .id(10, log.span_id)
      .fixed64(11, log.observed_time_unix_nano)
      .bytes(12, log.event_name);
}

Message event(const SpanEvent& event) {
  return Message()
      .fixed64(1, event.time_unix_nano)
      .bytes(2, event.name)
      .list(3, event.attributes, key_value)
      .uint32(4, event.dropped_attributes_count);
}

Message link(const SpanLink& link) {
  return Message()
      .id(1, link.trace_id)
      .id(2, link.span_id)
      .bytes(3, link.trace_state)
      .list(4, link.attributes, key_value)
      .uint32(5, link.dropped_attributes_count)
      .fixed32(6, link.flags);
}

Message record(const Span& span) {
  return Message()
      .id(1, span.trace_id)
      .id(2, span.span_id)
      .bytes(3, span.trace_state)
      .id(4, span.parent_span_id)
      .bytes(5, span.name)
      .int32(6, span.kind)
      .fixed64(7, span.start_time_unix_nano)
      .fixed64(8, span.end_time_unix_nano)
      .list(9, span.attributes, key_value)
      .uint32(10, span.dropped_attributes_count)
      .list(11, span.events, event)
      .uint32(12, span.dropped_events_count)
      .list(13, span.links, link)
      .uint32(14, span.dropped_links_count)
      .message(15, Message().bytes(2, span.status.message).int32(3, span.status.code))
      .fixed32(16, span.flags);
}

void measured(Message& out, const Number& value, uint32_t double_field, uint32_t int_field) {
  if (value.kind == Number::Kind::Double) out.put_real(double_field, value.double_value);
  if (value.kind == Number::Kind::Int)
    out.put_fixed64(int_field, static_cast<uint64_t>(value.int_value));
}

Message exemplar(const Exemplar& exemplar) {
  Message out;
  out.fixed64(2, exemplar.time_unix_nano);
  measured(out, exemplar.value, 3, 6);
  out.id(4, exemplar.span_id)
      .id(5, exemplar.trace_id)
      .list(7, exemplar.filtered_attributes, key_value);
  return out;
}

Message number_point(const DataPoint& point) {
  Message out;
  out.fixed64(2, point.start_time_unix_nano).fixed64(3, point.time_unix_nano);
  measured(out, point.value, 4, 6);
  out.list(5, point.exemplars, exemplar)
      .list(7, point.attributes, key_value)
      .uint32(8, point.flags);
  return out;
}

Message histogram_point(const DataPoint& point) {
  return Message()
      .fixed64(2, point.start_time_unix_nano)
      .fixed64(3, point.time_unix_nano)
      .fixed64(4, point.count)
      .real(5, point.sum)
      .packed64(6, point.bucket_counts)
      .packed64(7, point.explicit_bounds)
      .list(8, point.exemplars, exemplar)
      .list(9, point.attributes, key_value)
      .uint32(10, point.flags)
      .real(11, point.min)
      .real(12, point.max);
}

Message buckets(const Buckets& buckets) {
  Message out;
  out.sint32(1, buckets.offset);
  for (const uint64_t count : buckets.bucket_counts) out.put_varint(2, count);
  return out;
}

Message exponential_point(const DataPoint& point) {
  return Message()
      .list(1, point.attributes, key_value)
      .fixed64(2, point.start_time_unix_nano)
      .fixed64(3, point.time_unix_nano)
      .fixed64(4, point.count)
      .real(5, point.sum)
      .sint32(6, point.scale)
      .fixed64(7, point.zero_count)
      .message(8, buckets(point.positive))
      .message(9, buckets(point.negative))
      .uint32(10, point.flags)
      .list(11, point.exemplars, exemplar)
      .real(12, point.min)
      .real(13, point.max)
      .real(14, point.zero_threshold);
}

Message summary_point(const DataPoint& point) {
  return Message()
      .fixed64(2, point.start_time_unix_nano)
      .fixed64(3, point.time_unix_nano)
      .fixed64(4, point.count)
      .real(5, point.sum)
      .list(6, point.quantile_values,
            [](const QuantileValue& q) { return Message().real(1, q.quantile).real(2, q.value); })
      .list(7, point.attributes, key_value)
      .uint32(8, point.flags);
}

Message record(const Metric& metric) {
  Message data;
  uint32_t field = 0;
  switch (metric.kind) {
    case MetricKind::None: break;
    case MetricKind::Gauge:
      field = 5;
      data.list(1, metric.data_points, number_point);
      break;
    case MetricKind::Sum:
      field = 7;
      data.list(1, metric.data_points, number_point);
      break;
    case MetricKind::Histogram:
      field = 9;
      data.list(1, metric.data_points, histogram_point);
      break;
    case MetricKind::ExponentialHistogram:
      field = 10;
      data.list(1, metric.data_points, exponential_point);
      break;
    case MetricKind::Summary:
      field = 11;
      data.list(1, metric.data_points, summary_point);
      break;
  }
  data.int32(2, metric.aggregation_temporality).uint32(3, metric.is_monotonic ? 1 : 0);
  Message out;
  out.bytes(1, metric.name).bytes(2, metric.description).bytes(3, metric.unit);
  if (field != 0) out.message(field, data);
  return out.list(12, metric.metadata, key_value);
}

template <typename Record>
Message scope_group(const ScopeGroup<Record>& group) {
  return Message()
      .message(1, Message()
                      .bytes(1, group.scope.name)
                      .bytes(2, group.scope.version)
                      .list(3, group.scope.attributes, key_value)
                      .uint32(4, group.scope.dropped_attributes_count))
      .list(2, group.records, [](const Record& r) { return record(r); })
      .bytes(3, group.schema_url);
}

template <typename Record>
std::string request(const Request<Record>& request) {
  return Message()
      .list(1, request.resources,
            [](const ResourceGroup<Record>& group) {
              return Message()
                  .message(1, Message()
                                  .list(1, group.resource.attributes, key_value)
                                  .uint32(2, group.resource.dropped_attributes_count))
                  .list(2, group.scopes, scope_group<Record>)
                  .bytes(3, group.schema_url);
            })
      .take();
}

}  // namespace

std::string to_protobuf(const LogsRequest& logs) { return request(logs); }
std::string to_protobuf(const TracesRequest& traces) { return request(traces); }
std::string to_protobuf(const MetricsRequest& metrics) { return request(metrics); }

}  // namespace sluice::testing
