#include "otlp/clone.h"

namespace sluice::otlp {
namespace {

/// Elements that hold nothing outside themselves.
template <typename T>
ArenaVector<T> copy_plain(const ArenaVector<T>& from, Arena& arena) {
  ArenaVector<T> to;
  to.reserve(arena, from.size());
  for (const T& element : from) to.push_back(arena, element);
  return to;
}

template <typename T>
ArenaVector<T> copy_each(const ArenaVector<T>& from, Arena& arena) {
  ArenaVector<T> to;
  to.reserve(arena, from.size());
  for (const T& element : from) to.push_back(arena, clone(element, arena));
  return to;
}

template <typename Record>
void clone_request(const Request<Record>& request, Arena& arena, Request<Record>& out) {
  out.resources.reserve(arena, request.resources.size());
  for (const ResourceGroup<Record>& group : request.resources) {
    ResourceGroup<Record>& to = out.resources.emplace_back(arena);
    to.resource = clone(group.resource, arena);
    to.schema_url = arena.copy(group.schema_url);
    to.scopes.reserve(arena, group.scopes.size());
    for (const ScopeGroup<Record>& scope : group.scopes) {
      to.scopes.push_back(arena, {clone(scope.scope, arena), arena.copy(scope.schema_url),
                                  copy_each(scope.records, arena)});
    }
  }
}

}  // namespace

KeyValue clone(const KeyValue& kv, Arena& arena) {
  return {arena.copy(kv.key), clone(kv.value, arena)};
}

SpanEvent clone(const SpanEvent& event, Arena& arena) {
  SpanEvent out = event;
  out.name = arena.copy(event.name);
  out.attributes = clone(event.attributes, arena);
  return out;
}

SpanLink clone(const SpanLink& link, Arena& arena) {
  SpanLink out = link;
  out.trace_state = arena.copy(link.trace_state);
  out.attributes = clone(link.attributes, arena);
  return out;
}

Exemplar clone(const Exemplar& exemplar, Arena& arena) {
  Exemplar out = exemplar;
  out.filtered_attributes = clone(exemplar.filtered_attributes, arena);
  return out;
}

DataPoint clone(const DataPoint& point, Arena& arena) {
  DataPoint out = point;
  out.attributes = clone(point.attributes, arena);
  out.exemplars = copy_each(point.exemplars, arena);
  out.bucket_counts = copy_plain(point.bucket_counts, arena);
  out.explicit_bounds = copy_plain(point.explicit_bounds, arena);
  out.positive.bucket_counts = copy_plain(point.positive.bucket_counts, arena);
  out.negative.bucket_counts = copy_plain(point.negative.bucket_counts, arena);
  out.quantile_values = copy_plain(point.quantile_values, arena);
  return out;
}

Value clone(const Value& value, Arena& arena) {
  Value out = value;
  switch (value.kind) {
    case ValueKind::String:
    case ValueKind::Bytes: out.chars = arena.copy(value.view()).data(); break;
    case ValueKind::Array:
      out.elements = arena.allocate_array<Value>(value.size);
      for (uint32_t i = 0; i < value.size; ++i) out.elements[i] = clone(value.elements[i], arena);
      break;
    case ValueKind::Map:
      out.members = arena.allocate_array<KeyValue>(value.size);
      for (uint32_t i = 0; i < value.size; ++i) out.members[i] = clone(value.members[i], arena);
      break;
    default: break;
  }
  return out;
}

Attributes clone(const Attributes& attributes, Arena& arena) {
  return copy_each(attributes, arena);
}

LogRecord clone(const LogRecord& record, Arena& arena) {
  LogRecord out = record;
  out.severity_text = arena.copy(record.severity_text);
  out.body = clone(record.body, arena);
  out.attributes = clone(record.attributes, arena);
  out.event_name = arena.copy(record.event_name);
  return out;
}

Span clone(const Span& span, Arena& arena) {
  Span out = span;
  out.trace_state = arena.copy(span.trace_state);
  out.name = arena.copy(span.name);
  out.attributes = clone(span.attributes, arena);
  out.events = copy_each(span.events, arena);
  out.links = copy_each(span.links, arena);
  out.status.message = arena.copy(span.status.message);
  return out;
}

Metric clone(const Metric& metric, Arena& arena) {
  Metric out = metric;
  out.name = arena.copy(metric.name);
  out.description = arena.copy(metric.description);
  out.unit = arena.copy(metric.unit);
  out.data_points = copy_each(metric.data_points, arena);
  out.metadata = clone(metric.metadata, arena);
  return out;
}

Resource clone(const Resource& resource, Arena& arena) {
  return {clone(resource.attributes, arena), resource.dropped_attributes_count};
}

Scope clone(const Scope& scope, Arena& arena) {
  return {arena.copy(scope.name), arena.copy(scope.version), clone(scope.attributes, arena),
          scope.dropped_attributes_count};
}

void clone(const LogsRequest& request, Arena& arena, LogsRequest& out) {
  clone_request(request, arena, out);
}
void clone(const TracesRequest& request, Arena& arena, TracesRequest& out) {
  clone_request(request, arena, out);
}
void clone(const MetricsRequest& request, Arena& arena, MetricsRequest& out) {
  clone_request(request, arena, out);
}

}  // namespace sluice::otlp
