#pragma once

#include <cstdint>

#include "otlp/records.h"
#include "pipeline/batch.h"

namespace sluice::pipeline {

// What the OpenTelemetry Collector counts: log records, spans, data points.
uint64_t count_items(const otlp::LogsRequest& request);
uint64_t count_items(const otlp::TracesRequest& request);
uint64_t count_items(const otlp::MetricsRequest& request);
uint64_t count_items(const BatchView& batch);
inline uint64_t count_items(const Batch& batch) { return count_items(batch.view()); }

}  // namespace sluice::pipeline
