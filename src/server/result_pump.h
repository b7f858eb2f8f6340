#pragma once

#include <optional>
#include <string_view>

#include "engine/engine.h"
#include "http/stream_server.h"
#include "http/thread_cache.h"
#include "server/result_stream.h"
#include "server/sql.h"

namespace sluice::server {

/// What one statement runs with.
struct PumpJob {
  engine::Engine& engine;
  engine::Connection& connection;
  http::ThreadCache& threads;  ///< the engine blocks on one of these
  http::StreamExchange& exchange;
  std::string_view tag;  ///< the connection's, for cancelling
};

/// What became of it.
struct PumpResult {
  engine::Outcome outcome;
  Status output;  ///< of writing the result; Cancelled: the client went away
};

/// Runs a statement that has a result, and moves the result from the engine to `stream` as it
/// comes, through a pipe. If the client goes away, or `stream` fails, the engine is told to end the
/// statement, over and over until it has. Returns when the engine is done.
PumpResult pump_result(const PumpJob& job, std::string_view sql, const StatementShape& shape,
                       const engine::Statement& with, ResultStream& stream);

}  // namespace sluice::server
