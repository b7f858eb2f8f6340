#pragma once

#include <string_view>

#include "base/status.h"
#include "otlp/records.h"

namespace sluice::otlp {

/// Nesting of AnyValue (arrays and maps) and of unknown groups that a decoder follows; deeper input
/// is refused, so that no input can exhaust the stack. Go's protobuf stops at 10 000 by default and
/// real data at a handful.
inline constexpr int kDepthMax = 1000;

/// What one request may grow to in memory. Two bytes on the wire can become a record of some
/// hundred bytes; real data stays below four times its size, so that a full 20 MiB body fits.
inline constexpr size_t kDecodedBytesMax = size_t{256} << 20;

/// Decodes an Export*ServiceRequest. Strings of `out` are views into `body` or `arena`. On an error
/// (InvalidArgument, with the byte and what was expected) `out` is in an unspecified but safe
/// state. Protobuf is read as the OpenTelemetry Collector reads it: see docs/formats/otlp.md.
Status decode_protobuf(std::string_view body, Arena& arena, LogsRequest& out);
Status decode_protobuf(std::string_view body, Arena& arena, TracesRequest& out);
Status decode_protobuf(std::string_view body, Arena& arena, MetricsRequest& out);

/// OTLP/JSON, with the original's leniencies (docs/formats/otlp.md).
Status decode_json(std::string_view body, Arena& arena, LogsRequest& out);
Status decode_json(std::string_view body, Arena& arena, TracesRequest& out);
Status decode_json(std::string_view body, Arena& arena, MetricsRequest& out);

}  // namespace sluice::otlp
