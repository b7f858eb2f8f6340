#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "http/stream_server.h"
#include "server/url.h"
#include "wire/stream_codec.h"

namespace sluice::server {

/// What a request asks for beside its SQL text.
struct QueryRequest {
  std::string query;              ///< SQL of the parameter `query`; the body follows it
  engine::NameValues parameters;  ///< param_*, without the prefix
  engine::NameValues settings;    ///< every parameter that means nothing to HTTP
  bool readonly = false;          ///< GET and HEAD

  std::string query_id;  ///< the client's, or a new UUID
  std::string database;  ///< empty: the session's
  std::string default_format = "TabSeparated";
  std::vector<std::string> roles;
  /// client_protocol_version: what the client reads FORMAT Native by; 0: as a file has it.
  uint64_t protocol_version = 0;

  std::string session_id;  ///< empty: no session
  std::chrono::seconds session_timeout{60};
  bool session_check = false;  ///< the session must exist
  bool close_session = false;

  /// Output is held back until there is so much of it, so that an early error can have a status.
  size_t buffer_bytes = 1 << 20;
  bool wait_end_of_query = false;  ///< hold back all of it
  bool cors = false;               ///< add_http_cors_header=1

  /// How often the figures of a running statement are told (send_progress_in_http_headers=1,
  /// http_headers_progress_interval_ms); no value: never.
  std::optional<std::chrono::milliseconds> progress_interval;

  bool native_compress = false;    ///< compress=1: the answer in native blocks
  bool native_decompress = false;  ///< decompress=1: the body is in native blocks
  const wire::StreamEncoding* request_encoding = nullptr;   ///< null: as it is
  const wire::StreamEncoding* response_encoding = nullptr;  ///< null: as it is
  int compression_level = 0;                                ///< 0: the encoder's fast one
};

/// The largest buffer_size that is taken as asked; wait_end_of_query=1 is for more.
inline constexpr size_t kBufferBytesMax = 64 << 20;
/// Bounds of progress_interval: each time costs the engine a query.
inline constexpr std::chrono::milliseconds kProgressIntervalMin{10};
inline constexpr std::chrono::milliseconds kProgressIntervalMax{3'600'000};
/// ClickHouse's own maximum for session_timeout.
inline constexpr std::chrono::seconds kSessionTimeoutMax{3600};

/// Reads head and parameters (those of the URL, then those of a multipart body). An error is
/// ClickHouse's answer to a bad one of them.
std::optional<engine::Error> read_query_request(const http::StreamHead& head,
                                                const engine::NameValues& params,
                                                std::string_view version, QueryRequest& request);

/// A random UUID in text form.
std::string random_uuid();

}  // namespace sluice::server
