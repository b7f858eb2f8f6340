#include "clickhouse/backoff.h"

#include <algorithm>

namespace sluice::clickhouse {

std::chrono::milliseconds Backoff::next() {
  // xorshift64: good enough to spread waits, and small enough to have one per insert.
  random_ ^= random_ << 13;
  random_ ^= random_ >> 7;
  random_ ^= random_ << 17;
  const int64_t range = (last_ * 3 - kLeast).count() + 1;
  const auto extra = static_cast<int64_t>(random_ % static_cast<uint64_t>(range));
  last_ = std::min(kMost, kLeast + std::chrono::milliseconds(extra));
  return last_;
}

}  // namespace sluice::clickhouse
