#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace sluice::app::bench {

/// How long answers took: counts in buckets of an eighth of a power of two, so quantiles are exact
/// to 12 %. Thread-safe.
class Latencies {
 public:
  void add(std::chrono::microseconds latency);
  /// The latency that a share `q` (0 to 1) of the answers did not exceed; 0 if there are none.
  std::chrono::microseconds quantile(double q) const;

 private:
  static constexpr size_t kPerPower = 8;
  std::array<std::atomic<uint64_t>, 40 * kPerPower> buckets_{};
};

/// What came of a run, over all connections. Thread-safe.
struct Tally {
  std::atomic<uint64_t> accepted_requests{0};
  std::atomic<uint64_t> accepted_records{0};
  std::atomic<uint64_t> refused_requests{
      0};                                    ///< "retry later", or the connection broke; sent again
  std::atomic<uint64_t> failed_requests{0};  ///< refused for good
  std::atomic<uint64_t> rejected_records{0};  ///< by partial success
  std::atomic<uint64_t> sent_bytes{0};        ///< bodies, as they went out
  Latencies latencies;
};

}  // namespace sluice::app::bench
