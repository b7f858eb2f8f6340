#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "http/limits.h"

namespace sluice::http {

/// What a peer of a StreamServer may ask of it. Every default has its reason beside it.
struct StreamLimits {
  /// The request target. ClickHouse's own limit: queries and parameters stand in it.
  size_t target_bytes = 1 << 20;
  /// Names and values of the header fields together, and their number; as Limits.
  size_t header_list_bytes = 64 << 10;
  size_t header_fields = 256;
  /// Of all connections together, what they hold of requests whose head is not complete or not yet
  /// looked at. Nobody has shown a password by then.
  size_t heads_bytes = 64 << 20;
  /// Connections at once, so that descriptors are left for the handlers' own use.
  size_t connections = 1024;
  /// From the first byte of a request to the end of its header.
  std::chrono::milliseconds header_timeout{10'000};
  /// A connection without a request.
  std::chrono::milliseconds idle_timeout{60'000};
  /// A body that brings nothing for so long, or on average, after that, fewer bytes a second, is
  /// cut off.
  std::chrono::milliseconds body_timeout{10'000};
  size_t body_bytes_per_second = 1 << 10;
  /// A peer that takes nothing of our answer for so long is cut off. Clients think about rows while
  /// they read, so this is long.
  std::chrono::milliseconds write_timeout{300'000};

  HeadLimits head() const { return {target_bytes, header_list_bytes, header_fields}; }
};

using Fields = std::vector<std::pair<std::string, std::string>>;

/// The head of a request. Views live as long as the exchange.
struct StreamHead {
  std::string method;
  std::string target;     ///< path and query, as sent, without scheme and authority
  int version = 11;       ///< 10 or 11
  Fields fields;          ///< names as sent
  bool has_body = false;  ///< a Content-Length (even of 0) or Transfer-Encoding: chunked is there
  bool trusted = false;   ///< came in over a listener that was added as trusted
  std::string peer;       ///< "127.0.0.1", "::1", or "unix"

  /// The first field of this name, in any case; empty if there is none.
  std::string_view field(std::string_view name) const;
  bool has(std::string_view name) const;
};

/// What StreamExchange::read_body() says of a body that is InvalidArgument.
inline constexpr std::string_view kMalformedChunks = "the chunked body is malformed";

/// One request and its answer, as its handler sees them. All calls block and belong to the
/// handler's thread.
class StreamExchange {
 public:
  enum class Event { Readable, PeerGone, Timeout };

  virtual ~StreamExchange() = default;
  virtual const StreamHead& head() const = 0;

  /// The next bytes of the body, decoded from chunks; empty at its end. Valid until the next call.
  /// Errors: InvalidArgument (malformed), DeadlineExceeded (too slow), Cancelled (the peer is
  /// gone); after one, the connection is closed when the handler returns. Answers "100 Continue"
  /// where the peer waits for it.
  virtual Result<std::string_view> read_body() = 0;

  /// Sends header fields ahead of start(), while it is not known yet what the answer will be. From
  /// the first call on its status is 200, whatever start() is given.
  virtual void send_early(const Fields& fields) = 0;
  /// Begins the answer. `content_length` -1: not known, chunks are sent (or, to HTTP/1.0, the
  /// connection is closed at the end). Content-Length, Transfer-Encoding and Connection are written
  /// here; `fields` must not have them. Call once.
  virtual void start(int status, const Fields& fields, int64_t content_length = -1) = 0;
  /// Sends a part of the body; with HEAD nothing is sent. False: the peer is gone, and so it stays.
  virtual bool write(std::string_view bytes) = 0;
  /// Ends the answer well. An answer that was started and not ended is cut off, so that the peer
  /// cannot take it for whole.
  virtual void finish() = 0;

  /// Waits until `fd` is readable, the peer has closed its connection, or `timeout` has passed.
  virtual Event wait(int fd, std::chrono::milliseconds timeout) = 0;

  /// start, write and finish for a short answer.
  void respond(int status, const Fields& fields, std::string_view body) {
    start(status, fields, static_cast<int64_t>(body.size()));
    write(body);
    finish();
  }
};

/// An HTTP/1.1 server whose handlers block: one thread per request under way, none for idle
/// connections. For few, long and large exchanges, such as queries; for many small ones there is
/// Http1Session, which reads requests with the same parser. Malformed heads are answered here (400,
/// 408, 414, 417, 431, 505) and do not reach the handler.
class StreamServer {
 public:
  /// Must return with the answer finished, or started and not finished to cut it off. Several
  /// threads call it at once.
  using Handler = std::function<void(StreamExchange&)>;

  StreamServer(const StreamLimits& limits, Handler handler);
  /// Stops first.
  ~StreamServer();
  StreamServer(const StreamServer&) = delete;
  StreamServer& operator=(const StreamServer&) = delete;

  /// Serves a listening TCP or Unix socket, which is owned from now on. Before start().
  void add_listener(int fd, bool trusted);
  Status start();
  /// Takes no new connections or requests; idle connections are closed, the others after their
  /// answer. Thread-safe.
  void drain();
  /// Waits until no request is under way; false if some still were after `timeout`.
  bool wait_idle(std::chrono::milliseconds timeout);
  /// Drains, cuts off what is left, and waits for the handlers to return: they see the peer gone.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::http
