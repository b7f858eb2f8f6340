#include "testing/otlp_json.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <string_view>
#include <vector>

#include "base/utf8.h"
#include "wire/base64.h"
#include "wire/hex.h"
#include "wire/number_format.h"

namespace sluice::testing {
namespace {

using namespace otlp;  // NOLINT(google-build-using-namespace): all of its records are written here

/// How things are spelt: plainly, or at random.
class Spelling {
 public:
  explicit Spelling(uint64_t seed) : plain_(seed == 0), random_(seed) {}

  bool plain() const { return plain_; }
  /// True once in `n` times, and never in plain spelling.
  bool sometimes(uint32_t n) { return !plain_ && random_() % n == 0; }

  std::string name(std::string_view proto_name) {
    if (sometimes(3)) return std::string(proto_name);
    std::string out;
    bool upper = false;
    for (const char c : proto_name) {
      if (c != '_') out.push_back(upper ? static_cast<char>(c - 'a' + 'A') : c);
      upper = c == '_';
    }
    return out;
  }

  std::string space() {
    constexpr std::string_view kSpaces[] = {" ", "\n", "\t", "\r\n  "};
    return sometimes(8) ? std::string(kSpaces[random_() % std::size(kSpaces)]) : "";
  }

  std::string integer(const std::string& digits, bool is_wide) {
    return (plain_ ? is_wide : sometimes(2)) ? '"' + digits + '"' : digits;
  }

  std::string real(double value) {
    char digits[wire::kNumberTextMax];
    const std::string text(digits, wire::format_double(value, digits));
    return !std::isfinite(value) || sometimes(3) ? '"' + text + '"' : text;
  }

  std::string string(std::string_view bytes) {
    std::string out = "\"";
    for (size_t i = 0; i < bytes.size();) {
      const utf8::Rune rune = utf8::decode(bytes.substr(i));
      const std::string_view encoded = bytes.substr(i, rune.size);
      i += rune.size;
      if (!rune.valid) {
        out.append(encoded);
      } else if (rune.value < 0x20 || rune.value == '"' || rune.value == '\\' || sometimes(9)) {
        append_escape(rune.value, out);
      } else {
        out.append(encoded);
      }
    }
    // A bare byte that is no UTF-8 could become part of a character together with what follows, but
    // never with a quote.
    return out + '"';
  }

  template <typename T>
  void shuffle(std::vector<T>& list) {
    if (!plain_) std::shuffle(list.begin(), list.end(), random_);
  }

  std::string unknown_member() {
    constexpr std::string_view kMembers[] = {
        R"("novel":null)",
        R"("Novel":{"a":[1,{"":"}"},[]],"b":-0.5e-3})",
        R"("novelties":["\"",{},true])",
        R"("attributesx":5)",
        R"("nov\u0065l":"]")",
    };
    return std::string(kMembers[random_() % std::size(kMembers)]);
  }

 private:
  static void append_unit(uint32_t unit, std::string& out) {
    char digits[4];
    const uint8_t bytes[] = {static_cast<uint8_t>(unit >> 8), static_cast<uint8_t>(unit)};
    wire::hex_lower(bytes, sizeof bytes, digits);
    out.append("\\u").append(digits, sizeof digits);
  }
  static void append_escape(char32_t rune, std::string& out) {
    if (rune < 0x10000) return append_unit(rune, out);
    append_unit(0xd800 + ((rune - 0x10000) >> 10), out);
    append_unit(0xdc00 + ((rune - 0x10000) & 0x3ff), out);
  }

  bool plain_;
  std::mt19937_64 random_;
};

class Writer {
 public:
  explicit Writer(uint64_t seed) : spelling_(seed) {}

  template <typename Record>
  std::string request(const Request<Record>& request, std::string_view resources,
                      std::string_view scopes, std::string_view records) {
    return object([&] {
      list(resources, request.resources, [&](const ResourceGroup<Record>& group) {
        return object([&] { resource_group(group, scopes, records); });
      });
    });
  }

