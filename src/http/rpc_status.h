#pragma once

// google.rpc.Status (https://github.com/googleapis/googleapis/blob/master/google/rpc/status.proto):
// the body of errors in OTLP over HTTP, and the details of errors in gRPC.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"

namespace sluice::http {

/// In protobuf; `retry_after` adds a google.rpc.RetryInfo to the details.
std::string rpc_status_protobuf(const Status& status,
                                std::optional<std::chrono::seconds> retry_after = {});

/// In JSON: {"code":3,"message":"..."}.
std::string rpc_status_json(const Status& status);

/// What of a google.rpc.Status matters to a client.
struct RpcStatus {
  std::string message;
  std::optional<std::chrono::nanoseconds> retry_delay;  ///< of a google.rpc.RetryInfo
};

/// Nothing if the bytes are no google.rpc.Status.
std::optional<RpcStatus> read_rpc_status_protobuf(std::string_view bytes);
std::optional<RpcStatus> read_rpc_status_json(std::string_view text);

}  // namespace sluice::http
