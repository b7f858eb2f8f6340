#pragma once

#include <string>

#include "otlp/records.h"

namespace sluice::testing {

/// The request as text, the same for equal requests and different for different ones: one field a
/// line, indented by depth, fields that have their default left out. Whole numbers are decimal,
/// doubles their bits in hex (any NaN is "nan"), strings and bytes quoted with \xNN for all but
/// printable ASCII, ids in hex. tests/differential/test_libprotobuf.py writes the same text from
/// libprotobuf's messages: change both together.
std::string dump(const otlp::LogsRequest& request);
std::string dump(const otlp::TracesRequest& request);
std::string dump(const otlp::MetricsRequest& request);

}  // namespace sluice::testing
