#include "testing/record_dump.h"

#include <cmath>
#include <cstdio>
#include <string_view>

#include "wire/hex.h"

namespace sluice::testing {
namespace {

using namespace otlp;  // NOLINT(google-build-using-namespace): all of its records are printed here

class Dump {
 public:
  template <typename Record>
  std::string run(const Request<Record>& request) {
    for (const auto& group : request.resources) {
      nested("resource_group", [&] { resource_group(group); });
    }
    return std::move(text_);
  }

 private:
  template <typename Print>
  void nested(std::string_view name, Print print) {
    line(name, "");
    ++depth_;
    print();
    --depth_;
  }

  void line(std::string_view name, std::string_view value) {
    text_.append(depth_, ' ').append(name);
    if (!value.empty()) text_.append(" ").append(value);
    text_.push_back('\n');
  }

  static std::string quoted(std::string_view bytes) {
    std::string out = "\"";
    for (const char c : bytes) {
      if (c >= ' ' && c <= '~' && c != '"' && c != '\\') {
        out.push_back(c);
      } else {
        char digits[2];
        wire::hex_lower(reinterpret_cast<const uint8_t*>(&c), 1, digits);
        out.append("\\x").append(digits, sizeof digits);
      }
    }
    return out + "\"";
  }

  static std::string bits(double value) {
    if (std::isnan(value)) return "nan";
    uint64_t word = 0;
    std::memcpy(&word, &value, sizeof word);
    char out[24];
    std::snprintf(out, sizeof out, "0x%016llx", static_cast<unsigned long long>(word));
    return out;
  }

  void text(std::string_view name, std::string_view value) {
    if (!value.empty()) line(name, quoted(value));
  }
  template <typename T>
  void number(std::string_view name, T value) {
    if (value != 0) line(name, std::to_string(value));
  }
  void real(std::string_view name, double value) {
    if (const std::string shown = bits(value); shown != bits(0)) line(name, shown);
  }
  template <size_t N>
  void id(std::string_view name, const Id<N>& value) {
    if (value.empty()) return;
    char digits[2 * N];
    wire::hex_lower(value.bytes.data(), N, digits);
    line(name, {digits, sizeof digits});
  }
  template <typename List>
  void reals(std::string_view name, const List& values) {
    for (const double value : values) line(name, bits(value));
  }
  template <typename List>
  void counts(std::string_view name, const List& values) {
    for (const uint64_t value : values) line(name, std::to_string(value));
  }

  void value(std::string_view name, const Value& value) {
    switch (value.kind) {
      case ValueKind::None: return;
      case ValueKind::String: return line(name, "string " + quoted(value.view()));
      case ValueKind::Bytes: return line(name, "bytes " + quoted(value.view()));
      case ValueKind::Bool: return line(name, value.bool_value ? "bool true" : "bool false");
      case ValueKind::Int: return line(name, "int " + std::to_string(value.int_value));
      case ValueKind::Double: return line(name, "double " + bits(value.double_value));
      case ValueKind::Array: return nested(std::string(name) + " array", [&] { elements(value); });
      case ValueKind::Map: return nested(std::string(name) + " map", [&] { members(value); });
    }
  }
  void elements(const Value& array) {
    for (uint32_t i = 0; i < array.size; ++i) {
      nested("element", [&] { value("value", array.elements[i]); });
    }
  }
  void members(const Value& map) {
    for (uint32_t i = 0; i < map.size; ++i) key_value("member", map.members[i]);
  }
  void key_value(std::string_view name, const KeyValue& pair) {
    nested(name, [&] {
      text("key", pair.key);
      value("value", pair.value);
    });
  }
  void attributes(std::string_view name, const Attributes& pairs) {
    for (const KeyValue& pair : pairs) key_value(name, pair);
  }

  template <typename Record>
  void resource_group(const ResourceGroup<Record>& group) {
    attributes("resource_attribute", group.resource.attributes);
    number("resource_dropped", group.resource.dropped_attributes_count);
    text("schema_url", group.schema_url);
    for (const auto& scoped : group.scopes) {
      nested("scope_group", [&] {
        text("scope_name", scoped.scope.name);
        text("scope_version", scoped.scope.version);
        attributes("scope_attribute", scoped.scope.attributes);
        number("scope_dropped", scoped.scope.dropped_attributes_count);
        text("schema_url", scoped.schema_url);
        for (const Record& r : scoped.records) {
          nested("record", [&] { record(r); });
        }
      });
    }
  }

