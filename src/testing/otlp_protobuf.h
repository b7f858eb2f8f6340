#pragma once

#include <string>

#include "otlp/records.h"

namespace sluice::testing {

/// Writes requests as protobuf, plainly: fields in order, defaults left out, number lists packed.
std::string to_protobuf(const otlp::LogsRequest& request);
std::string to_protobuf(const otlp::TracesRequest& request);
std::string to_protobuf(const otlp::MetricsRequest& request);

}  // namespace sluice::testing
