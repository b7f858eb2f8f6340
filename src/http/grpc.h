#pragma once

// gRPC over HTTP/2: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md. Messages of
// errors are those of grpc-go, which the OpenTelemetry Collector is built with, so that logs and
// dashboards that look for them still work.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "base/status.h"
#include "http/message.h"
#include "wire/compression.h"

namespace sluice::http::grpc {

/// Flag and length before each message.
inline constexpr size_t kPrefixBytes = 5;

/// The head of a call, taken apart.
struct Call {
  std::string_view
      service;  ///< "opentelemetry.proto.collector.logs.v1.LogsService"; a view into the request
  std::string_view method;                 ///< "Export"; a view into the request
  std::string content_type;                ///< of the reply
  std::string_view encoding_name;          ///< as sent; empty for none
  std::optional<wire::Encoding> encoding;  ///< nothing if it is unknown to us
  std::optional<std::chrono::nanoseconds> timeout;
};

/// A call that fails before it has begun: the HTTP status to send, beside the gRPC one.
struct CallError {
  int http_status = 200;
  std::string content_type = "application/grpc";
  Status status;
};

/// Reads content type, method, path, timeout and encoding of a request. The service is not looked
/// up, and an unknown encoding is no error yet, since an unknown service is named first.
std::optional<CallError> parse_call(const Request& request, Call& call);

/// "1S", "100m": at most eight digits and a unit.
std::optional<std::chrono::nanoseconds> parse_timeout(std::string_view text);

/// The encodings of messages that are understood: identity, gzip, zstd and snappy (framed).
std::optional<wire::Encoding> parse_encoding(std::string_view name);

/// How large the body of a unary call is whose first bytes are `first`: prefix and message; 0 if
/// they do not tell.
size_t body_size(std::string_view first);

/// Takes the one message out of a unary call's body. Without compression `message` is a view into
/// `body`; otherwise it is decompressed into `scratch`.
Status read_message(std::string_view body, wire::Encoding encoding, size_t limit, Buffer& scratch,
                    std::string_view& message);

/// ResourceExhausted, in grpc-go's words, for a body of which only a part was read.
Status too_large(std::string_view body, size_t limit);

/// A reply with one message, compressed as the call was.
Response success(const Call& call, std::string_view message);
/// Trailers only. `retry_after` adds google.rpc.RetryInfo to the status.
Response failure(std::string_view content_type, const Status& status, int http_status = 200,
                 std::optional<std::chrono::seconds> retry_after = {});

/// grpc-message's encoding: %XX for what is not printable ASCII, and for '%'.
std::string percent_encode(std::string_view message);
/// The opposite; a damaged %XX stays as it is.
std::string percent_decode(std::string_view text);

}  // namespace sluice::http::grpc
