#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "base/budget.h"
#include "base/buffer.h"
#include "http/http1_parser.h"
#include "http/stream_server.h"

namespace sluice::http {

/// A connection of a StreamServer between and during requests.
struct StreamConnection {
  int fd = -1;
  bool trusted = false;
  bool lingering = false;  ///< what comes is thrown away until the peer closes
  size_t lingered = 0;     ///< bytes thrown away
  std::string peer;
  Buffer input;          ///< read and not yet used: the head of the next request, maybe more
  Budget::Share memory;  ///< what `input` takes of StreamLimits::heads_bytes
  HeadScanner scanner;   ///< of the head in `input`
  std::chrono::steady_clock::time_point deadline;
  const StreamLimits* limits = nullptr;
  const std::atomic<bool>* draining = nullptr;

  StreamConnection() = default;
  StreamConnection(const StreamConnection&) = delete;
  StreamConnection& operator=(const StreamConnection&) = delete;
  ~StreamConnection();
};

/// What becomes of a connection.
enum class AfterExchange {
  Keep,    ///< another request may follow
  Linger,  ///< answered and shut down, but the peer may still be sending: closing at once would
           ///< reset the connection and take the answer away from it
  Close,
};

/// Reads the head at the front of the connection's input, lets the handler answer it, and takes
/// what belonged to the request off the input. REQUIRES: `connection.scanner` found it complete.
AfterExchange serve_exchange(StreamConnection& connection, const StreamServer::Handler& handler);

/// Sends a short error answer and shuts the connection down for writing; it should then linger.
void refuse(StreamConnection& connection, int status, std::string_view message);

}  // namespace sluice::http
