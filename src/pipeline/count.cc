#include "pipeline/count.h"

namespace sluice::pipeline {
namespace {

template <typename Record, typename Count>
uint64_t sum_scopes(const otlp::Request<Record>& request, Count count) {
  uint64_t items = 0;
  for (const auto& resource : request.resources) {
    for (const auto& scope : resource.scopes) items += count(scope.records);
  }
  return items;
}

template <typename Record>
uint64_t each(const ArenaVector<Record>& records) {
  return records.size();
}

uint64_t points(const ArenaVector<otlp::Metric>& metrics) {
  uint64_t sum = 0;
  for (const otlp::Metric& metric : metrics) sum += metric.data_points.size();
  return sum;
}

}  // namespace

uint64_t count_items(const otlp::LogsRequest& request) {
  return sum_scopes(request, each<otlp::LogRecord>);
}

uint64_t count_items(const otlp::TracesRequest& request) {
  return sum_scopes(request, each<otlp::Span>);
}

uint64_t count_items(const otlp::MetricsRequest& request) { return sum_scopes(request, points); }

uint64_t count_items(const BatchView& batch) {
  switch (batch.signal) {
    case otlp::Signal::Logs: return count_items(*batch.logs);
    case otlp::Signal::Traces: return count_items(*batch.traces);
    case otlp::Signal::Metrics: break;
  }
  return count_items(*batch.metrics);
}

}  // namespace sluice::pipeline
