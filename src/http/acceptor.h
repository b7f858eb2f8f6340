#pragma once

#include <functional>
#include <memory>

#include "io/listen.h"
#include "io/loop.h"

namespace sluice::http {

/// Accepts on one listener and hands the sockets out. One acceptor per listener, not one per lane:
/// SO_REUSEPORT would spread the few long-lived connections of gRPC clients by hash, and leave
/// lanes idle. When the process runs out of descriptors it drops the newest connections (with a log
/// line), instead of spinning on them.
class Acceptor {
 public:
  /// Gets each accepted socket, on the loop's thread, and owns it.
  using Deliver = std::function<void(int fd)>;

  Acceptor(io::Loop& loop, io::Listener listener, Deliver deliver);
  ~Acceptor();
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  /// On the loop's thread.
  void start();
  /// Closes the listener. On the loop's thread.
  void stop();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace sluice::http
