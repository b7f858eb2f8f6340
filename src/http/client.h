#pragma once

// A blocking HTTP/1.1 client for the threads that may wait: inserts, control queries, exporters,
// the tools. Format: RFC 9112.

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "http/reply_parser.h"

namespace sluice::io {
class TlsClient;
}

namespace sluice::http {

/// Where a server listens: a TCP host and port, or the path of a Unix socket.
struct Address {
  std::string host;  ///< a name, an IPv4 address, or an IPv6 address without brackets
  uint16_t port = 0;
  std::string unix_path;  ///< if set, host and port are not used

  /// "host:port", "[::1]:port" or "unix:path", for Host headers and messages.
  std::string to_string() const;
  /// Whether what is sent there stays on this machine.
  bool is_local() const;
};

/// How a client speaks to its server.
struct ClientOptions {
  std::shared_ptr<const io::TlsClient> tls;  ///< null: in plain text
  /// A connection is used again for this long after a reply, where the server does not say
  /// ("Keep-Alive: timeout=N"). Short, since a request that meets the server's own timeout is in
  /// doubt; one that the server has closed by then is seen before anything is sent.
  std::chrono::milliseconds reuse{2'000};
};

/// One request. All views must stay valid during the exchange.
struct ClientRequest {
  std::string_view method = "GET";
  std::string_view target = "/";              ///< path and query, percent-encoded
  std::string_view host{};                    ///< for the Host header; the address if it is empty
  std::span<const ClientHeader> headers;      ///< without Host, Content-Length and Connection
  std::span<const std::string_view> body;     ///< written one after the other, without copying
  std::chrono::milliseconds timeout{30'000};  ///< for the whole exchange; 0: none
  /// If set, gets the body of a 200 as it comes instead of `reply.body`; false breaks the exchange
  /// off (Cancelled).
  std::function<bool(std::string_view)> on_body;
};

/// What came of a request.
struct Exchange {
  Status status;  ///< Ok when a whole reply was read, whatever it says
  /// The whole request was sent, so that the server may have acted on it; of a part of a request it
  /// cannot make use, since Content-Length says how much is missing. Only meaningful when status is
  /// not Ok.
  bool maybe_processed = false;
  Reply reply;
};

class ClientConnection;
class Deadline;

/// Keeps one connection open between requests. Not thread-safe, but for interrupt().
class Client {
 public:
  /// Connecting to one address of a name takes at most this; others are tried then.
  static constexpr std::chrono::milliseconds kConnectTimeout{5'000};

  explicit Client(Address address, ClientOptions options = {});
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Sends the request and reads the reply. A kept connection that turns out to be closed before
  /// the server saw the request is replaced once. Errors: Unavailable (connection),
  /// DeadlineExceeded, ResourceExhausted (reply over kReplyBytesMax), InvalidArgument (the reply is
  /// not HTTP), Cancelled (interrupt(), or on_body said so).
  Exchange send(const ClientRequest& request);

  /// Makes the exchange in progress and all later ones fail with Cancelled. Thread-safe.
  void interrupt();

  const Address& address() const { return address_; }

 private:
  Exchange attempt(const ClientRequest& request, std::string_view head, const Deadline& deadline);
  bool may_reuse() const;
  void keep(bool keep_alive, const Reply& reply);

  Address address_;
  const ClientOptions options_;
  int interrupt_fd_ = -1;
  std::unique_ptr<ClientConnection> connection_;
  std::chrono::steady_clock::time_point reuse_until_;
};

}  // namespace sluice::http
