#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "delivery/options.h"

namespace sluice::delivery {

/// The pauses between the tries of one request. They grow by a factor up to a limit; each is drawn
/// at random around its length, so that many clients do not come back at once.
class Backoff {
 public:
  using Clock = std::chrono::steady_clock;

  /// No configuration turns waiting into a busy loop.
  static constexpr std::chrono::milliseconds kLeast{10};

  /// Equal seeds give equal pauses. `start` is when the request was first tried.
  Backoff(const RetryConfig& config, uint64_t seed, Clock::time_point start = {})
      : config_(config), random_(seed | 1), start_(start), interval_(config.initial_interval) {}

  /// The pause after a failure, at least what the other end asked for.
  std::chrono::nanoseconds pause(std::chrono::nanoseconds asked_for);
  /// The same after a failure at `now`; nothing if retries are switched off, or if the pause would
  /// end after max_elapsed_time.
  std::optional<std::chrono::nanoseconds> next(Clock::time_point now,
                                               std::chrono::nanoseconds asked_for);
  /// After a success.
  void reset() { interval_ = config_.initial_interval; }

 private:
  RetryConfig config_;
  uint64_t random_;
  Clock::time_point start_;
  std::chrono::nanoseconds interval_;
};

}  // namespace sluice::delivery
