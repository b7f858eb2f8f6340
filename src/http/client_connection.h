#pragma once

// One connected socket of the blocking client, with deadlines. Private to src/http.

#include <sys/uio.h>

#include <chrono>
#include <memory>
#include <string_view>

#include "base/status.h"
#include "http/client.h"
#include "io/tls.h"

namespace sluice::http {

/// When an exchange has to be over.
class Deadline {
 public:
  using Clock = std::chrono::steady_clock;
  /// `timeout` from now; 0: never.
  explicit Deadline(std::chrono::milliseconds timeout)
      : never_(timeout.count() == 0), at_(Clock::now() + timeout) {}
  /// For poll(): milliseconds left, at most `cap`, -1 for no limit.
  int poll_ms(std::chrono::milliseconds cap = std::chrono::milliseconds::max()) const;
  bool passed() const { return !never_ && Clock::now() >= at_; }

 private:
  bool never_;
  Clock::time_point at_;
};

/// What waiting for a socket came to.
enum class Ready : uint8_t { Read = 1, Write = 2, Both = 3 };

/// Owns the socket; non-blocking underneath, so that every wait has the deadline and the
/// interruption.
class ClientConnection {
 public:
  /// `interrupt_fd` turns readable when all waits shall end.
  ClientConnection(int fd, int interrupt_fd) : fd_(fd), interrupt_fd_(interrupt_fd) {}
  ~ClientConnection();
  ClientConnection(const ClientConnection&) = delete;
  ClientConnection& operator=(const ClientConnection&) = delete;

  /// Connects to the first address of the host that answers, and makes the handshake if `tls` is
  /// not null, with whom `server_name` says (the address's host if it is empty).
  static Result<std::unique_ptr<ClientConnection>> open(const Address& address,
                                                        const io::TlsClient* tls,
                                                        const std::string& server_name,
                                                        const Deadline& deadline, int interrupt_fd);

  /// Whether the other end has neither closed the connection nor sent anything. For one that waits
  /// for its next request.
  bool is_quiet();

  /// Waits until the socket can do what is asked, or is broken (which reading or writing then
  /// says).
  Result<Ready> wait(Ready wanted, const Deadline& deadline);
  /// Writes what goes without waiting: bytes written, 0 if none.
  Result<size_t> write_some(const iovec* pieces, int count);
  /// Reads what is there: bytes, or 0 with `closed` set at the end of the stream, or 0 if there is
  /// nothing.
  Result<size_t> read_some(char* to, size_t size, bool& closed);

 private:
  Status secure(const io::TlsClient& tls, const std::string& server_name, const Deadline& deadline);
  Status broken(std::string_view doing) const;

  const int fd_;
  const int interrupt_fd_;
  std::unique_ptr<io::TlsSession> tls_;  // null for plain connections
};

}  // namespace sluice::http
