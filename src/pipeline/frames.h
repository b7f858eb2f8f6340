#pragma once

// Walks over the records of a batch for OTTL: one frame per resource, scope, record, span event or
// data point.

#include <utility>

#include "ottl/context.h"
#include "ottl/frame.h"
#include "pipeline/batch.h"

namespace sluice::pipeline {

inline ottl::Frame frame_of(Batch& batch) {
  ottl::Frame frame;
  frame.arena = batch.arena.get();
  frame.arena_bytes_max = batch.arena->capacity_bytes() + ottl::kMadeBytesMax;
  frame.metadata = batch.metadata;
  return frame;
}

template <typename Record>
void set_resource(ottl::Frame& frame, otlp::ResourceGroup<Record>& group) {
  frame.resource = &group.resource;
  frame.resource_schema_url = &group.schema_url;
}

template <typename Record>
void set_scope(ottl::Frame& frame, otlp::ScopeGroup<Record>& group) {
  frame.scope = &group.scope;
  frame.scope_schema_url = &group.schema_url;
}

namespace detail {

/// The frame's own cache is empty for every visit.
template <typename Visit>
bool visit_with_cache(ottl::Frame& frame, Visit& visit) {
  otlp::Attributes cache;
  frame.cache = &cache;
  return visit(frame);
}

template <typename Visit>
bool visit_record(ottl::Frame& frame, otlp::LogRecord& log, ottl::ContextKind, Visit& visit) {
  frame.log = &log;
  return visit_with_cache(frame, visit);
}

template <typename Visit>
bool visit_record(ottl::Frame& frame, otlp::Span& span, ottl::ContextKind kind, Visit& visit) {
  frame.span = &span;
  if (kind == ottl::ContextKind::Span) return visit_with_cache(frame, visit);
  for (uint32_t i = 0; i < span.events.size(); ++i) {
    frame.event = &span.events[i];
    frame.event_index = i;
    if (!visit_with_cache(frame, visit)) return false;
  }
  return true;
}

template <typename Visit>
bool visit_record(ottl::Frame& frame, otlp::Metric& metric, ottl::ContextKind kind, Visit& visit) {
  frame.metric = &metric;
  if (kind == ottl::ContextKind::Metric) return visit_with_cache(frame, visit);
  for (uint32_t i = 0; i < metric.data_points.size(); ++i) {
    frame.point = &metric.data_points[i];
    if (!visit_with_cache(frame, visit)) return false;
  }
  return true;
}

/// Functions may add metrics behind the last one, which are visited as well; the vector may move.
template <typename Record, typename Visit>
bool visit_scope(ottl::Frame& frame, otlp::ScopeGroup<Record>& scope, ottl::ContextKind kind,
                 Visit& visit) {
  if constexpr (std::is_same_v<Record, otlp::Metric>) {
    frame.metrics = &scope.records;
    frame.metrics_given = scope.records.size();
  }
  for (uint32_t i = 0; i < scope.records.size(); ++i) {
    if (!visit_record(frame, scope.records[i], kind, visit)) return false;
  }
  return true;
}

template <typename Record, typename Visit>
bool each_frame(ottl::Frame frame, otlp::Request<Record>& request, ottl::ContextKind kind,
                Visit& visit) {
  for (auto& group : request.resources) {
    set_resource(frame, group);
    if (kind == ottl::ContextKind::Resource) {
      if (!visit_with_cache(frame, visit)) return false;
      continue;
    }
    for (auto& scope : group.scopes) {
      set_scope(frame, scope);
      const bool goes_on = kind == ottl::ContextKind::Scope
                               ? visit_with_cache(frame, visit)
                               : visit_scope(frame, scope, kind, visit);
      if (!goes_on) return false;
    }
  }
  return true;
}

}  // namespace detail

/// Calls visit(frame) for everything in the batch that is of this kind, until it returns false;
/// false if it did. REQUIRES: the kind is one of the batch's signal.
template <typename Visit>
bool each_frame(Batch& batch, ottl::ContextKind kind, Visit visit) {
  switch (batch.signal) {
    case otlp::Signal::Logs: return detail::each_frame(frame_of(batch), *batch.logs, kind, visit);
    case otlp::Signal::Traces:
      return detail::each_frame(frame_of(batch), *batch.traces, kind, visit);
    case otlp::Signal::Metrics:
      return detail::each_frame(frame_of(batch), *batch.metrics, kind, visit);
  }
  return true;
}

}  // namespace sluice::pipeline
