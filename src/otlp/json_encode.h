#pragma once

#include "base/buffer.h"
#include "otlp/records.h"

namespace sluice::otlp {

/// Appends the request as OTLP/JSON, on one line without spaces
/// (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding): 64-bit integers as strings,
/// ids in lower-case hex, bytes in base64, enumerations as numbers. Members that have their default
/// value are left out, but for those whose presence means something.
void encode_json(const LogsRequest& request, Buffer& out);
void encode_json(const TracesRequest& request, Buffer& out);
void encode_json(const MetricsRequest& request, Buffer& out);

}  // namespace sluice::otlp
