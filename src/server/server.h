#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace sluice::server {

/// What `sluice server` runs with. Descriptors handed in are owned by the server from the call on.
struct ServerOptions {
  /// Where the engine keeps its data; created (mode 0700) if it does not exist.
  std::string data_dir;

  /// Listening TCP sockets that a parent opened for us.
  std::vector<int> listen_fds;
  /// HOST:PORT to listen on; port 0 picks a free one.
  std::vector<std::string> listen;
  /// A Unix socket to listen on. Who can open it is trusted: no credentials are asked there.
  std::string unix_socket;
  /// The same, already listening; -1 for none.
  int unix_fd = -1;

  /// The one account of the TCP listeners. An empty password is checked like any other.
  std::string user = "default";
  std::string password;

  /// Path of libchdb.so; empty: engine::find_libchdb() looks for it.
  std::string libchdb;
  /// Bytes the engine may hold; 0: kMemoryShare of the machine's memory.
  size_t memory_limit_bytes = 0;
  /// Queries that run at once; inserts are counted apart (inserts_max).
  int queries_max = 64;
  int inserts_max = 16;
  /// How long a statement that reads may run; 0: without an end. It may say otherwise itself
  /// (max_execution_time), and so of its memory (max_memory_usage). The default is how long
  /// ClickHouse's own clients wait.
  std::chrono::seconds query_time_max{3'600};
  /// What it may hold; 0: kQueryMemoryShare of the engine's memory.
  size_t query_memory_bytes = 0;

  /// Refuses statements and functions that reach outside the database (sql.h, guard.h).
  bool guard = true;
  /// Locks the process into its data directory (sandbox.h).
  bool sandbox = true;
  /// Answers every origin with CORS headers; without it only requests with add_http_cors_header=1.
  bool cors = false;

  /// Gets one line "ready HOST:PORT[ HOST:PORT…]\n" when the server serves; -1 for none.
  int ready_fd = -1;
  /// Ends the server when it reads as closed: the parent is gone. -1 for none.
  int lifeline_fd = -1;
};

/// Serves until SIGTERM or SIGINT (then finishes what runs, closes the engine, returns; a second
/// signal ends the process at once) or until the lifeline closes. Returns the process's exit code:
/// 0 after a clean stop, 1 if the server could not start, after one logged line that says why. Call
/// once, from the main thread, before other threads are started.
int run_server(const ServerOptions& options);

}  // namespace sluice::server
