#pragma once

#include "otlp/records.h"
#include "wire/protobuf_backward.h"

namespace sluice::otlp {

/// Writes the request as an Export*ServiceRequest, before what `out` holds already: since requests
/// are lists of resources, several written one after the other are one request with all their
/// records, those of the last call first. Defaults are left out where their presence has no
/// meaning, lists of numbers are packed, and messages that are no lists are always written, as the
/// OpenTelemetry Collector does.
void encode_protobuf(const LogsRequest& request, wire::ProtoBackwardWriter& out);
void encode_protobuf(const TracesRequest& request, wire::ProtoBackwardWriter& out);
void encode_protobuf(const MetricsRequest& request, wire::ProtoBackwardWriter& out);

}  // namespace sluice::otlp
