#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "engine/engine.h"
#include "http/stream_server.h"
#include "http/thread_cache.h"
#include "server/result_stream.h"

namespace sluice::server {

/// What one statement runs with.
struct PumpJob {
  engine::Engine& engine;
  engine::Connection& connection;
  http::ThreadCache& threads;  ///< the engine blocks on one of these
  http::StreamExchange& exchange;
  std::string_view tag;  ///< the connection's, for cancelling
  bool cancel_if_left;   ///< a client that goes away takes the statement with it
};

/// What became of it.
struct PumpResult {
  engine::Outcome outcome;
  Status output;  ///< of writing the result; Cancelled: the client went away
};

/// The statement's SQL, whose result, if it has one, goes to the descriptor.
using SqlWithResultTo = std::function<std::string(int fd)>;

/// Runs a statement, and moves its result from the engine to `stream` as it comes, through a pipe;
/// tells its progress where that is wanted. If the client goes away and takes the statement with
/// it, or `stream` fails, the engine is told to end the statement, over and over until it has.
/// Returns when the engine is done.
PumpResult run_statement(const PumpJob& job, const SqlWithResultTo& sql,
                         const engine::Statement& with, ResultStream& stream);

}  // namespace sluice::server
