#pragma once

#include <memory>
#include <string>

#include "base/budget.h"
#include "engine/engine.h"
#include "http/stream_server.h"
#include "http/thread_cache.h"
#include "server/credentials.h"
#include "server/query_log.h"
#include "server/query_request.h"
#include "server/running_queries.h"
#include "server/sessions.h"
#include "server/statement_body.h"

namespace sluice::server {

struct HttpInterfaceOptions {
  Credentials account;
  std::string display_name;  ///< for X-ClickHouse-Server-Display-Name
  int queries_max = 64;
  int inserts_max = 16;
  size_t body_budget_bytes = 1 << 30;  ///< request bodies and held results, all together
  /// Of statements that read, and of sessions, unless they set them themselves.
  engine::NameValues query_settings;
  bool guard = true;
  bool cors = false;
};

/// ClickHouse's HTTP interface over an engine: one handle() per request, several at once.
/// Reference: https://clickhouse.com/docs/interfaces/http
class HttpInterface {
 public:
  /// The engine must outlive this. `log` may be null.
  HttpInterface(engine::Engine& engine, HttpInterfaceOptions options, QueryLog* log);

  /// Answers one request. Thread-safe.
  void handle(http::StreamExchange& exchange);

  /// Ends the queries that run; inserts finish. New ones are refused.
  void stop_queries() { running_.stop(engine_); }
  /// Closes sessions whose time is over. To be called now and then.
  void expire_sessions() { sessions_.expire(); }

 private:
  class QueryHandler;

  engine::Error error(int code, std::string_view message) const;
  bool answer_simple(http::StreamExchange& exchange, const Target& target) const;
  void answer_query(http::StreamExchange& exchange, const Target& target);

  engine::Engine& engine_;
  const HttpInterfaceOptions options_;
  QueryLog* const log_;
  Budget budget_;
  RunningQueries running_;
  Sessions sessions_;
  http::ThreadCache threads_;
};

}  // namespace sluice::server
