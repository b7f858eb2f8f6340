#pragma once

#include "config/service.h"

namespace sluice::config {

/// Reads service::telemetry. What has no meaning here is a warning, what is unknown or of a wrong
/// type an error.
TelemetryConfig read_telemetry(const Node& node, const Place& place);
/// The opposite: what is in force. REQUIRES: it says where the metrics are.
Node show_telemetry(const TelemetryConfig& telemetry);
/// For documents.
const SchemaBase& telemetry_schema();

}  // namespace sluice::config
