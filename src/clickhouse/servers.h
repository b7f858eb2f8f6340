#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <vector>

#include "clickhouse/dsn.h"

namespace sluice::clickhouse {

/// Several servers that take the same inserts: which one the next goes to. One that did not do its
/// part is left alone for a while, unless none did. Thread-safe.
class Servers {
 public:
  using Clock = std::chrono::steady_clock;
  /// How long, if nothing else is known.
  static constexpr std::chrono::seconds kRest{5};

  /// REQUIRES: at least one.
  Servers(size_t count, OpenStrategy strategy) : servers_(count), strategy_(strategy) {}

  size_t count() const { return servers_.size(); }
  /// Counts as in use until done(). `not_this`: one that was just tried.
  size_t pick(Clock::time_point now, std::optional<size_t> not_this = std::nullopt);
  /// `rest`: how long it is left alone; zero for one that did its part.
  void done(size_t server, std::chrono::seconds rest, Clock::time_point now);

 private:
  struct Server {
    int in_use = 0;
    Clock::time_point rests_until = Clock::time_point::min();
  };
  bool better(size_t a, size_t b, Clock::time_point now) const;

  std::mutex mutex_;
  std::vector<Server> servers_;
  const OpenStrategy strategy_;
  size_t turn_ = 0;
};

}  // namespace sluice::clickhouse
