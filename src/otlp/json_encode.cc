#include "otlp/json_encode.h"

#include <cmath>

#include "wire/base64.h"
#include "wire/hex.h"
#include "wire/json_write.h"
#include "wire/number_format.h"

namespace sluice::otlp {
namespace {

/// Writes one object: commas between members, members with default values left out.
class Encoder {
 public:
  explicit Encoder(Buffer& out) : out_(out) {}

  template <typename Members>
  void object(Members&& members) {
    open('{');
    members();
    close('}');
  }
  template <typename List, typename Element>
  void list(std::string_view key, const List& values, Element&& element) {
    if (values.empty()) return;
    name(key);
    open('[');
    for (const auto& value : values) {
      comma();
      element(value);
    }
    close(']');
  }
  template <typename List, typename Members>
  void objects(std::string_view key, const List& values, Members&& members) {
    list(key, values, [&](const auto& value) { object([&] { members(value); }); });
  }

  void name(std::string_view key) {
    comma();
    out_.push_back('"');
    out_.append(key);
    out_.append("\":");
  }

  void text(std::string_view key, std::string_view value) {
    if (value.empty()) return;
    name(key);
    wire::append_json_string_replacing(value, out_);
  }
  template <typename T>
  void number(std::string_view key, T value) {
    if (value == 0) return;
    name(key);
    plain_int(static_cast<int64_t>(value));
  }
  /// 64 bits wide, so in quotes.
  void wide(std::string_view key, uint64_t value) {
    if (value == 0) return;
    name(key);
    quoted(value);
  }
  void real(std::string_view key, double value) {
    name(key);
    plain_real(value);
  }
  void real_unless_zero(std::string_view key, double value) {
    if (value != 0) real(key, value);
  }
  void flag(std::string_view key, bool value) {
    if (!value) return;
    name(key);
    out_.append("true");
  }
  template <size_t N>
  void id(std::string_view key, const Id<N>& value) {
    if (value.empty()) return;
    name(key);
    out_.push_back('"');
    wire::hex_lower(value.bytes.data(), N, out_.tail(2 * N));
    out_.commit(2 * N);
    out_.push_back('"');
  }

  void quoted(uint64_t value) {
    char digits[20];
    size_t at = sizeof digits;
    do {
      digits[--at] = static_cast<char>('0' + value % 10);
      value /= 10;
    } while (value != 0);
    out_.push_back('"');
    out_.append(digits + at, sizeof digits - at);
    out_.push_back('"');
  }
  void quoted_signed(int64_t value) {
    out_.push_back('"');
    plain_int(value);
    out_.push_back('"');
  }
  void plain_int(int64_t value) {
    out_.commit(wire::format_int(value, out_.tail(wire::kNumberTextMax)));
  }
  void plain_real(double value) {
    if (std::isfinite(value)) {
      out_.commit(wire::format_double(value, out_.tail(wire::kNumberTextMax)));
    } else {
      out_.append(std::isnan(value) ? "\"NaN\"" : value > 0 ? "\"Infinity\"" : "\"-Infinity\"");
    }
  }

  void value(const Value& value);
  void attributes(std::string_view key, const Attributes& attributes) {
    key_values(key, attributes.begin(), attributes.end());
  }

 private:
  void key_values(std::string_view key, const KeyValue* begin, const KeyValue* end) {
    if (begin == end) return;
    name(key);
    open('[');
    for (const KeyValue* kv = begin; kv != end; ++kv) {
      comma();
      object([&] {
        name("key");
        wire::append_json_string_replacing(kv->key, out_);
        name("value");
        value(kv->value);
      });
    }
    close(']');
  }

  void open(char bracket) {
    out_.push_back(bracket);
    first_ = true;
  }
  void close(char bracket) {
    out_.push_back(bracket);
    first_ = false;
  }
  void comma() {
    if (!first_) out_.push_back(',');
    first_ = false;
  }

