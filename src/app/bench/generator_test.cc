#include "app/bench/generator.h"

#include <gtest/gtest.h>

#include <string>

#include "base/arena.h"
#include "otlp/decode.h"

namespace sluice::app::bench {
namespace {

constexpr uint64_t kNow = 1'790'000'000'000'000'000;

/// Whether the attributes carry the run and this number.
template <typename Attributes>
bool marked(const Attributes& attributes, int64_t sequence) {
  bool run = false;
  bool number = false;
  for (const otlp::KeyValue& pair : attributes) {
    run |= pair.key == kRunAttribute && pair.value.view() == "run-1";
    number |= pair.key == kSequenceAttribute && pair.value.int_value == sequence;
  }
  return run && number;
}

template <typename Request>
Request decode(otlp::Signal signal, uint64_t first, uint32_t records, Arena& arena,
               std::string& body) {
  Generator("run-1", 7).append(signal, first, records, kNow, body);
  Request request;
  const Status status = otlp::decode_protobuf(body, arena, request);
  EXPECT_TRUE(status.ok()) << status.to_string();
  EXPECT_EQ(request.resources.size(), 1u);
  EXPECT_EQ(request.resources[0].scopes.size(), 1u);
  EXPECT_EQ(request.resources[0].resource.attributes[0].key, "service.name");
  return request;
}

TEST(Generator, LogsAreNumbered) {
  Arena arena;
  std::string body;
  const auto request = decode<otlp::LogsRequest>(otlp::Signal::Logs, 500, 25, arena, body);
  const auto& records = request.resources[0].scopes[0].records;
  ASSERT_EQ(records.size(), 25u);
  for (uint32_t i = 0; i < records.size(); ++i) {
    EXPECT_TRUE(marked(records[i].attributes, 500 + i));
    EXPECT_GE(records[i].time_unix_nano, kNow);
    EXPECT_TRUE(records[i].body.is_string());
    EXPECT_FALSE(records[i].trace_id.empty());
  }
}

TEST(Generator, SpansAreNumberedAndMakeTraces) {
  Arena arena;
  std::string body;
  const auto request = decode<otlp::TracesRequest>(otlp::Signal::Traces, 0, 16, arena, body);
  const auto& spans = request.resources[0].scopes[0].records;
  ASSERT_EQ(spans.size(), 16u);
  for (uint32_t i = 0; i < spans.size(); ++i) {
    EXPECT_TRUE(marked(spans[i].attributes, i));
    EXPECT_LT(spans[i].start_time_unix_nano, spans[i].end_time_unix_nano);
  }
  EXPECT_EQ(spans[1].trace_id, spans[0].trace_id);
  EXPECT_EQ(spans[1].parent_span_id, spans[0].span_id);
  EXPECT_TRUE(spans[8].parent_span_id.empty());
  EXPECT_FALSE(spans[8].trace_id == spans[0].trace_id);
}

TEST(Generator, PointsAreNumberedOverTheirMetrics) {
  Arena arena;
  std::string body;
  const auto request = decode<otlp::MetricsRequest>(otlp::Signal::Metrics, 1000, 45, arena, body);
  const auto& metrics = request.resources[0].scopes[0].records;
  int64_t sequence = 1000;
  for (const otlp::Metric& metric : metrics) {
    EXPECT_TRUE(metric.kind == otlp::MetricKind::Gauge || metric.kind == otlp::MetricKind::Sum);
    EXPECT_EQ(metric.aggregation_temporality, metric.kind == otlp::MetricKind::Sum ? 2 : 0);
    for (const otlp::DataPoint& point : metric.data_points) {
      EXPECT_TRUE(marked(point.attributes, sequence++));
    }
  }
  EXPECT_EQ(sequence, 1045);
}

TEST(Generator, TheSameSeedGivesTheSameBytes) {
  std::string a;
  std::string b;
  Generator("run-1", 3).append(otlp::Signal::Logs, 0, 10, kNow, a);
  Generator("run-1", 3).append(otlp::Signal::Logs, 0, 10, kNow, b);
  EXPECT_EQ(a, b);
}

}  // namespace
}  // namespace sluice::app::bench
