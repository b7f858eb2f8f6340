#pragma once

#include <string>
#include <string_view>

#include "base/arena.h"
#include "otlp/records.h"

// Requests as short YAML, for tables in tests: a list of records, each with the resource and scope
// that it stands under. Records in a row with the same ones stand in one group. What is left out
// has its default.
//
//   - {resource: {service.name: shop}, body: hello, attributes: {a: 1}, severity: 9}
//   - {name: GET, trace: 7, span: 1, attributes: {http.status: 200}, events: [{name: e}]}
//   - {name: reqs, type: sum, monotonic: true, temporality: 2, points: [{time: 5, value: 3}]}
//
// Ids are small numbers, the last byte. All keys, in the order of to_text():
//   any: resource, scope (a name), scope_attributes
//   logs: time, observed, severity, severity_text, body, attributes, trace, span, event
//   spans: name, kind, trace, span, parent, state, start, end, status, message, attributes,
//          events [{name, attributes}]
//   metrics: name, unit, description, type (gauge, sum, histogram, exponential, summary),
//   monotonic,
//          temporality, points [{attributes, start, time, flags, value, count, sum, min, max,
//          counts, bounds, scale, zero_count, zero_threshold, offset, positive}]

namespace sluice::testing {

/// REQUIRES: the text is right; a test that is wrong ends at once, with a message.
void of_text(std::string_view yaml, Arena& arena, otlp::LogsRequest& out);
void of_text(std::string_view yaml, Arena& arena, otlp::TracesRequest& out);
void of_text(std::string_view yaml, Arena& arena, otlp::MetricsRequest& out);

/// A line for each record, which of_text() reads; what its keys do not cover is not there.
std::string to_text(const otlp::LogsRequest& request);
std::string to_text(const otlp::TracesRequest& request);
std::string to_text(const otlp::MetricsRequest& request);

}  // namespace sluice::testing
