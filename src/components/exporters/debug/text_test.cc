#include "components/exporters/debug/text.h"

#include <gtest/gtest.h>

#include <string>

#include "testing/record_text.h"

namespace sluice::components::debug_exporter {
namespace {

template <typename Request>
std::string text_of(std::string_view records, void (*append)(const Request&, Buffer&)) {
  Arena arena;
  Request request;
  testing::of_text(records, arena, request);
  Buffer out;
  append(request, out);
  return std::string(out.view());
}

constexpr char kLogs[] =
    "[{resource: {a: 1.5}, scope: s, time: 1700000000120000000, severity: 9, severity_text: info, "
    "body: hello, attributes: {k: v, n: 2}, trace: 7, span: 1, event: e}, "
    "{resource: {a: 1.5}, scope: t}]";
constexpr char kSpans[] =
    "[{name: GET, kind: 2, trace: 7, span: 1, parent: 2, state: a=b, end: 1, status: 2, "
    "message: bad, attributes: {k: v}, events: [{name: e, attributes: {x: true}}]}]";
constexpr char kMetrics[] =
    "[{name: n, unit: s, type: sum, monotonic: true, temporality: 2, "
    "points: [{attributes: {k: v, l: w}, value: 3}, {value: 0.00001}]}, "
    "{name: h, type: histogram, points: [{count: 3, sum: 2.5, counts: [1, 2], bounds: [10]}]}, "
    "{name: e, type: exponential, points: [{count: 2, zero_count: 1, offset: 1, positive: [1]}]}, "
    "{name: s, type: summary, points: [{count: 1, sum: 2}]}]";

TEST(DebugText, NormalHasALineForEachRecord) {
  EXPECT_EQ(text_of<otlp::LogsRequest>(kLogs, append_normal),
            "ResourceLog #0 a=1.5\n"
            "ScopeLog #0 s\n"
            "hello k=v n=2\n"
            "ResourceLog #1 a=1.5\n"
            "ScopeLog #1 t\n"
            " \n");
  EXPECT_EQ(text_of<otlp::TracesRequest>(kSpans, append_normal),
            "ResourceTraces #0\n"
            "ScopeTraces #0\n"
            "GET 00000000000000000000000000000007 0000000000000001 k=v\n");
  EXPECT_EQ(text_of<otlp::MetricsRequest>(kMetrics, append_normal),
            "ResourceMetrics #0\n"
            "ScopeMetrics #0\n"
            "n{k=v,l=w} 3\n"
            "n{} 1e-05\n"
            "h{} count=3 sum=2.5 le10=1 2\n"
            "e{} count=2 zero=1 le4=1\n"
            "s{} count=1 sum=2.000000\n");
}

TEST(DebugText, DetailedHasALineForEachMember) {
  EXPECT_EQ(text_of<otlp::LogsRequest>(kLogs, append_detailed),
            "ResourceLog #0\n"
            "Resource SchemaURL: \n"
            "Resource attributes:\n"
            "     -> a: Double(1.5)\n"
            "ScopeLogs #0\n"
            "ScopeLogs SchemaURL: \n"
            "InstrumentationScope s \n"
            "LogRecord #0\n"
            "ObservedTimestamp: 1970-01-01 00:00:00 +0000 UTC\n"
            "Timestamp: 2023-11-14 22:13:20.12 +0000 UTC\n"
            "SeverityText: info\n"
            "SeverityNumber: Info(9)\n"
            "EventName: e\n"
            "Body: Str(hello)\n"
            "Attributes:\n"
            "     -> k: Str(v)\n"
            "     -> n: Int(2)\n"
            "Trace ID: 00000000000000000000000000000007\n"
            "Span ID: 0000000000000001\n"
            "Flags: 0\n"
            "ResourceLog #1\n"
            "Resource SchemaURL: \n"
            "Resource attributes:\n"
            "     -> a: Double(1.5)\n"
            "ScopeLogs #0\n"
            "ScopeLogs SchemaURL: \n"
            "InstrumentationScope t \n"
            "LogRecord #0\n"
            "ObservedTimestamp: 1970-01-01 00:00:00 +0000 UTC\n"
            "Timestamp: 1970-01-01 00:00:00 +0000 UTC\n"
            "SeverityText: \n"
            "SeverityNumber: Unspecified(0)\n"
            "Body: Empty()\n"
            "Trace ID: \n"
            "Span ID: \n"
            "Flags: 0\n");
  EXPECT_EQ(text_of<otlp::TracesRequest>(kSpans, append_detailed),
            "ResourceSpans #0\n"
            "Resource SchemaURL: \n"
            "ScopeSpans #0\n"
            "ScopeSpans SchemaURL: \n"
            "InstrumentationScope  \n"
            "Span #0\n"
            "    Trace ID       : 00000000000000000000000000000007\n"
            "    Parent ID      : 0000000000000002\n"
            "    ID             : 0000000000000001\n"
            "    Name           : GET\n"
            "    Kind           : Server\n"
            "    TraceState     : a=b\n"
            "    Start time     : 1970-01-01 00:00:00 +0000 UTC\n"
            "    End time       : 1970-01-01 00:00:00.000000001 +0000 UTC\n"
            "    Status code    : Error\n"
            "    Status message : bad\n"
            "    DroppedAttributesCount: 0\n"
            "    DroppedEventsCount: 0\n"
            "    DroppedLinksCount: 0\n"
            "Attributes:\n"
            "     -> k: Str(v)\n"
            "Events:\n"
            "SpanEvent #0\n"
            "     -> Name: e\n"
            "     -> Timestamp: 1970-01-01 00:00:00 +0000 UTC\n"
            "     -> DroppedAttributesCount: 0\n"
            "     -> Attributes::\n"
            "          -> x: Bool(true)\n");
  const std::string metrics = text_of<otlp::MetricsRequest>(kMetrics, append_detailed);
  for (const char* part :
       {"Descriptor:\n     -> Name: n\n     -> Description: \n     -> Unit: s\n     -> DataType: "
        "Sum\n     -> IsMonotonic: true\n     -> AggregationTemporality: Cumulative\n"
        "NumberDataPoints #0\nData point attributes:\n     -> k: Str(v)\n",
        "Value: 3\n", "Value: 0.000010\n",
        "Count: 3\nSum: 2.500000\nExplicitBounds #0: 10.000000\nBuckets #0, Count: 1\n",
        "Bucket [0, 0], Count: 1\nBucket (2.000000, 4.000000], Count: 1\n",
        "SummaryDataPoints #0\n", "Count: 1\nSum: 2.000000\n"})
    EXPECT_NE(metrics.find(part), std::string::npos) << part << "\n" << metrics;
}

TEST(DebugText, NegativeBucketsComeFromTheLowestOn) {
  Arena arena;
  otlp::MetricsRequest request;
  otlp::Metric& metric =
      request.resources.emplace_back(arena).scopes.emplace_back(arena).records.emplace_back(arena);
  metric.name = "e";
  metric.kind = otlp::MetricKind::ExponentialHistogram;
  otlp::DataPoint& point = metric.data_points.emplace_back(arena);
  point.count = 3;
  for (const uint64_t count : {1, 2}) point.negative.bucket_counts.push_back(arena, count);
  Buffer normal;
  append_normal(request, normal);
  EXPECT_NE(normal.view().find("e{} count=3 le-2=2 le-1=1\n"), std::string_view::npos)
      << normal.view();
  Buffer detailed;
  append_detailed(request, detailed);
  EXPECT_NE(detailed.view().find("Bucket [-4.000000, -2.000000), Count: 2\n"
                                 "Bucket [-2.000000, -1.000000), Count: 1\n"),
            std::string_view::npos)
      << detailed.view();
}

}  // namespace
}  // namespace sluice::components::debug_exporter
