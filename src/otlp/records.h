#pragma once

// OTLP's records as plain structs. They live in an Arena; their strings are views into the request
// body or the arena, so a record is good as long as both are. Field names are those of
// opentelemetry-proto (v1). Times are Unix nanoseconds as sent (uint64). Strings are not checked
// for UTF-8, as the OpenTelemetry Collector does not.

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/arena.h"

namespace sluice::otlp {

enum class Signal : uint8_t { Logs, Traces, Metrics };
inline constexpr size_t kSignalCount = 3;

/// "logs", "traces" or "metrics".
constexpr std::string_view signal_name(Signal signal) {
  constexpr std::string_view kNames[] = {"logs", "traces", "metrics"};
  return kNames[static_cast<int>(signal)];
}

struct KeyValue;
struct Value;

enum class ValueKind : uint8_t { None, String, Bool, Int, Double, Bytes, Array, Map };

/// AnyValue: 16 bytes, trivially copyable. A copy shares the elements of an array or map.
struct Value {
  union {
    const char* chars;    // String, Bytes
    Value* elements;      // Array
    KeyValue* members;    // Map
    int64_t int_value;    // Int
    double double_value;  // Double
    bool bool_value;      // Bool
  };
  uint32_t size = 0;  // of String, Bytes, Array, Map
  ValueKind kind = ValueKind::None;

  Value() : int_value(0) {}
  static Value string(std::string_view s) { return text(ValueKind::String, s); }
  static Value bytes(std::string_view s) { return text(ValueKind::Bytes, s); }
  static Value boolean(bool b) {
    Value v;
    v.bool_value = b;
    v.kind = ValueKind::Bool;
    return v;
  }
  static Value integer(int64_t i) {
    Value v;
    v.int_value = i;
    v.kind = ValueKind::Int;
    return v;
  }
  static Value real(double d) {
    Value v;
    v.double_value = d;
    v.kind = ValueKind::Double;
    return v;
  }
  static Value array(Value* first, uint32_t count) {
    Value v;
    v.elements = first;
    v.size = count;
    v.kind = ValueKind::Array;
    return v;
  }
  static Value map(KeyValue* first, uint32_t count) {
    Value v;
    v.members = first;
    v.size = count;
    v.kind = ValueKind::Map;
    return v;
  }

  bool is_string() const { return kind == ValueKind::String; }
  /// REQUIRES: String or Bytes.
  std::string_view view() const { return {chars, size}; }

 private:
  static Value text(ValueKind kind, std::string_view s) {
    Value v;
    v.chars = s.data();
    v.size = static_cast<uint32_t>(s.size());
    v.kind = kind;
    return v;
  }
};
static_assert(sizeof(Value) == 16);

struct KeyValue {
  std::string_view key;
  Value value;
};

using Attributes = ArenaVector<KeyValue>;

/// A trace or span id. All zero is "none", as in the original.
template <size_t N>
struct Id {
  static_assert(N % 8 == 0);
  std::array<uint8_t, N> bytes{};
  // By words: the compiler calls memcmp for an array of bytes, which cost a tenth of a small span.
  bool empty() const {
    const auto words = as_words();
    uint64_t any = 0;
    for (const uint64_t word : words) any |= word;
    return any == 0;
  }
  friend bool operator==(const Id& a, const Id& b) { return a.as_words() == b.as_words(); }

