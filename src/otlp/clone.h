#pragma once

#include "base/arena.h"
#include "otlp/records.h"

namespace sluice::otlp {

/// Whether it holds other values, which a plain copy of it shares.
inline bool is_container(const Value& value) {
  return value.kind == ValueKind::Map || value.kind == ValueKind::Array;
}

/// Deep copies: nothing of the copy lies outside `arena`.
Value clone(const Value& value, Arena& arena);
Attributes clone(const Attributes& attributes, Arena& arena);
KeyValue clone(const KeyValue& kv, Arena& arena);
SpanEvent clone(const SpanEvent& event, Arena& arena);
SpanLink clone(const SpanLink& link, Arena& arena);
Exemplar clone(const Exemplar& exemplar, Arena& arena);
DataPoint clone(const DataPoint& point, Arena& arena);
LogRecord clone(const LogRecord& record, Arena& arena);
Span clone(const Span& span, Arena& arena);
Metric clone(const Metric& metric, Arena& arena);
Resource clone(const Resource& resource, Arena& arena);
Scope clone(const Scope& scope, Arena& arena);
void clone(const LogsRequest& request, Arena& arena, LogsRequest& out);
void clone(const TracesRequest& request, Arena& arena, TracesRequest& out);
void clone(const MetricsRequest& request, Arena& arena, MetricsRequest& out);

}  // namespace sluice::otlp
