#include "components/exporters/debug/text.h"

#include <array>
#include <cmath>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "otlp/value_text.h"
#include "ottl/functions/format.h"

namespace sluice::components::debug_exporter {
namespace {

using otlp::Attributes;
using otlp::DataPoint;
using otlp::Metric;
using otlp::MetricKind;
using otlp::Value;

/// The word for a number; none beyond the last.
template <size_t N>
std::string_view word_of(const std::array<std::string_view, N>& words, int32_t number) {
  return number >= 0 && static_cast<size_t>(number) < N ? words[static_cast<size_t>(number)] : "";
}

constexpr std::array<std::string_view, 8> kValueKinds = {"Empty",  "Str",   "Bool",  "Int",
                                                         "Double", "Bytes", "Slice", "Map"};
constexpr std::array<std::string_view, 6> kMetricKinds = {
    "Empty", "Gauge", "Sum", "Histogram", "ExponentialHistogram", "Summary"};
constexpr std::array<std::string_view, 3> kTemporalities = {"Unspecified", "Delta", "Cumulative"};
constexpr std::array<std::string_view, 6> kSpanKinds = {"Unspecified", "Internal", "Server",
                                                        "Client",      "Producer", "Consumer"};
constexpr std::array<std::string_view, 3> kStatusCodes = {"Unset", "Ok", "Error"};
constexpr std::array<std::string_view, 25> kSeverities = {
    "Unspecified", "Trace",  "Trace2", "Trace3", "Trace4", "Debug",  "Debug2", "Debug3", "Debug4",
    "Info",        "Info2",  "Info3",  "Info4",  "Warn",   "Warn2",  "Warn3",  "Warn4",  "Error",
    "Error2",      "Error3", "Error4", "Fatal",  "Fatal2", "Fatal3", "Fatal4"};

/// A count, which may be beyond OTLP's own integers.
struct Count {
  uint64_t value;
};
struct Timestamp {
  uint64_t unix_nano;
};

/// Writes lines that are given in Go's notation for formats.
class Writer {
 public:
  explicit Writer(Buffer& out) : out_(out) {}

  template <typename... Args>
  void put(std::string_view format, const Args&... args) {
    const std::array<Value, sizeof...(Args)> values = {value_of(args)...};
    out_.append(ottl::go_format(format, values));
  }
  template <typename... Args>
  void line(std::string_view format, const Args&... args) {
    put(format, args...);
    out_.push_back('\n');
  }

  /// As "key=value", each with `before` in front of it but for the first.
  void list(const Attributes& attributes, std::string_view before) {
    bool first = true;
    for (const otlp::KeyValue& each : attributes) {
      if (!first) out_.append(before);
      first = false;
      put("%s=%s", each.key, each.value);
    }
  }

 private:
  Value value_of(std::string_view text) { return Value::string(text); }
  Value value_of(const Value& value) {
    Buffer scratch;
    return Value::string(arena_.copy(otlp::value_text(value, scratch)));
  }
  Value value_of(bool value) { return Value::boolean(value); }
  Value value_of(double value) { return Value::real(value); }
  Value value_of(int32_t value) { return Value::integer(value); }
  Value value_of(uint32_t value) { return Value::integer(value); }
  Value value_of(int64_t value) { return Value::integer(value); }
  Value value_of(Count count) { return Value::string(arena_.copy(std::to_string(count.value))); }
  Value value_of(Timestamp time) {
    return ottl::time_value(ottl::Time::of_nanos(static_cast<int64_t>(time.unix_nano)), arena_);
  }
  Value value_of(const otlp::TraceId& id) { return ottl::trace_id_value(id, arena_); }
  Value value_of(const otlp::SpanId& id) { return ottl::span_id_value(id, arena_); }