 private:
  /// An object of the members that `fill` adds.
  template <typename Fill>
  std::string object(Fill fill) {
    std::vector<std::string> outer;
    outer.swap(members_);
    fill();
    if (spelling_.sometimes(5)) members_.push_back(spelling_.unknown_member());
    spelling_.shuffle(members_);
    std::string out = join('{', members_, '}');
    members_.swap(outer);
    return out;
  }

  std::string join(char open, const std::vector<std::string>& parts, char close) {
    std::string out(1, open);
    for (const std::string& part : parts) {
      if (out.size() > 1) out.push_back(',');
      out.append(spelling_.space()).append(part).append(spelling_.space());
    }
    return out + close;
  }

  void member(std::string_view proto_name, const std::string& value) {
    members_.push_back(spelling_.string(spelling_.name(proto_name)) + spelling_.space() + ":" +
                       spelling_.space() + value);
  }

  template <typename List, typename Write>
  void list(std::string_view name, const List& elements, Write write) {
    if (elements.empty()) {
      if (spelling_.sometimes(6)) member(name, spelling_.sometimes(2) ? "null" : "[]");
      return;
    }
    std::vector<std::string> parts;
    for (const auto& element : elements) parts.push_back(write(element));
    member(name, join('[', parts, ']'));
  }

