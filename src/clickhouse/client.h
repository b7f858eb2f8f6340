#pragma once

#include <chrono>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/status.h"
#include "clickhouse/endpoint.h"
#include "clickhouse/errors.h"
#include "http/client.h"
#include "native/identifier.h"

namespace sluice::clickhouse {

/// One insert. All views must stay valid during the call.
struct InsertRequest {
  std::string_view table;
  std::string_view columns;  ///< quoted, comma-separated
  std::span<const std::string_view>
      body;  ///< Native blocks; where `lz4` is set, one LZ4 frame with them
  bool lz4 = false;
  /// The same rows sent again carry the same token, other rows another one; replicated tables keep
  /// one copy then. Empty: deduplication is switched off.
  std::string_view token;
  uint64_t rows = 0;  ///< to compare with what the server says it wrote
  int try_number = 1;
  const Settings* settings = nullptr;  ///< beside the endpoint's, which win
  std::chrono::milliseconds timeout{30'000};
};

struct QueryRequest {
  std::string_view sql;
  Settings params;  ///< values of {name:Type} placeholders, in ClickHouse's escaped text form
  Settings settings;
  std::chrono::milliseconds timeout{30'000};  ///< 0: none
  /// If set, gets the result as it comes; false breaks off.
  std::function<bool(std::string_view)> on_body;
};

/// A ClickHouse server, over HTTP, one request at a time. Not thread-safe, but for interrupt().
class Client {
 public:
  explicit Client(Endpoint endpoint);

  /// Runs a statement in the user's default database (another one: setting `database`) and returns
  /// its result (all of it, or nothing where `on_body` is set). Errors carry ClickHouse's text.
  /// Unavailable where trying again may help, Unauthenticated or PermissionDenied for credentials,
  /// NotFound for unknown tables and databases, InvalidArgument for what the server refuses for
  /// good.
  Result<std::string> query(const QueryRequest& request);
  Result<std::string> query(std::string_view sql) {
    QueryRequest request;
    request.sql = sql;
    return query(request);
  }

  /// Sends the rows in one synchronous INSERT. Never throws, never retries what the server may have
  /// seen.
  Answer insert(const InsertRequest& request);

  /// Makes the call in progress and all later ones fail. Thread-safe.
  void interrupt() { http_.interrupt(); }
  const Endpoint& endpoint() const { return endpoint_; }

 private:
  std::vector<http::ClientHeader> credentials() const;

  Endpoint endpoint_;
  http::Client http_;
};

using native::quote_identifier;

}  // namespace sluice::clickhouse
