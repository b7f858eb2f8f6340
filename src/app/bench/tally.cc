#include "app/bench/tally.h"

#include <algorithm>
#include <cmath>

namespace sluice::app::bench {

void Latencies::add(std::chrono::microseconds latency) {
  // Below 8 µs every value has a bucket of its own; from there on eight share a power of two.
  const uint64_t us = static_cast<uint64_t>(std::max<int64_t>(latency.count(), 1));
  const auto power = static_cast<size_t>(63 - __builtin_clzll(us));
  const size_t eighth = power < 3 ? us & (kPerPower - 1) : us >> (power - 3) & (kPerPower - 1);
  const size_t index = power < 3 ? eighth : (power - 2) * kPerPower + eighth;
  buckets_[std::min(index, buckets_.size() - 1)].fetch_add(1, std::memory_order_relaxed);
}

std::chrono::microseconds Latencies::quantile(double q) const {
  uint64_t total = 0;
  for (const auto& bucket : buckets_) total += bucket.load(std::memory_order_relaxed);
  if (total == 0) return std::chrono::microseconds(0);
  auto left = static_cast<int64_t>(std::ceil(q * static_cast<double>(total)));
  size_t index = 0;
  for (; index + 1 < buckets_.size(); ++index) {
    left -= static_cast<int64_t>(buckets_[index].load(std::memory_order_relaxed));
    if (left <= 0) break;
  }
  // The bucket's upper end.
  if (index < kPerPower) return std::chrono::microseconds(index);
  const size_t power = index / kPerPower + 2;
  const uint64_t eighth = index % kPerPower;
  return std::chrono::microseconds(((kPerPower + eighth + 1) << (power - 3)) - 1);
}

}  // namespace sluice::app::bench
