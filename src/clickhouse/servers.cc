#include "clickhouse/servers.h"

namespace sluice::clickhouse {

/// Whether `a` is to be asked rather than `b`, which comes first otherwise.
bool Servers::better(size_t a, size_t b, Clock::time_point now) const {
  const bool a_rests = servers_[a].rests_until > now;
  const bool b_rests = servers_[b].rests_until > now;
  if (a_rests != b_rests) return b_rests;
  return strategy_ == OpenStrategy::LeastLoaded && servers_[a].in_use < servers_[b].in_use;
}

size_t Servers::pick(Clock::time_point now, std::optional<size_t> not_this) {
  const std::lock_guard lock(mutex_);
  const size_t first = strategy_ == OpenStrategy::InOrder ? 0 : turn_++;
  std::optional<size_t> best;
  for (size_t i = 0; i < servers_.size(); ++i) {
    const size_t server = (first + i) % servers_.size();
    if (server == not_this && servers_.size() > 1) continue;
    if (!best || better(server, *best, now)) best = server;
  }
  ++servers_[*best].in_use;
  return *best;
}

void Servers::done(size_t server, std::chrono::seconds rest, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  --servers_[server].in_use;
  servers_[server].rests_until = rest.count() == 0 ? Clock::time_point::min() : now + rest;
}

}  // namespace sluice::clickhouse
