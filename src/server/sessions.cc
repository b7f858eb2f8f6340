#include "server/sessions.h"

#include <utility>

namespace sluice::server {

Sessions::Lease::~Lease() {
  if (owner_ != nullptr) owner_->give_back(id_, timeout_, close_);
}

std::variant<Sessions::Lease, Sessions::Refusal> Sessions::acquire(const std::string& id,
                                                                   bool must_exist) {
  const std::lock_guard lock(mutex_);
  expire_locked(Clock::now());
  const auto found = sessions_.find(id);
  if (found != sessions_.end()) {
    if (found->second.in_use) return Refusal::Locked;
    found->second.in_use = true;
    return Lease(*this, id, *found->second.connection, false);
  }
  if (must_exist) return Refusal::NotFound;
  if (sessions_.size() >= kSessionsMax) return Refusal::TooMany;
  Result<std::unique_ptr<engine::Connection>> connection = engine_.connect();
  if (!connection.ok()) return Refusal::EngineFailed;
  Session& session = sessions_[id];
  session.connection = std::move(*connection);
  session.in_use = true;
  return Lease(*this, id, *session.connection, true);
}

void Sessions::expire() {
  const std::lock_guard lock(mutex_);
  expire_locked(Clock::now());
}

void Sessions::expire_locked(Clock::time_point now) {
  for (auto it = sessions_.begin(); it != sessions_.end();) {
    const bool over = !it->second.in_use && it->second.expires <= now;
    it = over ? sessions_.erase(it) : std::next(it);
  }
}

void Sessions::give_back(const std::string& id, std::chrono::seconds timeout, bool close) {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(id);
  if (close) {
    sessions_.erase(found);
    return;
  }
  found->second.in_use = false;
  found->second.expires = Clock::now() + timeout;
}

}  // namespace sluice::server
