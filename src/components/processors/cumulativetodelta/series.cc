#include "components/processors/cumulativetodelta/series.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/log.h"

namespace sluice::components::cumulativetodelta_processor {
namespace {

using otlp::Buckets;
using otlp::DataPoint;
using otlp::MetricKind;
using otlp::Number;

uint64_t unix_nanos() {
  return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                   std::chrono::system_clock::now().time_since_epoch())
                                   .count());
}

Side side_of(const Buckets& buckets) {
  return {buckets.offset, {buckets.bucket_counts.begin(), buckets.bucket_counts.end()}};
}

std::unique_ptr<LastHistogram> last_of(const DataPoint& point) {
  auto last = std::make_unique<LastHistogram>();
  last->count = point.count;
  last->sum = point.sum;
  last->buckets.assign(point.bucket_counts.begin(), point.bucket_counts.end());
  last->bounds.assign(point.explicit_bounds.begin(), point.explicit_bounds.end());
  last->scale = point.scale;
  last->zero_count = point.zero_count;
  last->zero_threshold = point.zero_threshold;
  last->positive = side_of(point.positive);
  last->negative = side_of(point.negative);
  return last;
}

/// False if it went down.
bool subtract_number(Number& number, const Number& last) {
  if (number.kind == Number::Kind::Int) {
    if (number.int_value < last.int_value) return false;
    number.int_value = static_cast<int64_t>(static_cast<uint64_t>(number.int_value) -
                                            static_cast<uint64_t>(last.int_value));
    return true;
  }
  if (number.double_value < last.double_value) return false;
  number.double_value -= last.double_value;
  return true;
}

/// One with no sum stays without, one that is no number stays so.
void subtract_sum(DataPoint& point, double last) {
  if (point.has_sum && !std::isnan(point.sum)) point.sum -= std::isnan(last) ? 0 : last;
}

uint64_t less(uint64_t count, uint64_t by) { return count > by ? count - by : 0; }

// ---- Exponential histograms ----

/// The same side at a scale that is smaller by `bits`.
Side coarser(const Side& side, int32_t bits) {
  bits = std::min(bits, 31);
  Side out{side.offset >> bits, {}};
  for (size_t i = 0; i < side.counts.size(); ++i) {
    const int64_t at = (int64_t{side.offset} + static_cast<int64_t>(i)) >> bits;
    const auto index = static_cast<size_t>(at - out.offset);
    if (index >= out.counts.size()) out.counts.resize(index + 1);
    out.counts[index] += side.counts[i];
  }
  return out;
}

/// Takes the buckets up to this one away, and says how much was in them.
uint64_t trim(Side& side, int64_t bucket) {
  const int64_t wanted = bucket - side.offset + 1;
  if (wanted <= 0) return 0;
  const auto count =
      static_cast<ptrdiff_t>(std::min(wanted, static_cast<int64_t>(side.counts.size())));
  uint64_t trimmed = 0;
  for (ptrdiff_t i = 0; i < count; ++i) trimmed += side.counts[static_cast<size_t>(i)];
  side.counts.erase(side.counts.begin(), side.counts.begin() + count);
  side.offset += static_cast<int32_t>(count);
  return trimmed;
}

/// The bucket that a value falls into: the greatest whose lower bound is below it.
int64_t bucket_of(double value, int32_t scale) {
  const double exact = std::ceil(std::log2(value) * std::ldexp(1.0, scale)) - 1;
  constexpr double kMost = 1e15;  // far beyond any bucket, and still exact
  return std::isnan(exact) ? INT32_MIN : static_cast<int64_t>(std::clamp(exact, -kMost, kMost));
}

/// Buckets without anything new at both ends are left out.
Buckets difference(const Buckets& now, const Side& last, Arena& arena) {
  Buckets out;
  for (uint32_t i = 0; i < now.bucket_counts.size(); ++i) {
    const int64_t bucket = int64_t{now.offset} + i;
    const int64_t index = bucket - last.offset;
    const bool known = index >= 0 && index < static_cast<int64_t>(last.counts.size());
    const uint64_t count =
        less(now.bucket_counts[i], known ? last.counts[static_cast<size_t>(index)] : 0);
    if (count == 0) continue;
    if (out.bucket_counts.empty()) out.offset = static_cast<int32_t>(bucket);
    while (out.bucket_counts.size() < static_cast<uint64_t>(bucket - out.offset))
      out.bucket_counts.push_back(arena, 0);
    out.bucket_counts.push_back(arena, count);
  }
  return out;
}

}  // namespace