  Buffer& out_;
  bool first_ = true;
};

/// Recursion is bounded by kDepthMax, which the decoders keep.
void Encoder::value(const Value& v) {
  object([&] {
    switch (v.kind) {
      case ValueKind::None: break;
      case ValueKind::String:
        name("stringValue");
        wire::append_json_string_replacing(v.view(), out_);
        break;
      case ValueKind::Bool:
        name("boolValue");
        out_.append(v.bool_value ? "true" : "false");
        break;
      case ValueKind::Int:
        name("intValue");
        quoted_signed(v.int_value);
        break;
      case ValueKind::Double: real("doubleValue", v.double_value); break;
      case ValueKind::Bytes:
        name("bytesValue");
        out_.push_back('"');
        wire::append_base64(v.view(), out_);
        out_.push_back('"');
        break;
      case ValueKind::Array:
        name("arrayValue");
        object([&] {
          if (v.size == 0) return;
          name("values");
          open('[');
          for (uint32_t i = 0; i < v.size; ++i) {
            comma();
            value(v.elements[i]);
          }
          close(']');
        });
        break;
      case ValueKind::Map:
        name("kvlistValue");
        object([&] { key_values("values", v.members, v.members + v.size); });
        break;
    }
  });
}

void members(Encoder& out, const LogRecord& record) {
  out.wide("timeUnixNano", record.time_unix_nano);
  out.wide("observedTimeUnixNano", record.observed_time_unix_nano);
  out.number("severityNumber", record.severity_number);
  out.text("severityText", record.severity_text);
  out.name("body");
  out.value(record.body);
  out.attributes("attributes", record.attributes);
  out.number("droppedAttributesCount", record.dropped_attributes_count);
  out.number("flags", record.flags);
  out.id("traceId", record.trace_id);
  out.id("spanId", record.span_id);
  out.text("eventName", record.event_name);
}

void event_members(Encoder& out, const SpanEvent& event) {
  out.wide("timeUnixNano", event.time_unix_nano);
  out.text("name", event.name);
  out.attributes("attributes", event.attributes);
  out.number("droppedAttributesCount", event.dropped_attributes_count);
}

void link_members(Encoder& out, const SpanLink& link) {
  out.id("traceId", link.trace_id);
  out.id("spanId", link.span_id);
  out.text("traceState", link.trace_state);
  out.attributes("attributes", link.attributes);
  out.number("droppedAttributesCount", link.dropped_attributes_count);
  out.number("flags", link.flags);
}

void members(Encoder& out, const Span& span) {
  out.id("traceId", span.trace_id);
  out.id("spanId", span.span_id);
  out.text("traceState", span.trace_state);
  out.id("parentSpanId", span.parent_span_id);
  out.number("flags", span.flags);
  out.text("name", span.name);
  out.number("kind", span.kind);
  out.wide("startTimeUnixNano", span.start_time_unix_nano);
  out.wide("endTimeUnixNano", span.end_time_unix_nano);
  out.attributes("attributes", span.attributes);
  out.number("droppedAttributesCount", span.dropped_attributes_count);
  out.objects("events", span.events, [&](const SpanEvent& e) { event_members(out, e); });
  out.number("droppedEventsCount", span.dropped_events_count);
  out.objects("links", span.links, [&](const SpanLink& l) { link_members(out, l); });
  out.number("droppedLinksCount", span.dropped_links_count);
  out.name("status");
  out.object([&] {
    out.text("message", span.status.message);
    out.number("code", span.status.code);
  });
}

void number_value(Encoder& out, const Number& number) {
  if (number.kind == Number::Kind::Int) {
    out.name("asInt");
    out.quoted_signed(number.int_value);
  } else if (number.kind == Number::Kind::Double) {
    out.real("asDouble", number.double_value);
  }
}

void exemplar_members(Encoder& out, const Exemplar& exemplar) {
  out.attributes("filteredAttributes", exemplar.filtered_attributes);
  out.wide("timeUnixNano", exemplar.time_unix_nano);
  number_value(out, exemplar.value);
  out.id("spanId", exemplar.span_id);
  out.id("traceId", exemplar.trace_id);
}

void counts(Encoder& out, std::string_view key, const ArenaVector<uint64_t>& values) {
  out.list(key, values, [&](uint64_t count) { out.quoted(count); });
}

void buckets(Encoder& out, std::string_view key, const Buckets& buckets) {
  out.name(key);
  out.object([&] {
    out.number("offset", buckets.offset);
    counts(out, "bucketCounts", buckets.bucket_counts);
  });
}

void sent_reals(Encoder& out, const DataPoint& point) {
  if (point.has_sum) out.real("sum", point.sum);
  if (point.has_min) out.real("min", point.min);
  if (point.has_max) out.real("max", point.max);
}

void kind_members(Encoder& out, MetricKind kind, const DataPoint& point) {
  switch (kind) {
    case MetricKind::None: break;
    case MetricKind::Gauge:
    case MetricKind::Sum: number_value(out, point.value); break;
    case MetricKind::Histogram:
      out.wide("count", point.count);
      sent_reals(out, point);
      counts(out, "bucketCounts", point.bucket_counts);
      out.list("explicitBounds", point.explicit_bounds, [&](double b) { out.plain_real(b); });
      break;
    case MetricKind::ExponentialHistogram:
      out.wide("count", point.count);
      sent_reals(out, point);
      out.number("scale", point.scale);
      out.wide("zeroCount", point.zero_count);
      out.real_unless_zero("zeroThreshold", point.zero_threshold);
      buckets(out, "positive", point.positive);
      buckets(out, "negative", point.negative);
      break;
    case MetricKind::Summary:
      out.wide("count", point.count);
      out.real_unless_zero("sum", point.sum);
      out.objects("quantileValues", point.quantile_values, [&](const QuantileValue& q) {
        out.real_unless_zero("quantile", q.quantile);
        out.real_unless_zero("value", q.value);
      });
      break;
  }
}

void point_members(Encoder& out, MetricKind kind, const DataPoint& point) {
  out.attributes("attributes", point.attributes);
  out.wide("startTimeUnixNano", point.start_time_unix_nano);
  out.wide("timeUnixNano", point.time_unix_nano);
  kind_members(out, kind, point);
  out.objects("exemplars", point.exemplars, [&](const Exemplar& e) { exemplar_members(out, e); });
  out.number("flags", point.flags);
}

void members(Encoder& out, const Metric& metric) {
  static constexpr std::string_view kKinds[] = {
      "", "gauge", "sum", "histogram", "exponentialHistogram", "summary"};
  out.text("name", metric.name);
  out.text("description", metric.description);
  out.text("unit", metric.unit);
  if (metric.kind != MetricKind::None) {
    out.name(kKinds[static_cast<size_t>(metric.kind)]);
    out.object([&] {
      out.objects("dataPoints", metric.data_points,
                  [&](const DataPoint& p) { point_members(out, metric.kind, p); });
      out.number("aggregationTemporality", metric.aggregation_temporality);
      out.flag("isMonotonic", metric.is_monotonic);
    });
  }
  out.attributes("metadata", metric.metadata);
}

/// The names of the levels of a request.
struct Names {
  std::string_view resources, scopes, records;
};

template <typename Record>
void encode(const Request<Record>& request, const Names& names, Buffer& buffer) {
  Encoder out(buffer);
  out.object([&] {
    out.objects(names.resources, request.resources, [&](const ResourceGroup<Record>& group) {
      out.name("resource");
      out.object([&] {
        out.attributes("attributes", group.resource.attributes);
        out.number("droppedAttributesCount", group.resource.dropped_attributes_count);
      });
      out.objects(names.scopes, group.scopes, [&](const ScopeGroup<Record>& scope) {
        out.name("scope");
        out.object([&] {
          out.text("name", scope.scope.name);
          out.text("version", scope.scope.version);
          out.attributes("attributes", scope.scope.attributes);
          out.number("droppedAttributesCount", scope.scope.dropped_attributes_count);
        });
        out.objects(names.records, scope.records, [&](const Record& r) { members(out, r); });
        out.text("schemaUrl", scope.schema_url);
      });
      out.text("schemaUrl", group.schema_url);
    });
  });
}

}  // namespace

void encode_json(const LogsRequest& request, Buffer& out) {
  encode(request, {"resourceLogs", "scopeLogs", "logRecords"}, out);
}
void encode_json(const TracesRequest& request, Buffer& out) {
  encode(request, {"resourceSpans", "scopeSpans", "spans"}, out);
}
void encode_json(const MetricsRequest& request, Buffer& out) {
  encode(request, {"resourceMetrics", "scopeMetrics", "metrics"}, out);
}

}  // namespace sluice::otlp
