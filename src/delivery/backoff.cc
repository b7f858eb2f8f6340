#include "delivery/backoff.h"

#include <algorithm>

namespace sluice::delivery {

using std::chrono::nanoseconds;

nanoseconds Backoff::pause(nanoseconds asked_for) {
  // xorshift64: good enough to spread waits, and small enough to have one per request.
  random_ ^= random_ << 13;
  random_ ^= random_ >> 7;
  random_ ^= random_ << 17;
  constexpr double kRange = 1.0 / static_cast<double>(uint64_t{1} << 53);
  const double unit = static_cast<double>(random_ >> 11) * kRange;  // from 0 to 1
  const double factor = 1 + config_.randomization_factor * (2 * unit - 1);
  const auto length = static_cast<double>(interval_.count());
  const auto drawn = nanoseconds(static_cast<int64_t>(length * factor));
  const double most = static_cast<double>(config_.max_interval.count());
  interval_ = nanoseconds(static_cast<int64_t>(std::min(length * config_.multiplier, most)));
  return std::max({drawn, asked_for, nanoseconds(kLeast)});
}

std::optional<nanoseconds> Backoff::next(Clock::time_point now, nanoseconds asked_for) {
  if (!config_.enabled) return std::nullopt;
  const nanoseconds length = pause(asked_for);
  const bool has_end = config_.max_elapsed_time.count() > 0;
  if (has_end && now + length > start_ + config_.max_elapsed_time) return std::nullopt;
  return length;
}

}  // namespace sluice::delivery
