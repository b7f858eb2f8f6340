#pragma once

// Walks over a batch, and takes records out of it.

#include <algorithm>
#include <type_traits>
#include <utility>

#include "config/diagnostics.h"
#include "pipeline/batch.h"

namespace sluice::pipeline {

/// Calls visit(request) with the request of the batch's signal. `batch` is a Batch, whose request
/// may be changed, or a BatchView.
template <typename SomeBatch, typename Visit>
decltype(auto) visit_request(SomeBatch& batch, Visit&& visit) {
  switch (batch.signal) {
    case otlp::Signal::Logs: return visit(*batch.logs);
    case otlp::Signal::Traces: return visit(*batch.traces);
    case otlp::Signal::Metrics: break;
  }
  return visit(*batch.metrics);
}

/// Calls visit(resource group, scope group, record) for every log record, span or metric.
template <typename Visit>
void each_record(Batch& batch, Visit&& visit) {
  visit_request(batch, [&](auto& request) {
    for (auto& group : request.resources) {
      for (auto& scope : group.scopes) {
        for (auto& record : scope.records) visit(group, scope, record);
      }
    }
  });
}

/// Calls visit(attributes) for every log record, span or data point.
template <typename Visit>
void each_attributes(otlp::LogRecord& record, Visit&& visit) {
  visit(record.attributes);
}
template <typename Visit>
void each_attributes(otlp::Span& span, Visit&& visit) {
  visit(span.attributes);
}
template <typename Visit>
void each_attributes(otlp::Metric& metric, Visit&& visit) {
  for (otlp::DataPoint& point : metric.data_points) visit(point.attributes);
}

/// Takes the elements out for which `unwanted` holds; the others keep their order.
template <typename T, typename Unwanted>
void remove_if(ArenaVector<T>& elements, Unwanted&& unwanted) {
  T* kept = elements.begin();
  for (T& element : elements) {
    if (unwanted(element)) continue;
    if (kept != &element) *kept = element;
    ++kept;
  }
  elements.truncate(static_cast<uint32_t>(kept - elements.begin()));
}

/// Takes records out for which unwanted(resource group, scope group, record) holds, and then scopes
/// and resources that are left without any. False if nothing is left.
template <typename Unwanted>
bool remove_records(Batch& batch, Unwanted&& unwanted) {
  return visit_request(batch, [&](auto& request) {
    remove_if(request.resources, [&](auto& group) {
      remove_if(group.scopes, [&](auto& scope) {
        remove_if(scope.records, [&](auto& record) { return unwanted(group, scope, record); });
        return scope.records.empty();
      });
      return group.scopes.empty();
    });
    return !request.resources.empty();
  });
}

/// What `check(place)` finds wrong, as one status.
template <typename Check>
Status problems_found_by(Check&& check) {
  config::Diagnostics diagnostics;
  check(config::Place(diagnostics, "", {}));
  std::string all;
  for (const auto& error : diagnostics.errors()) all += (all.empty() ? "" : "; ") + error.message;
  return all.empty() ? Status() : invalid_argument(all);
}

}  // namespace sluice::pipeline
