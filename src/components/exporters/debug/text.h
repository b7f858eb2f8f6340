#pragma once

// Requests as text for people: what the OpenTelemetry Collector's debug exporter (v0.155.0) says
// with verbosity normal, a line for each record, and detailed, a line for each member.

#include "base/buffer.h"
#include "otlp/records.h"

namespace sluice::components::debug_exporter {

void append_normal(const otlp::LogsRequest& request, Buffer& out);
void append_normal(const otlp::TracesRequest& request, Buffer& out);
void append_normal(const otlp::MetricsRequest& request, Buffer& out);

void append_detailed(const otlp::LogsRequest& request, Buffer& out);
void append_detailed(const otlp::TracesRequest& request, Buffer& out);
void append_detailed(const otlp::MetricsRequest& request, Buffer& out);

}  // namespace sluice::components::debug_exporter