bool subtract_histogram(DataPoint& point, const LastHistogram& last) {
  const bool same = std::equal(point.explicit_bounds.begin(), point.explicit_bounds.end(),
                               last.bounds.begin(), last.bounds.end()) &&
                    point.bucket_counts.size() == last.buckets.size();
  if (!same) return false;
  if (point.count < last.count) return true;
  point.count -= last.count;
  subtract_sum(point, last.sum);
  for (uint32_t i = 0; i < point.bucket_counts.size(); ++i)
    point.bucket_counts[i] = less(point.bucket_counts[i], last.buckets[i]);
  return true;
}

bool subtract_exponential(DataPoint& point, const LastHistogram& last, Arena& arena) {
  // As long as a histogram goes on, its scale only falls and its zero bucket only grows.
  if (point.count < last.count || point.scale > last.scale ||
      point.zero_threshold < last.zero_threshold)
    return false;
  Side positive = last.positive;
  Side negative = last.negative;
  uint64_t zero_count = last.zero_count;
  if (point.zero_threshold > last.zero_threshold) {
    const int64_t bucket = bucket_of(point.zero_threshold, last.scale);
    zero_count += trim(positive, bucket) + trim(negative, bucket);
  }
  if (point.scale < last.scale) {
    const auto bits =
        static_cast<int32_t>(std::min<int64_t>(31, int64_t{last.scale} - int64_t{point.scale}));
    positive = coarser(positive, bits);
    negative = coarser(negative, bits);
  }
  point.count -= last.count;
  subtract_sum(point, last.sum);
  point.zero_count = less(point.zero_count, zero_count);
  point.positive = difference(point.positive, positive, arena);
  point.negative = difference(point.negative, negative, arena);
  return true;
}

Series::Series(const Config& config, size_t remembered_min)
    : max_staleness_(config.max_staleness),
      initial_value_(config.initial_value),
      remembered_min_(remembered_min),
      started_(unix_nanos()) {}

bool Series::is_stale(const Last& last, Clock::time_point now) const {
  return max_staleness_.count() > 0 && now - last.seen > max_staleness_;
}

/// Looks through all series once per staleness, so that the work stays small.
void Series::forget_stale(Clock::time_point now) {
  if (max_staleness_.count() <= 0 || now - swept_ < max_staleness_) return;
  swept_ = now;
  for (Known* known : {&young_, &old_}) {
    for (auto at = known->begin(); at != known->end();)
      at = is_stale(at->second, now) ? known->erase(at) : std::next(at);
  }
}

Series::Last* Series::find(std::string_view key, Clock::time_point now) {
  auto found = young_.find(key);
  if (found == young_.end()) {
    const auto older = old_.find(key);
    if (older == old_.end()) return nullptr;
    found = young_.insert(old_.extract(older)).position;
  }
  if (!is_stale(found->second, now)) return &found->second;
  young_.erase(found);
  return nullptr;
}

void Series::remember(std::string_view key, Last last) {
  if (young_.size() >= remembered_min_) {
    if (!old_.empty()) {
      log::warn("cumulativetodelta follows too many series: it forgets those not seen for longest",
                {{"forgotten", uint64_t{old_.size()}}});
    }
    old_ = std::exchange(young_, {});
  }
  young_.emplace(key, std::move(last));
}

bool Series::keeps_first(MetricKind kind, DataPoint& point) const {
  if (kind != MetricKind::Sum) {
    point.has_min = point.has_max = false;
    point.min = point.max = 0;
  }
  switch (initial_value_) {
    case InitialValue::Drop: return false;
    case InitialValue::Keep: point.start_time_unix_nano = 0; return true;
    case InitialValue::Auto: break;
  }
  return point.start_time_unix_nano >= started_ &&
         point.start_time_unix_nano != point.time_unix_nano;
}

bool Series::convert(std::string_view key, MetricKind kind, DataPoint& point, Clock::time_point now,
                     Arena& arena) {
  const bool is_sum = kind == MetricKind::Sum;
  Last fresh{point.time_unix_nano, point.value, is_sum ? nullptr : last_of(point), now};
  Last* known = find(key, now);
  if (known == nullptr) {
    remember(key, std::move(fresh));
    return keeps_first(kind, point);
  }
  // A sum that is no number says nothing: the next one is taken from the one before.
  if (!is_sum && std::isnan(point.sum)) fresh.histogram->sum = known->histogram->sum;
  const Last last = std::exchange(*known, std::move(fresh));
  point.start_time_unix_nano = last.time;
  if (is_sum) return subtract_number(point.value, last.value);
  point.has_min = point.has_max = false;
  point.min = point.max = 0;
  return kind == MetricKind::ExponentialHistogram
             ? subtract_exponential(point, *last.histogram, arena)
             : subtract_histogram(point, *last.histogram);
}

}  // namespace sluice::components::cumulativetodelta_processor
