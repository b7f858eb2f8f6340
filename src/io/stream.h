#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "io/loop.h"
#include "io/tls.h"

namespace sluice::io {

/// A connected, non-blocking byte stream (a TCP or Unix socket) on a loop's thread. Readiness, not
/// completion: nothing is held for a stream that waits, so an idle connection costs no read buffer.
class Stream {
 public:
  /// Who is told. Must outlive the stream, or close() it first.
  class Events {
   public:
    virtual void on_readable() = 0;
    virtual void on_writable() = 0;

   protected:
    ~Events() = default;
  };

  enum class State { Ok, WouldBlock, Closed };
  struct Outcome {
    State state;
    size_t bytes;
  };

  /// Takes the descriptor over and makes it non-blocking. With `tls` what is read and written goes
  /// through it, and the handshake is made by the first reads.
  Stream(Loop& loop, int fd, Events& events, const TlsServer* tls = nullptr);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// Asks for one on_readable() (or on_writable()). Asking twice is asking once. Bytes that are
  /// there already count.
  void want_read();
  void want_write();

  /// Reads what is there, at most `size`. Closed: the peer has ended or the connection is broken.
  Outcome read(char* to, size_t size);
  /// Writes what the socket takes now.
  Outcome write(const char* from, size_t size);

  /// Says "no more from us" to the peer; reading goes on.
  void shutdown_write();
  /// Closes the socket; no event comes afterwards.
  void close();
  bool is_open() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

/// "127.0.0.1:51234" of the other end of a connected socket; empty for Unix sockets and errors.
std::string peer_address(int fd);

}  // namespace sluice::io
