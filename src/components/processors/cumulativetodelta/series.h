#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "components/processors/cumulativetodelta/config.h"
#include "otlp/records.h"
#include "pipeline/series_key.h"

namespace sluice::components::cumulativetodelta_processor {

/// One side of an exponential histogram: counts from the bucket `offset` on.
struct Side {
  int32_t offset = 0;
  std::vector<uint64_t> counts;
};

/// What must be remembered of a histogram's point.
struct LastHistogram {
  uint64_t count = 0;
  double sum = 0;
  std::vector<uint64_t> buckets;
  std::vector<double> bounds;
  int32_t scale = 0;
  uint64_t zero_count = 0;
  double zero_threshold = 0;
  Side positive, negative;
};

/// Makes the point what came since the last one. False if it cannot be said: the histogram has
/// other buckets, or an exponential one began anew. One with explicit bounds that began anew stays
/// as it is.
bool subtract_histogram(otlp::DataPoint& point, const LastHistogram& last);
bool subtract_exponential(otlp::DataPoint& point, const LastHistogram& last, Arena& arena);

/// The last points of the series of all lanes. Every call but the constructor and lock() needs the
/// lock.
class Series {
 public:
  using Clock = std::chrono::steady_clock;

  /// How many series are remembered at least; at twice as many those that have not been seen for
  /// longest are forgotten, and the next point of one of them counts as its first. A sum takes
  /// about 300 bytes, so that this is about 150 MB at most.
  static constexpr size_t kRememberedMin = 250'000;

  explicit Series(const Config& config, size_t remembered_min = kRememberedMin);

  std::unique_lock<std::mutex> lock() { return std::unique_lock(mutex_); }
  /// Before the points of a batch.
  void forget_stale(Clock::time_point now);
  /// Makes the point what came since the last one; false if nothing is to be passed on. `now` as in
  /// forget_stale().
  bool convert(std::string_view key, otlp::MetricKind kind, otlp::DataPoint& point,
               Clock::time_point now, Arena& arena);
  size_t size() const { return young_.size() + old_.size(); }

 private:
  struct Last {
    uint64_t time = 0;
    otlp::Number value;
    std::unique_ptr<LastHistogram> histogram;  // null for a sum
    Clock::time_point seen;
  };
  using Known = std::unordered_map<std::string, Last, pipeline::KeyHash, std::equal_to<>>;

  Last* find(std::string_view key, Clock::time_point now);
  void remember(std::string_view key, Last last);
  bool keeps_first(otlp::MetricKind kind, otlp::DataPoint& point) const;
  bool is_stale(const Last& last, Clock::time_point now) const;

  const std::chrono::nanoseconds max_staleness_;
  const InitialValue initial_value_;
  const size_t remembered_min_;
  const uint64_t started_;  // Unix nanoseconds
  std::mutex mutex_;
  // What was seen since the last exchange, and what was seen before it.
  Known young_, old_;
  Clock::time_point swept_ = Clock::now();
};

}  // namespace sluice::components::cumulativetodelta_processor
