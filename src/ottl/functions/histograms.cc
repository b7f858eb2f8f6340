// What the transform processor adds for histograms: from exponential to explicit bounds,
// percentiles, fewer buckets.

#include <algorithm>
#include <cmath>
#include <random>

#include "ottl/function.h"
#include "ottl/functions/format.h"
#include "ottl/functions/functions.h"
#include "ottl/functions/new_metrics.h"

namespace sluice::ottl {
namespace {

using otlp::DataPoint;
using otlp::Metric;
using otlp::MetricKind;
using Counts = ArenaVector<uint64_t>;
using Bounds = std::vector<double>;

/// Go's uint64(x), for what is not negative.
uint64_t to_count(double value) {
  constexpr double kLimit = 18446744073709551616.0;  // 2^64
  if (!(value > 0)) return 0;
  return value < kLimit ? static_cast<uint64_t>(value) : UINT64_MAX;
}

/// x * 2^-scale, for any scale that a sender may send.
double scaled(double x, int32_t scale) {
  constexpr int64_t kBeyondDoubles = 5000;
  return std::ldexp(x,
                    static_cast<int>(std::clamp(-int64_t{scale}, -kBeyondDoubles, kBeyondDoubles)));
}

// ---- From exponential buckets to explicit ones ----

/// How a bucket of an exponential histogram that lies across bounds is shared out.
struct Distribution {
  enum class Kind : uint8_t { Upper, Midpoint, Uniform, Random };
  Kind kind;
  static Result<Distribution> make(std::string_view text) {
    if (text == "upper") return Distribution{Kind::Upper};
    if (text == "midpoint") return Distribution{Kind::Midpoint};
    if (text == "uniform") return Distribution{Kind::Uniform};
    if (text == "random" || text.empty()) return Distribution{Kind::Random};
    return invalid_argument("\"" + std::string(text) +
                            "\" is no distribution: there are upper, midpoint, uniform, random");
  }
};

struct ExponentialBucket {
  double lower;
  double upper;
  uint64_t count;
};

size_t first_at_least(const Bounds& bounds, double value) {
  size_t i = 0;
  while (i < bounds.size() && value > bounds[i]) ++i;
  return i;
}

void share_uniformly(const ExponentialBucket& bucket, size_t first, size_t last, Counts& out) {
  const uint64_t shares = last - first + 1;
  uint64_t rest = bucket.count % shares;
  for (size_t i = first; i <= last; ++i) {
    out[i] += bucket.count / shares;
    if (rest == 0) continue;
    ++out[i];
    --rest;
  }
}

/// From 0 to below 1.
double random_fraction() {
  thread_local std::mt19937_64 generator{std::random_device()()};
  return std::uniform_real_distribution<double>()(generator);
}

/// Each bound gets a random part of what falls below it; the rest is dealt out in equal shares from
/// a random bound on.
void share_randomly(const ExponentialBucket& bucket, const Bounds& bounds, size_t first,
                    size_t last, Counts& out) {
  const double width = bucket.upper - bucket.lower;
  uint64_t left = bucket.count;
  for (size_t i = first; i <= last; ++i) {
    const double from = std::max(i == 0 ? bucket.lower : bounds[i - 1], bucket.lower);
    const double share = (std::min(bounds[i], bucket.upper) - from) / width;
    const uint64_t part =
        std::min(left, to_count(random_fraction() * share * static_cast<double>(bucket.count)));
    out[i] += part;
    left -= part;
  }
  const uint64_t shares = last - first + 1;
  const uint64_t start = to_count(random_fraction() * static_cast<double>(shares));
  for (uint64_t i = 0; i < shares; ++i) {
    const uint64_t extra = (i + start) % shares < left % shares ? 1 : 0;
    out[first + i] += left / shares + extra;
  }
}

void distribute(Distribution::Kind kind, const ExponentialBucket& bucket, const Bounds& bounds,
                Counts& out) {
  const size_t overflow = bounds.size() - 1;
  if (kind == Distribution::Kind::Upper) {
    out[std::min(first_at_least(bounds, bucket.upper), overflow)] += bucket.count;
    return;
  }
  if (kind == Distribution::Kind::Midpoint) {
    const size_t at = first_at_least(bounds, (bucket.upper + bucket.lower) / 2);
    out[at > overflow ? overflow : at == 0 ? 0 : at - 1] += bucket.count;
    return;
  }
  const size_t first = std::min(first_at_least(bounds, bucket.lower), overflow);
  const size_t last = std::max(first, std::min(first_at_least(bounds, bucket.upper), overflow));
  if (last == first)
    out[first] += bucket.count;
  else if (kind == Distribution::Kind::Uniform)
    share_uniformly(bucket, first, last, out);
  else
    share_randomly(bucket, bounds, first, last, out);
}

/// Where a bucket lies wholly between two bounds, else `size()`.
size_t bounds_around(const ExponentialBucket& bucket, const Bounds& bounds) {
  for (size_t i = 1; i < bounds.size(); ++i) {
    if (bucket.lower > bounds[i - 1] && bucket.upper <= bounds[i]) return i - 1;
  }
  return bounds.size();
}

Counts explicit_counts(const DataPoint& point, Distribution::Kind kind, const Bounds& bounds,
                       Arena& arena) {
  Counts out;
  out.reserve(arena, static_cast<uint32_t>(bounds.size()));
  for (size_t i = 0; i < bounds.size(); ++i) out.push_back(arena, 0);
  if (bounds.front() == 0) out[0] += point.zero_count;
  const double factor = scaled(M_LN2, point.scale);
  for (uint32_t i = 0; i < point.positive.bucket_counts.size(); ++i) {
    const double index = static_cast<double>(point.positive.offset) + i;
    const ExponentialBucket bucket{std::exp(index * factor), std::exp((index + 1) * factor),
                                   point.positive.bucket_counts[i]};
    const size_t inside = bounds_around(bucket, bounds);
    if (bucket.lower > bounds.back())
      out[bounds.size() - 1] += bucket.count;
    else if (inside < bounds.size())
      out[inside] += bucket.count;
    else
      distribute(kind, bucket, bounds, out);
  }
  return out;
}

void convert_to_histogram(Frame& frame, Setting<Distribution> distribution,
                          Setting<Bounds> bounds) {
  Metric& metric = *frame.metric;
  if (metric.kind != MetricKind::ExponentialHistogram) return;
  for (DataPoint& point : metric.data_points) {
    DataPoint made;
    made.attributes = point.attributes;
    made.start_time_unix_nano = point.start_time_unix_nano;
    made.time_unix_nano = point.time_unix_nano;
    made.exemplars = point.exemplars;
    made.count = point.count;
    made.sum = point.sum;
    made.min = point.min;
    made.max = point.max;
    made.has_sum = made.has_min = made.has_max = true;  // as the original, 0 where it was not sent
    made.bucket_counts = explicit_counts(point, distribution->kind, *bounds, *frame.arena);
    for (const double bound : *bounds) made.explicit_bounds.push_back(*frame.arena, bound);
    point = made;
  }
  metric.kind = MetricKind::Histogram;
  metric.metadata = {};
}

// ---- Percentiles ----

double between(double lower, double upper, double ratio) { return lower + ratio * (upper - lower); }

uint64_t rank_of(const DataPoint& point, double percentile) {
  return to_count(std::ceil(static_cast<double>(point.count) * (percentile / 100)));
}

/// What is found for one data point.
struct Found {
  std::optional<double> value;  ///< nothing: the point is passed over
  std::string_view problem{};
};

Found linear(double lower, double upper, double ratio) {
  if (ratio < 0 || ratio > 1) return {{}, "the histogram's buckets do not fit its count"};
  return {between(lower, upper, ratio)};
}

constexpr std::string_view kTooFew = "the histogram's buckets hold less than its count says";

double ratio_of(uint64_t rank, uint64_t below, uint64_t count) {
  return static_cast<double>(rank - below) / static_cast<double>(count);
}

/// The value of a histogram below which `rank` of its observations lie.
Found histogram_value(const DataPoint& point, uint64_t rank) {
  const ArenaVector<double>& bounds = point.explicit_bounds;
  if (point.bucket_counts.empty()) return {};
  if (point.bucket_counts.size() != bounds.size() + 1)
    return {{}, "the histogram's bounds do not fit its buckets"};
  if (bounds.empty()) {
    if (!point.has_min || !point.has_max) return {};
    return linear(point.min, point.max, ratio_of(rank, 0, point.bucket_counts[0]));
  }
  uint64_t below = 0;
  for (uint32_t i = 0; i < point.bucket_counts.size(); ++i) {
    const uint64_t count = point.bucket_counts[i];
    if (below + count < rank) {
      below += count;
      continue;
    }
    double lower = 0;
    double upper = 0;
    if (i == 0) {
      upper = bounds[0];
      if (point.has_min && point.min < upper)
        lower = point.min;
      else if (upper < 0)
        return {upper};
    } else {
      lower = bounds[i - 1];
      const bool last = i == bounds.size();
      if (last && !(point.has_max && point.max > lower)) return {lower};
      upper = last ? point.max : bounds[i];
    }
    return linear(lower, upper, ratio_of(rank, below, count));
  }
  return {{}, kTooFew};
}

double exponential_bound(int64_t index, int32_t scale) {
  return scale <= 0 ? std::exp2(scaled(static_cast<double>(index), scale))
                    : std::exp(static_cast<double>(index) * scaled(M_LN2, scale));
}

/// Within a bucket the observations are taken to be spread evenly on a logarithmic scale.
Found within_bucket(int64_t index, int32_t scale, double ratio) {
  const double lower = exponential_bound(index, scale);
  const double upper = exponential_bound(index + 1, scale);
  if (ratio < 0 || ratio > 1 || lower <= 0 || upper <= 0)
    return {{}, "the histogram's buckets are beyond what numbers can say"};
  return {std::exp2(between(std::log2(lower), std::log2(upper), ratio))};
}

/// From the most negative bucket on.
Found exponential_value(const DataPoint& point, uint64_t rank) {
  const bool negative = !point.negative.bucket_counts.empty();
  const bool positive = !point.positive.bucket_counts.empty();
  if (!negative && !positive && point.zero_count == 0) return {};
  uint64_t below = 0;
  for (uint32_t i = point.negative.bucket_counts.size(); i-- > 0;) {
    const uint64_t count = point.negative.bucket_counts[i];
    if (below + count >= rank) {
      const int64_t index = int64_t{point.negative.offset} + i;
      Found found = within_bucket(index, point.scale, 1 - ratio_of(rank, below, count));
      if (found.value) *found.value = -*found.value;
      return found;
    }
    below += count;
  }
  if (below + point.zero_count >= rank) {
    const double lower = positive && !negative ? 0 : -point.zero_threshold;
    const double upper = negative && !positive ? 0 : point.zero_threshold;
    return linear(lower, upper, ratio_of(rank, below, point.zero_count));
  }
  below += point.zero_count;
  for (uint32_t i = 0; i < point.positive.bucket_counts.size(); ++i) {
    const uint64_t count = point.positive.bucket_counts[i];
    if (below + count >= rank) {
      const int64_t index = int64_t{point.positive.offset} + i;
      return within_bucket(index, point.scale, ratio_of(rank, below, count));
    }
    below += count;
  }
  return {{}, kTooFew};
}

void extract_percentile(Frame& frame, Setting<double> percentile,
                        std::optional<Setting<std::string>> suffix) {
  const Metric& metric = *frame.metric;
  const bool exponential = metric.kind == MetricKind::ExponentialHistogram;
  if (metric.kind != MetricKind::Histogram && !exponential) return;
  const Value number = Value::real(*percentile);
  const std::string name = go_format("p%g", {&number, 1});
  const bool has_suffix = suffix && !(*suffix)->empty();
  Metric made = derived_metric(frame, MetricKind::Gauge, has_suffix ? **suffix : "_" + name);
  const std::string description(metric.description);
  made.description =
      frame.arena->copy(description.empty() ? name : description + " (" + name + ")");
  for (const DataPoint& point : metric.data_points) {
    if (point.count == 0) continue;
    const uint64_t rank = rank_of(point, *percentile);
    const Found found = exponential ? exponential_value(point, rank) : histogram_value(point, rank);
    if (!found.problem.empty()) {
      frame.fail(found.problem);
      return;
    }
    if (found.value) set_double(add_point(frame, made, point), *found.value);
  }
  if (!made.data_points.empty()) add_metric(frame, made);
}

// ---- Fewer buckets ----

void remove_bound(Frame& frame, DataPoint& point, double bound) {
  constexpr double kTolerance = 1e-12;
  const ArenaVector<double>& bounds = point.explicit_bounds;
  uint32_t at = 0;
  while (at < bounds.size() && !(std::fabs(bounds[at] - bound) < kTolerance)) ++at;
  if (at == bounds.size()) return;
  ArenaVector<double> left;
  Counts counts;
  for (uint32_t i = 0; i < point.bucket_counts.size(); ++i) {
    if (i == at) continue;
    if (i < bounds.size()) left.push_back(*frame.arena, bounds[i]);
    counts.push_back(*frame.arena,
                     point.bucket_counts[i] + (i == at + 1 ? point.bucket_counts[at] : 0));
  }
  point.explicit_bounds = left;
  point.bucket_counts = counts;
}

/// Merges runs of buckets of the smallest equal length that leaves at most `buckets`.
void limit_buckets(Frame& frame, DataPoint& point, uint64_t buckets) {
  const ArenaVector<double>& bounds = point.explicit_bounds;
  const uint32_t size = point.bucket_counts.size();
  if (size <= buckets) return;
  for (uint32_t i = 1; i < bounds.size(); ++i) {
    if (!(bounds[i] > bounds[i - 1])) return;
  }
  const uint64_t run = (size + buckets - 1) / buckets;
  ArenaVector<double> left;
  Counts counts;
  for (uint32_t i = 0; i < size; ++i) {
    if (i % run == 0) counts.push_back(*frame.arena, 0);
    counts.back() += point.bucket_counts[i];
    if (i % run == run - 1 && i < bounds.size()) left.push_back(*frame.arena, bounds[i]);
  }
  point.explicit_bounds = left;
  point.bucket_counts = counts;
}

struct MergeMethod {
  bool limit;
  static Result<MergeMethod> make(std::string_view text) {
    if (text == "remove_explicit_bound") return MergeMethod{false};
    if (text == "limit_buckets") return MergeMethod{true};
    return invalid_argument("\"" + std::string(text) +
                            "\" is no method: there are remove_explicit_bound and limit_buckets");
  }
};

/// What is wrong with a number of buckets or a bound; empty if nothing is.
std::string_view problem_of_target(const DoubleLike& target, bool limits) {
  constexpr double kMost = 9223372036854775808.0;  // 2^63
  if (target.nil) return "the target must not be nil";
  const bool is_count =
      target.value >= 1 && target.value <= kMost && std::trunc(target.value) == target.value;
  return limits && !is_count ? "the number of buckets is a whole number from 1 on" : "";
}

void merge_buckets(Frame& frame, DoubleLike target, std::optional<Setting<MergeMethod>> method) {
  DataPoint& point = *frame.point;
  if (frame.metric->kind != MetricKind::Histogram) return;
  const bool limits = method && (*method)->limit;
  if (const std::string_view problem = problem_of_target(target, limits); !problem.empty()) {
    frame.fail(problem);
    return;
  }
  if (point.explicit_bounds.size() + 1 != point.bucket_counts.size()) return;
  if (point.bucket_counts.size() == 1) return;
  if (limits)
    limit_buckets(frame, point, to_count(target.value));
  else
    remove_bound(frame, point, target.value);
}

}  // namespace

void add_histogram_functions(Library& library) {
  library
      .add("convert_exponential_histogram_to_histogram", {"distribution_fn", "explicit_bounds"},
           convert_to_histogram,
           [](const auto& bounds) {
             if (!std::get<1>(bounds)->empty()) return Status();
             return invalid_argument("the list of bounds must not be empty");
           })
      .contexts = in(ContextKind::Metric);
  library
      .add("extract_percentile_metric", {"percentile", "suffix"}, extract_percentile,
           [](const auto& bounds) {
             const double percentile = *std::get<0>(bounds);
             if (percentile > 0 && percentile < 100) return Status();
             return invalid_argument("a percentile is more than 0 and less than 100");
           })
      .contexts = in(ContextKind::Metric);
  library
      .add("merge_histogram_buckets", {"target_value", "method"}, merge_buckets,
           [](const auto& bounds) {
             const auto& method = std::get<1>(bounds);
             const Value* literal = std::get<0>(bounds)->constant();
             if (literal == nullptr) return Status();
             Frame frame;
             DoubleLike target;
             convert(frame, *literal, target);  // it was possible when it was bound
             const std::string_view problem =
                 problem_of_target(target, method && *method && (**method).limit);
             return problem.empty() ? Status() : invalid_argument(std::string(problem));
           })
      .contexts = in(ContextKind::DataPoint);
}

}  // namespace sluice::ottl
