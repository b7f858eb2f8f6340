#include "http/server.h"

#include <utility>
#include <vector>

#include <unistd.h>

namespace sluice::http {

namespace {

/// How exactly time limits are kept. One pass over the lane's connections is a few microseconds per
/// hundred of them.
constexpr std::chrono::milliseconds kTick{100};

}  // namespace

Server::Server(io::Loop& loop, const Limits& limits, Budget& budget)
    : loop_(loop),
      limits_(limits),
      env_{loop, limits, budget, scratch_, [this](Connection& closed) { forget(closed); }},
      ticker_(loop) {
  scratch_.resize(Connection::kScratchBytes);
}

Server::~Server() = default;

void Server::adopt(int fd, Endpoint endpoint) {
  if (draining_ && !drained_) {
    ::close(fd);
    return;
  }
  auto connection = std::make_shared<Connection>(env_, fd, endpoint);
  connection->start();
  connections_.emplace(connection.get(), connection);
  // Accepted before the listener was closed: its request is answered.
  if (draining_) connection->drain();
  schedule_tick();
}

void Server::schedule_tick() {
  // No timer while nobody is connected: an idle process sleeps.
  if (ticking_ || connections_.empty()) return;
  ticking_ = true;
  ticker_.after(kTick, [this] { tick(); });
}

void Server::tick() {
  ticking_ = false;
  const Clock::time_point now = Clock::now();
  std::vector<std::shared_ptr<Connection>> all;
  all.reserve(connections_.size());
  for (const auto& [key, connection] : connections_) all.push_back(connection);
  const bool out_of_time = draining_ && now > drain_deadline_;
  for (const auto& connection : all) {
    if (out_of_time) {
      connection->abort();
    } else {
      connection->tick(now);
    }
  }
  schedule_tick();
}

void Server::forget(Connection& connection) {
  const auto found = connections_.find(&connection);
  if (found == connections_.end()) return;
  // The connection is on the stack now: it is destroyed from the loop.
  closed_.push_back(std::move(found->second));
  // The server may be gone by then, and has destroyed them itself.
  if (closed_.size() == 1) {
    loop_.post([this, alive = std::weak_ptr<const bool>(alive_)] {
      if (!alive.expired()) closed_.clear();
    });
  }
  connections_.erase(found);
  check_drained();
}

void Server::drain(std::function<void()> done) {
  draining_ = true;
  drained_ = std::move(done);
  drain_deadline_ = Clock::now() + limits_.drain_timeout;
  std::vector<std::shared_ptr<Connection>> all;
  for (const auto& [key, connection] : connections_) all.push_back(connection);
  for (const auto& connection : all) connection->drain();
  check_drained();
}

void Server::check_drained() {
  if (draining_ && connections_.empty() && drained_) std::exchange(drained_, nullptr)();
}

}  // namespace sluice::http
