#include "pipeline/collector_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/count.h"

namespace sluice::pipeline {
namespace {

using testing::HasSubstr;

Batch batch_of(otlp::Signal signal, size_t records, size_t points = 0) {
  Batch batch;
  batch.signal = signal;
  Arena& arena = *batch.arena;
  const auto fill = [&](auto*& request) {
    request = arena.create<std::remove_reference_t<decltype(*request)>>();
    for (int scopes = 0; scopes < 2; ++scopes) {
      auto& scope = request->resources.emplace_back(arena).scopes.emplace_back(arena);
      for (size_t i = 0; i < records; ++i) scope.records.emplace_back(arena);
    }
  };
  switch (signal) {
    case otlp::Signal::Logs: fill(batch.logs); break;
    case otlp::Signal::Traces: fill(batch.traces); break;
    case otlp::Signal::Metrics:
      fill(batch.metrics);
      for (auto& group : batch.metrics->resources) {
        for (otlp::Metric& metric : group.scopes[0].records) {
          for (size_t i = 0; i < points; ++i) metric.data_points.emplace_back(arena);
        }
      }
  }
  return batch;
}

TEST(CountItems, CountsDataPointsAndNotMetrics) {
  EXPECT_EQ(count_items(batch_of(otlp::Signal::Logs, 3)), 6u);
  EXPECT_EQ(count_items(batch_of(otlp::Signal::Traces, 1)), 2u);
  EXPECT_EQ(count_items(batch_of(otlp::Signal::Metrics, 2, 5)), 20u);
  EXPECT_EQ(count_items(batch_of(otlp::Signal::Metrics, 2, 0)), 0u);
}

TEST(CollectorMetrics, NamesAndLabelsAreTheCollectors) {
  metrics::Registry registry;
  ReceiverItems(registry, "otlp/a", "grpc", otlp::Signal::Traces).accepted.add(1);
  exporter_items(registry, "clickhouse/b")[size_t(otlp::Signal::Metrics)].send_failed.add(2);
  ExporterQueue(registry, "clickhouse/b", otlp::Signal::Logs).size.set(3);
  ProcessorItems(registry, "transform", otlp::Signal::Logs).incoming.add(4);
  LimiterItems(registry, "memory_limiter/x", otlp::Signal::Traces).accepted.add(5);
  const std::string page = registry.render(metrics::CollectorTotals::Bare);
  for (const char* line :
       {"otelcol_receiver_accepted_spans{receiver=\"otlp/a\",transport=\"grpc\"} 1\n",
        "otelcol_receiver_refused_spans{receiver=\"otlp/a\",transport=\"grpc\"} 0\n",
        "otelcol_receiver_failed_spans{receiver=\"otlp/a\",transport=\"grpc\"} 0\n",
        "otelcol_exporter_send_failed_metric_points{exporter=\"clickhouse/b\"} 2\n",
        "otelcol_exporter_sent_log_records{exporter=\"clickhouse/b\"} 0\n",
        "otelcol_exporter_enqueue_failed_spans{exporter=\"clickhouse/b\"} 0\n",
        "otelcol_exporter_queue_size{data_type=\"logs\",exporter=\"clickhouse/b\"} 3\n",
        "otelcol_exporter_queue_capacity{data_type=\"logs\",exporter=\"clickhouse/b\"} 0\n",
        "otelcol_exporter_in_flight_requests{data_type=\"logs\",exporter=\"clickhouse/b\"} 0\n",
        "otelcol_exporter_queue_batch_send_size_count{data_type=\"logs\",exporter=\"clickhouse/"
        "b\"} 0\n",
        "otelcol_processor_memory_limiter_accepted_spans{processor=\"memory_limiter/x\"} 5\n",
        "otelcol_processor_memory_limiter_refused_spans{processor=\"memory_limiter/x\"} 0\n",
        "otelcol_processor_incoming_items{otel_signal=\"logs\",processor=\"transform\"} 4\n",
        "otelcol_processor_outgoing_items{otel_signal=\"logs\",processor=\"transform\"} 0\n"}) {
    EXPECT_THAT(page, HasSubstr(line));
  }
}

struct Counting final : Consumer {
  void consume(Batch&& batch) override { items += count_items(batch); }
  uint64_t items = 0;
};

TEST(CollectorMetrics, AMeterCountsForBothNeighbours) {
  metrics::Counter before;
  metrics::Counter after;
  Counting end;
  Meter both(end);
  both.count_for(before);
  both.count_for(after);
  both.consume(batch_of(otlp::Signal::Logs, 2));
  Meter one(end);
  one.count_for(after);
  one.consume(batch_of(otlp::Signal::Logs, 2));
  EXPECT_EQ(before.value(), 4u);
  EXPECT_EQ(after.value(), 8u);
  EXPECT_EQ(end.items, 8u);
}

}  // namespace
}  // namespace sluice::pipeline
