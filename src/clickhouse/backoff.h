#pragma once

#include <chrono>
#include <cstdint>

namespace sluice::clickhouse {

/// Waits between tries, with decorrelated jitter: each is drawn between the least and three times
/// the one before, so that many clients do not come back at once. Source:
/// https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
class Backoff {
 public:
  static constexpr std::chrono::milliseconds kLeast{200};
  static constexpr std::chrono::milliseconds kMost{30'000};

  /// Equal seeds give equal waits.
  explicit Backoff(uint64_t seed) : random_(seed | 1) {}

  std::chrono::milliseconds next();
  /// After a success.
  void reset() { last_ = kLeast; }

 private:
  uint64_t random_;
  std::chrono::milliseconds last_ = kLeast;
};

}  // namespace sluice::clickhouse