 private:
  std::array<uint64_t, N / 8> as_words() const {
    std::array<uint64_t, N / 8> words;
    std::memcpy(words.data(), bytes.data(), N);
    return words;
  }
};
using TraceId = Id<16>;
using SpanId = Id<8>;

struct Resource {
  Attributes attributes;
  uint32_t dropped_attributes_count = 0;
};

struct Scope {
  std::string_view name;
  std::string_view version;
  Attributes attributes;
  uint32_t dropped_attributes_count = 0;
};

/// ScopeLogs, ScopeSpans, ScopeMetrics.
template <typename Record>
struct ScopeGroup {
  Scope scope;
  std::string_view schema_url;
  ArenaVector<Record> records;
};

/// ResourceLogs, ResourceSpans, ResourceMetrics.
template <typename Record>
struct ResourceGroup {
  Resource resource;
  std::string_view schema_url;
  ArenaVector<ScopeGroup<Record>> scopes;
};

/// A whole export request of one signal.
template <typename Record>
struct Request {
  ArenaVector<ResourceGroup<Record>> resources;
};

struct LogRecord {
  uint64_t time_unix_nano = 0;
  uint64_t observed_time_unix_nano = 0;
  std::string_view severity_text;
  Value body;
  Attributes attributes;
  std::string_view event_name;
  int32_t severity_number = 0;
  uint32_t dropped_attributes_count = 0;
  uint32_t flags = 0;
  TraceId trace_id;
  SpanId span_id;
};

struct SpanEvent {
  uint64_t time_unix_nano = 0;
  std::string_view name;
  Attributes attributes;
  uint32_t dropped_attributes_count = 0;
};

struct SpanLink {
  TraceId trace_id;
  SpanId span_id;
  std::string_view trace_state;
  Attributes attributes;
  uint32_t dropped_attributes_count = 0;
  uint32_t flags = 0;
};

struct SpanStatus {
  std::string_view message;
  int32_t code = 0;
};

struct Span {
  TraceId trace_id;
  SpanId span_id;
  SpanId parent_span_id;
  std::string_view trace_state;
  std::string_view name;
  uint64_t start_time_unix_nano = 0;
  uint64_t end_time_unix_nano = 0;
  Attributes attributes;
  ArenaVector<SpanEvent> events;
  ArenaVector<SpanLink> links;
  SpanStatus status;
  int32_t kind = 0;
  uint32_t flags = 0;
  uint32_t dropped_attributes_count = 0;
  uint32_t dropped_events_count = 0;
  uint32_t dropped_links_count = 0;
};

/// The oneof of a number data point or exemplar.
struct Number {
  enum class Kind : uint8_t { None, Int, Double };
  union {
    int64_t int_value = 0;
    double double_value;
  };
  Kind kind = Kind::None;
};

struct Exemplar {
  Attributes filtered_attributes;
  uint64_t time_unix_nano = 0;
  Number value;
  SpanId span_id;
  TraceId trace_id;
};

struct QuantileValue {
  double quantile = 0;
  double value = 0;
};

struct Buckets {
  int32_t offset = 0;
  ArenaVector<uint64_t> bucket_counts;
};

/// NumberDataPoint, HistogramDataPoint, ExponentialHistogramDataPoint and SummaryDataPoint in one:
/// each kind of metric uses its own fields, the others keep their defaults.
struct DataPoint {
  Attributes attributes;
  uint64_t start_time_unix_nano = 0;
  uint64_t time_unix_nano = 0;
  ArenaVector<Exemplar> exemplars;
  uint32_t flags = 0;
  // Histograms say whether these were sent; one that was not is 0.
  bool has_sum = false;
  bool has_min = false;
  bool has_max = false;
  Number value;        // gauge, sum
  uint64_t count = 0;  // histogram, exponential histogram, summary
  double sum = 0;      // the same
  double min = 0;      // histogram, exponential histogram
  double max = 0;
  ArenaVector<uint64_t> bucket_counts;  // histogram
  ArenaVector<double> explicit_bounds;
  int32_t scale = 0;  // exponential histogram
  uint64_t zero_count = 0;
  double zero_threshold = 0;
  Buckets positive;
  Buckets negative;
  ArenaVector<QuantileValue> quantile_values;  // summary
};

enum class MetricKind : uint8_t { None, Gauge, Sum, Histogram, ExponentialHistogram, Summary };

struct Metric {
  std::string_view name;
  std::string_view description;
  std::string_view unit;
  MetricKind kind = MetricKind::None;
  bool is_monotonic = false;            // sum
  int32_t aggregation_temporality = 0;  // sum, histogram, exponential histogram
  ArenaVector<DataPoint> data_points;
  Attributes metadata;
};

using LogsRequest = Request<LogRecord>;
using TracesRequest = Request<Span>;
using MetricsRequest = Request<Metric>;

}  // namespace sluice::otlp