  Buffer& out_;
  Arena arena_;
};

// ---- normal ----

struct NormalWords {
  std::string_view resource;
  std::string_view scope;
};

std::string in_brackets(std::string_view schema_url) {
  return schema_url.empty() ? "" : " [" + std::string(schema_url) + "]";
}

/// " name@version [schema URL]", of which any part may be missing.
std::string title_of(const otlp::Scope& scope, std::string_view schema_url) {
  std::string title(scope.name);
  if (!scope.version.empty()) title += "@" + std::string(scope.version);
  return (title.empty() ? "" : " " + title) + in_brackets(schema_url);
}

void put_title(Writer& out, std::string_view word, int32_t number, std::string_view title,
               const Attributes& attributes) {
  out.put("%s #%d%s", word, number, title);
  if (attributes.size() != 0) out.put(" ");
  out.list(attributes, " ");
  out.line("");
}

/// Scopes have their resource's number, as in the original.
template <typename Record, typename PutRecord>
void put_normal(Writer& out, const otlp::Request<Record>& request, const NormalWords& words,
                const PutRecord& put_record) {
  int32_t number = 0;
  for (const auto& group : request.resources) {
    put_title(out, words.resource, number, in_brackets(group.schema_url),
              group.resource.attributes);
    for (const auto& scope : group.scopes) {
      put_title(out, words.scope, number, title_of(scope.scope, scope.schema_url),
                scope.scope.attributes);
      for (const Record& record : scope.records) put_record(record);
    }
    ++number;
  }
}

/// The buckets of an exponential histogram from the lowest on: negative(low, high, count), zero()
/// if there is something in it, positive(low, high, count).
template <typename Negative, typename Zero, typename Positive>
void each_bucket(const DataPoint& point, const Negative& negative, const Zero& zero,
                 const Positive& positive) {
  constexpr double kLn2 = 0.693147180559945309417232121458176568;
  const double factor = std::ldexp(kLn2, -point.scale);
  const auto bound = [&](double index) { return std::exp(index * factor); };
  const otlp::Buckets& below = point.negative;
  for (uint32_t i = below.bucket_counts.size(); i-- > 0;) {
    const double index = static_cast<double>(below.offset) + i;
    negative(-bound(index + 1), -bound(index), Count{below.bucket_counts[i]});
  }
  if (point.zero_count != 0) zero();
  const otlp::Buckets& above = point.positive;
  for (uint32_t i = 0; i < above.bucket_counts.size(); ++i) {
    const double index = static_cast<double>(above.offset) + i;
    positive(bound(index), bound(index + 1), Count{above.bucket_counts[i]});
  }
}

void put_sums(Writer& out, const DataPoint& point) {
  out.put("count=%s", Count{point.count});
  if (point.has_sum) out.put(" sum=%v", point.sum);
  if (point.has_min) out.put(" min=%v", point.min);
  if (point.has_max) out.put(" max=%v", point.max);
}

void put_histogram(Writer& out, const DataPoint& point) {
  put_sums(out, point);
  for (uint32_t i = 0; i < point.bucket_counts.size(); ++i) {
    out.put(" ");
    if (i < point.explicit_bounds.size()) out.put("le%v=", point.explicit_bounds[i]);
    out.put("%s", Count{point.bucket_counts[i]});
  }
}

void put_exponential(Writer& out, const DataPoint& point) {
  put_sums(out, point);
  const auto put_bucket = [&](double, double high, Count count) {
    out.put(" le%v=%s", high, count);
  };
  each_bucket(
      point, put_bucket, [&] { out.put(" zero=%s", Count{point.zero_count}); }, put_bucket);
}

void put_summary(Writer& out, const DataPoint& point) {
  out.put("count=%s sum=%f", Count{point.count}, point.sum);
  for (const otlp::QuantileValue& each : point.quantile_values)
    out.put(" q%v=%v", each.quantile, each.value);
}

void put_number(Writer& out, const otlp::Number& number, std::string_view format_of_double) {
  if (number.kind == otlp::Number::Kind::Int) out.put("%d", number.int_value);
  if (number.kind == otlp::Number::Kind::Double) out.put(format_of_double, number.double_value);
}

void put_metric(Writer& out, const Metric& metric) {
  for (const DataPoint& point : metric.data_points) {
    out.put("%s{", metric.name);
    out.list(point.attributes, ",");
    out.put("} ");
    switch (metric.kind) {
      case MetricKind::None: break;
      case MetricKind::Gauge:
      case MetricKind::Sum: put_number(out, point.value, "%v"); break;
      case MetricKind::Histogram: put_histogram(out, point); break;
      case MetricKind::ExponentialHistogram: put_exponential(out, point); break;
      case MetricKind::Summary: put_summary(out, point); break;
    }
    out.line("");
  }
}

// ---- detailed ----

/// Nothing without attributes.
void put_attributes(Writer& out, std::string_view header, const Attributes& attributes,
                    std::string_view indent = "") {
  if (attributes.size() == 0) return;
  out.line("%s%s:", indent, header);
  for (const otlp::KeyValue& each : attributes) {
    out.line("%s     -> %s: %s(%s)", indent, each.key,
             kValueKinds[static_cast<size_t>(each.value.kind)], each.value);
  }
}

/// What belongs to one of a list, below its line.
constexpr std::string_view kBelow = "     ";

struct DetailedWords {
  std::string_view resource;
  std::string_view scope;
  std::string_view record;
};

template <typename Record, typename PutRecord>
void put_detailed(Writer& out, const otlp::Request<Record>& request, const DetailedWords& words,
                  const PutRecord& put_record) {
  int32_t resource_number = 0;
  for (const auto& group : request.resources) {
    out.line("%s #%d", words.resource, resource_number++);
    out.line("Resource SchemaURL: %s", group.schema_url);
    put_attributes(out, "Resource attributes", group.resource.attributes);
    int32_t scope_number = 0;
    for (const auto& scope : group.scopes) {
      out.line("%s #%d", words.scope, scope_number++);
      out.line("%s SchemaURL: %s", words.scope, scope.schema_url);
      out.line("InstrumentationScope %s %s", scope.scope.name, scope.scope.version);
      put_attributes(out, "InstrumentationScope attributes", scope.scope.attributes);
      int32_t number = 0;
      for (const Record& record : scope.records) {
        out.line("%s #%d", words.record, number++);
        put_record(record);
      }
    }
  }
}

void put_log(Writer& out, const otlp::LogRecord& log) {
  out.line("ObservedTimestamp: %s", Timestamp{log.observed_time_unix_nano});
  out.line("Timestamp: %s", Timestamp{log.time_unix_nano});
  out.line("SeverityText: %s", log.severity_text);
  out.line("SeverityNumber: %s(%d)", word_of(kSeverities, log.severity_number),
           log.severity_number);
  if (!log.event_name.empty()) out.line("EventName: %s", log.event_name);
  out.line("Body: %s(%s)", kValueKinds[static_cast<size_t>(log.body.kind)], log.body);
  put_attributes(out, "Attributes", log.attributes);
  out.line("Trace ID: %s", log.trace_id);
  out.line("Span ID: %s", log.span_id);
  out.line("Flags: %d", log.flags);
}

void put_events(Writer& out, const otlp::Span& span) {
  if (span.events.size() == 0) return;
  out.line("Events:");
  int32_t number = 0;
  for (const otlp::SpanEvent& event : span.events) {
    out.line("SpanEvent #%d", number++);
    out.line("     -> Name: %s", event.name);
    out.line("     -> Timestamp: %s", Timestamp{event.time_unix_nano});
    out.line("     -> DroppedAttributesCount: %d", event.dropped_attributes_count);
    put_attributes(out, "-> Attributes:", event.attributes, kBelow);
  }
}

void put_links(Writer& out, const otlp::Span& span) {
  if (span.links.size() == 0) return;
  out.line("Links:");
  int32_t number = 0;
  for (const otlp::SpanLink& link : span.links) {
    out.line("SpanLink #%d", number++);
    out.line("     -> Trace ID: %s", link.trace_id);
    out.line("     -> ID: %s", link.span_id);
    out.line("     -> TraceState: %s", link.trace_state);
    out.line("     -> DroppedAttributesCount: %d", link.dropped_attributes_count);
    put_attributes(out, "-> Attributes:", link.attributes, kBelow);
  }
}

void put_span(Writer& out, const otlp::Span& span) {
  const auto member = [&](std::string_view name, const auto& value) {
    out.line("    %-15s: %s", name, value);
  };
  member("Trace ID", span.trace_id);
  member("Parent ID", span.parent_span_id);
  member("ID", span.span_id);
  member("Name", span.name);
  member("Kind", word_of(kSpanKinds, span.kind));
  if (!span.trace_state.empty()) member("TraceState", span.trace_state);
  member("Start time", Timestamp{span.start_time_unix_nano});
  member("End time", Timestamp{span.end_time_unix_nano});
  member("Status code", word_of(kStatusCodes, span.status.code));
  member("Status message", span.status.message);
  member("DroppedAttributesCount", Count{span.dropped_attributes_count});
  member("DroppedEventsCount", Count{span.dropped_events_count});
  member("DroppedLinksCount", Count{span.dropped_links_count});
  put_attributes(out, "Attributes", span.attributes);
  put_events(out, span);
  put_links(out, span);
}

void put_exemplars(Writer& out, const DataPoint& point) {
  if (point.exemplars.size() == 0) return;
  out.line("Exemplars:");
  int32_t number = 0;
  for (const otlp::Exemplar& exemplar : point.exemplars) {
    out.line("Exemplar #%d", number++);
    out.line("     -> Trace ID: %s", exemplar.trace_id);
    out.line("     -> Span ID: %s", exemplar.span_id);
    out.line("     -> Timestamp: %s", Timestamp{exemplar.time_unix_nano});
    if (exemplar.value.kind != otlp::Number::Kind::None) {
      out.put("     -> Value: ");
      put_number(out, exemplar.value, "%f");
      out.line("");
    }
    put_attributes(out, "-> FilteredAttributes", exemplar.filtered_attributes, kBelow);
  }
}

void put_sum_lines(Writer& out, const DataPoint& point) {
  out.line("Count: %s", Count{point.count});
  if (point.has_sum) out.line("Sum: %f", point.sum);
  if (point.has_min) out.line("Min: %f", point.min);
  if (point.has_max) out.line("Max: %f", point.max);
}

void put_histogram_lines(Writer& out, const DataPoint& point) {
  put_sum_lines(out, point);
  for (uint32_t i = 0; i < point.explicit_bounds.size(); ++i)
    out.line("ExplicitBounds #%d: %f", i, point.explicit_bounds[i]);
  for (uint32_t i = 0; i < point.bucket_counts.size(); ++i)
    out.line("Buckets #%d, Count: %s", i, Count{point.bucket_counts[i]});
}

void put_exponential_lines(Writer& out, const DataPoint& point) {
  put_sum_lines(out, point);
  each_bucket(
      point,
      [&](double low, double high, Count count) {
        out.line("Bucket [%f, %f), Count: %s", low, high, count);
      },
      [&] { out.line("Bucket [0, 0], Count: %s", Count{point.zero_count}); },
      [&](double low, double high, Count count) {
        out.line("Bucket (%f, %f], Count: %s", low, high, count);
      });
}

void put_summary_lines(Writer& out, const DataPoint& point) {
  out.line("Count: %s", Count{point.count});
  out.line("Sum: %f", point.sum);
  for (uint32_t i = 0; i < point.quantile_values.size(); ++i) {
    const otlp::QuantileValue& each = point.quantile_values[i];
    out.line("QuantileValue #%d: Quantile %f, Value %f", i, each.quantile, each.value);
  }
}

void put_point(Writer& out, MetricKind kind, const DataPoint& point) {
  put_attributes(out, "Data point attributes", point.attributes);
  out.line("StartTimestamp: %s", Timestamp{point.start_time_unix_nano});
  out.line("Timestamp: %s", Timestamp{point.time_unix_nano});
  switch (kind) {
    case MetricKind::None: return;
    case MetricKind::Gauge:
    case MetricKind::Sum:
      if (point.value.kind == otlp::Number::Kind::None) break;
      out.put("Value: ");
      put_number(out, point.value, "%f");
      out.line("");
      break;
    case MetricKind::Histogram: put_histogram_lines(out, point); break;
    case MetricKind::ExponentialHistogram: put_exponential_lines(out, point); break;
    case MetricKind::Summary: return put_summary_lines(out, point);
  }
  put_exemplars(out, point);
}

void put_metric_lines(Writer& out, const Metric& metric) {
  constexpr std::array<std::string_view, 6> kPoints = {"",
                                                       "NumberDataPoints",
                                                       "NumberDataPoints",
                                                       "HistogramDataPoints",
                                                       "ExponentialHistogramDataPoints",
                                                       "SummaryDataPoints"};
  const auto kind = static_cast<size_t>(metric.kind);
  out.line("Descriptor:");
  out.line("     -> Name: %s", metric.name);
  out.line("     -> Description: %s", metric.description);
  out.line("     -> Unit: %s", metric.unit);
  out.line("     -> DataType: %s", kMetricKinds[kind]);
  put_attributes(out, "-> Metadata", metric.metadata, kBelow);
  if (metric.kind == MetricKind::Sum) out.line("     -> IsMonotonic: %t", metric.is_monotonic);
  if (metric.kind == MetricKind::Sum || metric.kind == MetricKind::Histogram ||
      metric.kind == MetricKind::ExponentialHistogram) {
    out.line("     -> AggregationTemporality: %s",
             word_of(kTemporalities, metric.aggregation_temporality));
  }
  int32_t number = 0;
  for (const DataPoint& point : metric.data_points) {
    out.line("%s #%d", kPoints[kind], number++);
    put_point(out, metric.kind, point);
  }
}

}  // namespace

void append_normal(const otlp::LogsRequest& request, Buffer& out) {
  Writer writer(out);
  put_normal(writer, request, {"ResourceLog", "ScopeLog"}, [&](const otlp::LogRecord& log) {
    writer.put("%s ", log.body);
    writer.list(log.attributes, " ");
    writer.line("");
  });
}

void append_normal(const otlp::TracesRequest& request, Buffer& out) {
  Writer writer(out);
  put_normal(writer, request, {"ResourceTraces", "ScopeTraces"}, [&](const otlp::Span& span) {
    writer.put("%s %s %s", span.name, span.trace_id, span.span_id);
    if (span.attributes.size() != 0) writer.put(" ");
    writer.list(span.attributes, " ");
    writer.line("");
  });
}

void append_normal(const otlp::MetricsRequest& request, Buffer& out) {
  Writer writer(out);
  put_normal(writer, request, {"ResourceMetrics", "ScopeMetrics"},
             [&](const Metric& metric) { put_metric(writer, metric); });
}

void append_detailed(const otlp::LogsRequest& request, Buffer& out) {
  Writer writer(out);
  put_detailed(writer, request, {"ResourceLog", "ScopeLogs", "LogRecord"},
               [&](const otlp::LogRecord& log) { put_log(writer, log); });
}

void append_detailed(const otlp::TracesRequest& request, Buffer& out) {
  Writer writer(out);
  put_detailed(writer, request, {"ResourceSpans", "ScopeSpans", "Span"},
               [&](const otlp::Span& span) { put_span(writer, span); });
}

void append_detailed(const otlp::MetricsRequest& request, Buffer& out) {
  Writer writer(out);
  put_detailed(writer, request, {"ResourceMetrics", "ScopeMetrics", "Metric"},
               [&](const Metric& metric) { put_metric_lines(writer, metric); });
}

}  // namespace sluice::components::debug_exporter
