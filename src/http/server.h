#pragma once

#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "http/connection.h"

namespace sluice::http {

/// One lane's connections. On the lane's thread but for the constructor and destructor.
class Server {
 public:
  /// All references must outlive the server. REQUIRES: the loop does not run while the server is
  /// destroyed.
  Server(io::Loop& loop, const Limits& limits, Budget& budget);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Takes an accepted socket over.
  void adopt(int fd, Endpoint endpoint);

  /// Lets open requests finish and then closes every connection, at the latest after
  /// Limits::drain_timeout. `done` runs when none is left. Sockets that come meanwhile may send one
  /// request.
  void drain(std::function<void()> done);

 private:
  void tick();
  void schedule_tick();
  void forget(Connection& connection);
  void check_drained();

  io::Loop& loop_;
  const Limits& limits_;
  Buffer scratch_;
  Connection::Env env_;
  std::unordered_map<Connection*, std::shared_ptr<Connection>> connections_;
  std::vector<std::shared_ptr<Connection>> closed_;  // to be destroyed
  io::Loop::Timer ticker_;
  bool ticking_ = false;
  std::function<void()> drained_;
  bool draining_ = false;
  Clock::time_point drain_deadline_;
  const std::shared_ptr<const bool> alive_ =
      std::make_shared<const bool>(true);  // for what is posted
};

}  // namespace sluice::http
