#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "http/stream_server.h"

namespace sluice::http {

/// A connection of a StreamServer between and during requests.
struct StreamConnection {
  int fd = -1;
  bool trusted = false;
  bool lingering = false;  ///< what comes is thrown away until the peer closes
  std::string peer;
  std::string input;   ///< read and not yet used: the head of the next request, maybe more
  size_t scanned = 0;  ///< so many bytes of `input` hold no end of a head
  std::chrono::steady_clock::time_point deadline;
  const StreamLimits* limits = nullptr;
  const std::atomic<bool>* draining = nullptr;

  StreamConnection() = default;
  StreamConnection(const StreamConnection&) = delete;
  StreamConnection& operator=(const StreamConnection&) = delete;
  ~StreamConnection();
};

/// Where the head at the front of `connection.input` ends (one past its empty line), or npos.
/// Remembers how far it looked.
size_t find_head_end(StreamConnection& connection);

/// What becomes of a connection.
enum class AfterExchange {
  Keep,    ///< another request may follow
  Linger,  ///< answered and shut down, but the peer may still be sending: closing at once would
           ///< reset the connection and take the answer away from it
  Close,
};

/// Reads the head at the front of the connection's input, lets the handler answer it, and takes
/// what belonged to the request off the input. REQUIRES: find_head_end() found its end.
AfterExchange serve_exchange(StreamConnection& connection, const StreamServer::Handler& handler);

/// Sends a short error answer and shuts the connection down for writing; it should then linger.
void refuse(StreamConnection& connection, int status, std::string_view message);

}  // namespace sluice::http