  void record(const LogRecord& log) {
    number("time", log.time_unix_nano);
    number("observed_time", log.observed_time_unix_nano);
    number("severity_number", log.severity_number);
    text("severity_text", log.severity_text);
    value("body", log.body);
    attributes("attribute", log.attributes);
    number("dropped", log.dropped_attributes_count);
    number("flags", log.flags);
    id("trace_id", log.trace_id);
    id("span_id", log.span_id);
    text("event_name", log.event_name);
  }

  void record(const Span& span) {
    id("trace_id", span.trace_id);
    id("span_id", span.span_id);
    text("trace_state", span.trace_state);
    id("parent_span_id", span.parent_span_id);
    number("flags", span.flags);
    text("name", span.name);
    number("kind", span.kind);
    number("start_time", span.start_time_unix_nano);
    number("end_time", span.end_time_unix_nano);
    attributes("attribute", span.attributes);
    number("dropped", span.dropped_attributes_count);
    for (const SpanEvent& e : span.events) nested("event", [&] { event(e); });
    number("dropped_events", span.dropped_events_count);
    for (const SpanLink& l : span.links) nested("link", [&] { link(l); });
    number("dropped_links", span.dropped_links_count);
    text("status_message", span.status.message);
    number("status_code", span.status.code);
  }
  void event(const SpanEvent& event) {
    number("time", event.time_unix_nano);
    text("name", event.name);
    attributes("attribute", event.attributes);
    number("dropped", event.dropped_attributes_count);
  }
  void link(const SpanLink& link) {
    id("trace_id", link.trace_id);
    id("span_id", link.span_id);
    text("trace_state", link.trace_state);
    attributes("attribute", link.attributes);
    number("dropped", link.dropped_attributes_count);
    number("flags", link.flags);
  }

  void record(const Metric& metric) {
    constexpr std::string_view kKinds[] = {
        "none", "gauge", "sum", "histogram", "exponential_histogram", "summary"};
    text("name", metric.name);
    text("description", metric.description);
    text("unit", metric.unit);
    attributes("metadata", metric.metadata);
    if (metric.kind == MetricKind::None) return;
    line("data", kKinds[static_cast<size_t>(metric.kind)]);
    number("aggregation_temporality", metric.aggregation_temporality);
    number("is_monotonic", static_cast<int>(metric.is_monotonic));
    for (const DataPoint& p : metric.data_points) nested("point", [&] { point(p); });
  }
  void point(const DataPoint& point) {
    attributes("attribute", point.attributes);
    number("start_time", point.start_time_unix_nano);
    number("time", point.time_unix_nano);
    number("flags", point.flags);
    measured(point.value);
    number("count", point.count);
    real("sum", point.sum);
    real("min", point.min);
    real("max", point.max);
    counts("bucket_count", point.bucket_counts);
    reals("explicit_bound", point.explicit_bounds);
    number("scale", point.scale);
    number("zero_count", point.zero_count);
    real("zero_threshold", point.zero_threshold);
    buckets("positive", point.positive);
    buckets("negative", point.negative);
    for (const QuantileValue& q : point.quantile_values) {
      nested("quantile_value", [&] {
        real("quantile", q.quantile);
        real("value", q.value);
      });
    }
    for (const Exemplar& e : point.exemplars) nested("exemplar", [&] { exemplar(e); });
  }
  void measured(const Number& value) {
    if (value.kind == Number::Kind::Int) line("as_int", std::to_string(value.int_value));
    if (value.kind == Number::Kind::Double) line("as_double", bits(value.double_value));
  }
  void buckets(const std::string& name, const Buckets& buckets) {
    number(name + "_offset", buckets.offset);
    counts(name + "_bucket_count", buckets.bucket_counts);
  }
  void exemplar(const Exemplar& exemplar) {
    attributes("filtered_attribute", exemplar.filtered_attributes);
    number("time", exemplar.time_unix_nano);
    measured(exemplar.value);
    id("span_id", exemplar.span_id);
    id("trace_id", exemplar.trace_id);
  }

  std::string text_;
  size_t depth_ = 0;
};

}  // namespace

std::string dump(const LogsRequest& request) { return Dump().run(request); }
std::string dump(const TracesRequest& request) { return Dump().run(request); }
std::string dump(const MetricsRequest& request) { return Dump().run(request); }

}  // namespace sluice::testing
