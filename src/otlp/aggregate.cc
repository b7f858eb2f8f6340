#include "otlp/aggregate.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/number_order.h"
#include "otlp/value_text.h"
#include "wire/number_parse.h"

namespace sluice::otlp {
namespace {

using Group = std::vector<const DataPoint*>;

constexpr int32_t kDelta = 1;

/// How many buckets points may make together. Those that lie further apart stay so: an offset is a
/// number that a sender chooses, the buckets between two of them are memory.
constexpr int64_t kBucketsFree = 256;
constexpr int64_t kBucketsPerBucket = 16;

/// The indexes of buckets, from `first` to before `end`.
struct Range {
  int64_t first = 0;
  int64_t end = 0;

  static Range of(const Buckets& buckets) {
    return {buckets.offset, int64_t{buckets.offset} + buckets.bucket_counts.size()};
  }
  Range with(const Range& other) const {
    if (first == end) return other;
    if (other.first == other.end) return *this;
    return {std::min(first, other.first), std::max(end, other.end)};
  }
  int64_t size() const { return end - first; }
};

/// Points that become one.
struct Pool {
  Group points;
  Range positive;
  Range negative;
  int64_t buckets = 0;  // of the points

  /// False if the point is too far from the others.
  bool take(const DataPoint& point) {
    const Range more_positive = positive.with(Range::of(point.positive));
    const Range more_negative = negative.with(Range::of(point.negative));
    const int64_t more = buckets + point.positive.bucket_counts.size() +
                         int64_t{point.negative.bucket_counts.size()};
    const int64_t most = kBucketsFree + kBucketsPerBucket * more;
    const bool fits = more_positive.size() <= most && more_negative.size() <= most;
    if (!fits && !points.empty()) return false;
    points.push_back(&point);
    positive = more_positive;
    negative = more_negative;
    buckets = more;
    return true;
  }
};

template <typename T>
void append_raw(Buffer& key, const T& value) {
  key.append({reinterpret_cast<const char*>(&value), sizeof value});
}

/// What must be the same for two points to become one.
void append_key(const Metric& metric, const DataPoint& point, Buffer& key) {
  append_raw(key, point.time_unix_nano);
  if (metric.kind != MetricKind::Gauge && metric.aggregation_temporality == kDelta)
    append_raw(key, point.start_time_unix_nano);
  if (metric.kind == MetricKind::Histogram || metric.kind == MetricKind::ExponentialHistogram) {
    append_raw(key, point.has_min);
    append_raw(key, point.has_max);
    append_raw(key, point.flags);
    append_raw(key, point.scale);
    append_raw(key, point.explicit_bounds.size());
    for (const double bound : point.explicit_bounds) append_raw(key, bound);
  }
  append_json(Value::map(const_cast<KeyValue*>(point.attributes.data()), point.attributes.size()),
              key);
}

double as_double(const Number& number) {
  if (number.kind == Number::Kind::Int) return static_cast<double>(number.int_value);
  return number.kind == Number::Kind::Double ? number.double_value : 0;
}

int64_t as_int(const Number& number) {
  if (number.kind == Number::Kind::Double) return wire::truncated(number.double_value);
  return number.kind == Number::Kind::Int ? number.int_value : 0;
}

double add(double a, double b) { return a + b; }
int64_t add(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}

/// REQUIRES: sorted.
template <typename T>
T middle(const std::vector<T>& numbers) {
  const size_t half = numbers.size() / 2;
  if (numbers.size() % 2 != 0) return numbers[half];
  return add(numbers[half - 1], numbers[half]) / 2;
}

double merged(const Group& group, Aggregation how, double) {
  std::vector<double> all;
  double sum = 0;
  for (const DataPoint* point : group) {
    all.push_back(as_double(point->value));
    sum += all.back();
  }
  const double first = all.front();
  std::sort(all.begin(), all.end(), nan_first_less);
  switch (how) {
    case Aggregation::Sum: return sum;
    case Aggregation::Mean: return sum / static_cast<double>(all.size());
    case Aggregation::Min: return all.front();
    case Aggregation::Max: return std::isnan(all.front()) ? all.front() : all.back();
    case Aggregation::Median: return middle(all);
    case Aggregation::First: return first;
    case Aggregation::Count: break;
  }
  // As the original: a point that stays alone keeps its value.
  return all.size() == 1 ? first : static_cast<double>(all.size());
}

int64_t merged(const Group& group, Aggregation how, int64_t) {
  std::vector<int64_t> all;
  int64_t sum = 0;
  for (const DataPoint* point : group) {
    all.push_back(as_int(point->value));
    // As the original: among whole numbers the others do not count in a sum.
    if (point->value.kind == Number::Kind::Int) sum = add(sum, point->value.int_value);
  }
  const int64_t first = all.front();
  std::sort(all.begin(), all.end());
  switch (how) {
    case Aggregation::Sum: return sum;
    case Aggregation::Mean: return sum / static_cast<int64_t>(all.size());
    case Aggregation::Min: return all.front();
    case Aggregation::Max: return all.back();
    case Aggregation::Median: return middle(all);
    case Aggregation::First: return first;
    case Aggregation::Count: break;
  }
  return all.size() == 1 ? first : static_cast<int64_t>(all.size());
}

void merge_numbers(const Group& group, Aggregation how, DataPoint& into) {
  for (const DataPoint* point : group)
    into.start_time_unix_nano = std::min(into.start_time_unix_nano, point->start_time_unix_nano);
  if (into.value.kind == Number::Kind::Double)
    into.value.double_value = merged(group, how, 0.0);
  else if (into.value.kind == Number::Kind::Int)
    into.value.int_value = merged(group, how, int64_t{0});
}

void add_counts(ArenaVector<uint64_t>& into, const ArenaVector<uint64_t>& counts, Arena& arena) {
  ArenaVector<uint64_t> sums;  // the elements of a copied point are shared: never change them
  const uint32_t size = std::max(into.size(), counts.size());
  sums.reserve(arena, size);
  for (uint32_t i = 0; i < size; ++i) {
    sums.push_back(arena, (i < into.size() ? into[i] : 0) + (i < counts.size() ? counts[i] : 0));
  }
  into = sums;
}

/// The buckets of all points, each count at its own index.
Buckets joined(const Group& group, Buckets DataPoint::*side, Arena& arena) {
  Range range;
  for (const DataPoint* point : group) range = range.with(Range::of(point->*side));
  if (range.size() == 0) return group.front()->*side;
  Buckets out;
  out.offset = static_cast<int32_t>(range.first);
  out.bucket_counts.reserve(arena, static_cast<uint32_t>(range.size()));
  for (int64_t i = 0; i < range.size(); ++i) out.bucket_counts.push_back(arena, 0);
  for (const DataPoint* point : group) {
    const Buckets& buckets = point->*side;
    for (uint32_t i = 0; i < buckets.bucket_counts.size(); ++i)
      out.bucket_counts[static_cast<uint32_t>(buckets.offset - range.first + i)] +=
          buckets.bucket_counts[i];
  }
  return out;
}

void merge_histograms(const Group& group, DataPoint& into, Arena& arena) {
  ArenaVector<Exemplar> exemplars;
  for (const Exemplar& exemplar : into.exemplars) exemplars.push_back(arena, exemplar);
  Group counted{group.front()};
  for (size_t i = 1; i < group.size(); ++i) {
    const DataPoint& point = *group[i];
    if (point.count == 0) continue;
    into.count += point.count;
    into.sum += point.sum;
    into.zero_count += point.zero_count;
    into.has_sum = true;
    if (into.has_min) into.min = std::min(into.min, point.min);
    if (into.has_max) into.max = std::max(into.max, point.max);
    add_counts(into.bucket_counts, point.bucket_counts, arena);
    counted.push_back(&point);
    for (const Exemplar& exemplar : point.exemplars) exemplars.push_back(arena, exemplar);
    into.start_time_unix_nano = std::min(into.start_time_unix_nano, point.start_time_unix_nano);
  }
  into.exemplars = exemplars;
  if (counted.size() == 1) return;
  into.positive = joined(counted, &DataPoint::positive, arena);
  into.negative = joined(counted, &DataPoint::negative, arena);
}

}  // namespace

std::optional<Aggregation> aggregation_of_name(std::string_view name) {
  constexpr std::string_view kNames[] = {"sum", "mean", "min", "max", "median", "count"};
  for (size_t i = 0; i < std::size(kNames); ++i) {
    if (name == kNames[i]) return static_cast<Aggregation>(i);
  }
  return std::nullopt;
}

void aggregate_points(Metric& metric, Aggregation how, Arena& arena) {
  std::vector<Pool> pools;
  if (metric.kind != MetricKind::Summary) {
    std::unordered_map<std::string, size_t> pool_of_key;
    Buffer key;
    for (const DataPoint& point : metric.data_points) {
      key.clear();
      append_key(metric, point, key);
      const auto [known, is_new] = pool_of_key.emplace(key.view(), pools.size());
      if (is_new) pools.emplace_back();
      if (pools[known->second].take(point)) continue;
      known->second = pools.size();
      pools.emplace_back().take(point);
    }
  }
  ArenaVector<DataPoint> points;
  points.reserve(arena, static_cast<uint32_t>(pools.size()));
  for (const Pool& pool : pools) {
    const Group& group = pool.points;
    DataPoint& into = points.push_back(arena, *group.front());
    if (metric.kind == MetricKind::Gauge || metric.kind == MetricKind::Sum)
      merge_numbers(group, how, into);
    else
      merge_histograms(group, into, arena);
  }
  metric.data_points = points;
}

}  // namespace sluice::otlp