  void text(std::string_view name, std::string_view value) {
    if (!value.empty()) return member(name, spelling_.string(value));
    if (spelling_.sometimes(6)) member(name, spelling_.sometimes(2) ? "null" : "\"\"");
  }
  template <typename T>
  std::string integer_text(T value) {
    return spelling_.integer(std::to_string(value), sizeof(T) == 8);
  }
  template <typename T>
  void integer(std::string_view name, T value) {
    if (value != 0 || spelling_.sometimes(6)) member(name, integer_text(value));
  }
  void real(std::string_view name, double value) {
    if (value != 0 || std::signbit(value) || spelling_.sometimes(6))
      member(name, spelling_.real(value));
  }
  template <size_t Count>
  void enumeration(std::string_view name, int32_t value, const char* const (&names)[Count]) {
    if (value >= 0 && value < static_cast<int32_t>(Count) && spelling_.sometimes(2)) {
      member(name, std::string("\"") + names[value] + '"');
    } else if (value != 0) {
      member(name, std::to_string(value));
    }
  }
  template <size_t N>
  void id(std::string_view name, const Id<N>& value) {
    if (value.empty()) {
      if (spelling_.sometimes(6)) member(name, "\"\"");
      return;
    }
    std::string digits(2 * N, '0');
    wire::hex_lower(value.bytes.data(), N, digits.data());
    if (spelling_.sometimes(2)) {
      for (char& c : digits) c = c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    member(name, '"' + digits + '"');
  }

  void value(std::string_view name, const Value& value) {
    if (value.kind != ValueKind::None) return member(name, value_text(value));
    if (spelling_.sometimes(2)) member(name, spelling_.sometimes(2) ? "null" : "{}");
  }
  std::string value_text(const Value& value) {
    return object([&] { value_kind(value); });
  }
  void value_kind(const Value& value) {
    switch (value.kind) {
      case ValueKind::None: return;
      case ValueKind::String: return member("string_value", spelling_.string(value.view()));
      case ValueKind::Bool: return member("bool_value", value.bool_value ? "true" : "false");
      case ValueKind::Int: return member("int_value", integer_text(value.int_value));
      case ValueKind::Double: return member("double_value", spelling_.real(value.double_value));
      case ValueKind::Bytes: {
        Buffer encoded;
        wire::append_base64(value.view(), encoded);
        return member("bytes_value", '"' + std::string(encoded.view()) + '"');
      }
      case ValueKind::Array: return member("array_value", array_text(value));
      case ValueKind::Map: return member("kvlist_value", map_text(value));
    }
  }
  std::string array_text(const Value& array) {
    const std::vector<Value> elements(array.elements, array.elements + array.size);
    return object([&] { list("values", elements, [&](const Value& v) { return value_text(v); }); });
  }
  std::string map_text(const Value& map) {
    const std::vector<KeyValue> pairs(map.members, map.members + map.size);
    return object([&] { attributes("values", pairs); });
  }
  template <typename List>
  void attributes(std::string_view name, const List& pairs) {
    list(name, pairs, [&](const KeyValue& pair) {
      return object([&] {
        text("key", pair.key);
        value("value", pair.value);
      });
    });
  }

  template <typename Record>
  void resource_group(const ResourceGroup<Record>& group, std::string_view scopes,
                      std::string_view records) {
    member("resource", object([&] {
             attributes("attributes", group.resource.attributes);
             integer("dropped_attributes_count", group.resource.dropped_attributes_count);
           }));
    text("schema_url", group.schema_url);
    list(scopes, group.scopes, [&](const ScopeGroup<Record>& scoped) {
      return object([&] { scope_group(scoped, records); });
    });
  }
  template <typename Record>
  void scope_group(const ScopeGroup<Record>& group, std::string_view records) {
    member("scope", object([&] {
             text("name", group.scope.name);
             text("version", group.scope.version);
             attributes("attributes", group.scope.attributes);
             integer("dropped_attributes_count", group.scope.dropped_attributes_count);
           }));
    text("schema_url", group.schema_url);
    list(records, group.records, [&](const Record& r) { return object([&] { record(r); }); });
  }

  void record(const LogRecord& log) {
    constexpr const char* kSeverities[] = {"SEVERITY_NUMBER_UNSPECIFIED", "SEVERITY_NUMBER_TRACE",
                                           "SEVERITY_NUMBER_TRACE2"};
    integer("time_unix_nano", log.time_unix_nano);
    integer("observed_time_unix_nano", log.observed_time_unix_nano);
    enumeration("severity_number", log.severity_number, kSeverities);
    text("severity_text", log.severity_text);
    value("body", log.body);
    attributes("attributes", log.attributes);
    integer("dropped_attributes_count", log.dropped_attributes_count);
    integer("flags", log.flags);
    id("trace_id", log.trace_id);
    id("span_id", log.span_id);
    text("event_name", log.event_name);
  }

  void record(const Span& span) {
    constexpr const char* kKinds[] = {"SPAN_KIND_UNSPECIFIED", "SPAN_KIND_INTERNAL",
                                      "SPAN_KIND_SERVER",      "SPAN_KIND_CLIENT",
                                      "SPAN_KIND_PRODUCER",    "SPAN_KIND_CONSUMER"};
    id("trace_id", span.trace_id);
    id("span_id", span.span_id);
    text("trace_state", span.trace_state);
    id("parent_span_id", span.parent_span_id);
    integer("flags", span.flags);
    text("name", span.name);
    enumeration("kind", span.kind, kKinds);
    integer("start_time_unix_nano", span.start_time_unix_nano);
    integer("end_time_unix_nano", span.end_time_unix_nano);
    attributes("attributes", span.attributes);
    integer("dropped_attributes_count", span.dropped_attributes_count);
    list("events", span.events, [&](const SpanEvent& e) { return object([&] { event(e); }); });
    integer("dropped_events_count", span.dropped_events_count);
    list("links", span.links, [&](const SpanLink& l) { return object([&] { link(l); }); });
    integer("dropped_links_count", span.dropped_links_count);
    status(span.status);
  }
  void event(const SpanEvent& event) {
    integer("time_unix_nano", event.time_unix_nano);
    text("name", event.name);
    attributes("attributes", event.attributes);
    integer("dropped_attributes_count", event.dropped_attributes_count);
  }
  void link(const SpanLink& link) {
    id("trace_id", link.trace_id);
    id("span_id", link.span_id);
    text("trace_state", link.trace_state);
    attributes("attributes", link.attributes);
    integer("dropped_attributes_count", link.dropped_attributes_count);
    integer("flags", link.flags);
  }
  void status(const SpanStatus& status) {
    constexpr const char* kCodes[] = {"STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR"};
    if (status.message.empty() && status.code == 0 && !spelling_.sometimes(2)) return;
    member("status", object([&] {
             text("message", status.message);
             enumeration("code", status.code, kCodes);
           }));
  }

  void record(const Metric& metric) {
    constexpr std::string_view kKinds[] = {
        "", "gauge", "sum", "histogram", "exponential_histogram", "summary"};
    constexpr const char* kTemporalities[] = {"AGGREGATION_TEMPORALITY_UNSPECIFIED",
                                              "AGGREGATION_TEMPORALITY_DELTA",
                                              "AGGREGATION_TEMPORALITY_CUMULATIVE"};
    text("name", metric.name);
    text("description", metric.description);
    text("unit", metric.unit);
    attributes("metadata", metric.metadata);
    if (metric.kind == MetricKind::None) return;
    member(kKinds[static_cast<size_t>(metric.kind)], object([&] {
             if (metric.kind != MetricKind::Gauge && metric.kind != MetricKind::Summary) {
               enumeration("aggregation_temporality", metric.aggregation_temporality,
                           kTemporalities);
             }
             if (metric.is_monotonic) member("is_monotonic", "true");
             list("data_points", metric.data_points,
                  [&](const DataPoint& p) { return object([&] { point(metric.kind, p); }); });
           }));
  }
  void point(MetricKind kind, const DataPoint& point) {
    attributes("attributes", point.attributes);
    integer("start_time_unix_nano", point.start_time_unix_nano);
    integer("time_unix_nano", point.time_unix_nano);
    integer("flags", point.flags);
    if (kind == MetricKind::Gauge || kind == MetricKind::Sum) return number_point(point);
    integer("count", point.count);
    real("sum", point.sum);
    if (kind == MetricKind::Summary) return quantiles(point);
    real("min", point.min);
    real("max", point.max);
    exemplars(point);
    if (kind == MetricKind::Histogram) {
      counts("bucket_counts", point.bucket_counts);
      list("explicit_bounds", point.explicit_bounds, [&](double d) { return spelling_.real(d); });
      return;
    }
    integer("scale", point.scale);
    integer("zero_count", point.zero_count);
    real("zero_threshold", point.zero_threshold);
    member("positive", object([&] { buckets(point.positive); }));
    member("negative", object([&] { buckets(point.negative); }));
  }
  void number_point(const DataPoint& point) {
    measured(point.value);
    exemplars(point);
  }
  void quantiles(const DataPoint& point) {
    list("quantile_values", point.quantile_values, [&](const QuantileValue& q) {
      return object([&] {
        real("quantile", q.quantile);
        real("value", q.value);
      });
    });
  }
  void counts(std::string_view name, const ArenaVector<uint64_t>& values) {
    list(name, values, [&](uint64_t n) { return integer_text(n); });
  }
  void buckets(const Buckets& buckets) {
    integer("offset", buckets.offset);
    counts("bucket_counts", buckets.bucket_counts);
  }
  void exemplars(const DataPoint& point) {
    list("exemplars", point.exemplars,
         [&](const Exemplar& e) { return object([&] { exemplar(e); }); });
  }
  void exemplar(const Exemplar& exemplar) {
    attributes("filtered_attributes", exemplar.filtered_attributes);
    integer("time_unix_nano", exemplar.time_unix_nano);
    measured(exemplar.value);
    id("span_id", exemplar.span_id);
    id("trace_id", exemplar.trace_id);
  }
  void measured(const Number& value) {
    if (value.kind == Number::Kind::Int) member("as_int", integer_text(value.int_value));
    if (value.kind == Number::Kind::Double) member("as_double", spelling_.real(value.double_value));
  }

  Spelling spelling_;
  std::vector<std::string> members_;  // of the object that is being written
};

}  // namespace

std::string to_json(const LogsRequest& request, uint64_t seed) {
  return Writer(seed).request(request, "resource_logs", "scope_logs", "log_records");
}
std::string to_json(const TracesRequest& request, uint64_t seed) {
  return Writer(seed).request(request, "resource_spans", "scope_spans", "spans");
}
std::string to_json(const MetricsRequest& request, uint64_t seed) {
  return Writer(seed).request(request, "resource_metrics", "scope_metrics", "metrics");
}

}  // namespace sluice::testing
