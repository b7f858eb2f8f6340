#pragma once

// TLS over non-blocking sockets, by OpenSSL, whose headers stay out of here.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "io/tls_config.h"

namespace sluice::io {

/// One conversation on one connected, non-blocking socket, which it does not own. The handshake is
/// made by the first read or write, or by handshake(). Not thread-safe.
class TlsSession {
 public:
  enum class State : uint8_t {
    Ok,
    WantRead,   ///< nothing now: try again when the socket is readable
    WantWrite,  ///< the same, when it is writable
    Ended,      ///< the other end has said that no more comes
    Failed,     ///< broken for good; error() says how
  };
  struct Outcome {
    State state;
    size_t bytes;
  };

  struct Impl;
  explicit TlsSession(std::unique_ptr<Impl> impl);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  Outcome handshake();
  /// What is there, at most `size` bytes.
  Outcome read(char* to, size_t size);
  /// What the socket takes now. After WantRead or WantWrite the same bytes must come again, at any
  /// address, and more may follow them.
  Outcome write(const char* from, size_t size);
  /// Whether a read would give bytes although the socket may have none.
  bool has_pending() const;
  /// Whether a connection that should be silent is: it has neither ended nor sent anything.
  bool is_quiet();
  /// Says that no more comes from us, as far as that goes without waiting.
  void say_goodbye();

  /// Of the last Failed, for a person.
  const std::string& error() const;
  /// The protocol that was agreed on, for example "h2"; empty if none was.
  std::string protocol() const;

 private:
  std::unique_ptr<Impl> impl_;
};

class TlsContext;  // of OpenSSL, made anew when its files may have changed

/// The client's side: certificates, keys and whom to trust. Thread-safe.
class TlsClient {
 public:
  /// `protocols` are offered in this order (ALPN). InvalidArgument says which file or value is
  /// wrong.
  static Result<std::shared_ptr<TlsClient>> create(const TlsClientConfig& config,
                                                   std::vector<std::string> protocols);
  explicit TlsClient(TlsClientConfig config);
  ~TlsClient();

  /// A conversation with `host` on a connected socket. The certificate must be valid for that name
  /// (or the one that the configuration says instead), unless verification is switched off.
  std::unique_ptr<TlsSession> open(int fd, const std::string& host) const;

 private:
  const TlsClientConfig config_;
  std::unique_ptr<TlsContext> context_;
};

/// The server's side; must outlive its conversations. Thread-safe.
class TlsServer {
 public:
  /// `protocols` are what is agreed to, the best first (ALPN). A client that offers others only is
  /// refused; one that offers none is taken.
  static Result<std::shared_ptr<TlsServer>> create(const TlsServerConfig& config,
                                                   std::vector<std::string> protocols);
  TlsServer();
  ~TlsServer();

  std::unique_ptr<TlsSession> accept(int fd) const;

 private:
  std::shared_ptr<const std::string> protocols_;  // as ALPN writes them
  std::unique_ptr<TlsContext> context_;
};

/// What is wrong with an option.
struct TlsProblem {
  std::string option;
  std::string message;
};
/// All that is wrong and can be told without reading a file: versions, names of cipher suites and
/// curves, what excludes and what needs each other.
std::vector<TlsProblem> tls_problems(const TlsConfig& config);

}  // namespace sluice::io
