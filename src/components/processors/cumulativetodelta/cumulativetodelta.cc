#include "components/processors/cumulativetodelta/cumulativetodelta.h"

#include <algorithm>
#include <ctime>
#include <mutex>
#include <unordered_map>

#include "components/processors/cumulativetodelta/config.h"
#include "ottl/value.h"
#include "pipeline/record_match.h"
#include "pipeline/records.h"

namespace sluice::components {
namespace {

using namespace cumulativetodelta_processor;
using otlp::DataPoint;
using otlp::Metric;
using otlp::MetricKind;
using Clock = std::chrono::steady_clock;

constexpr int32_t kDelta = 1;
constexpr int32_t kCumulative = 2;
constexpr uint32_t kNoRecordedValue = 1;

/// What include or exclude is about.
struct MetricSet {
  pipeline::TextSet names;
  std::vector<std::string> types;

  bool empty() const { return names.empty() && types.empty(); }
  bool has(const Metric& metric) const {
    return (names.empty() || names.has(metric.name)) &&
           (types.empty() || std::find(types.begin(), types.end(), type_of(metric)) != types.end());
  }
  static std::string_view type_of(const Metric& metric) {
    return metric.kind == MetricKind::Sum         ? "sum"
           : metric.kind == MetricKind::Histogram ? "histogram"
                                                  : "exponentialhistogram";
  }
};

/// The counts of one side of an exponential histogram, by index.
struct Side {
  int32_t offset = 0;
  std::vector<uint64_t> counts;
};

/// The last point of a series.
struct Last {
  uint64_t time = 0;
  otlp::Number value;
  uint64_t count = 0;
  double sum = 0;
  std::vector<uint64_t> buckets;
  std::vector<double> bounds;
  int32_t scale = 0;
  uint64_t zero_count = 0;
  Side positive, negative;
  Clock::time_point seen;
};

Side side_of(const otlp::Buckets& buckets) {
  return {buckets.offset, {buckets.bucket_counts.begin(), buckets.bucket_counts.end()}};
}

Last last_of(const DataPoint& point) {
  Last last;
  last.time = point.time_unix_nano;
  last.value = point.value;
  last.count = point.count;
  last.sum = point.sum;
  last.buckets.assign(point.bucket_counts.begin(), point.bucket_counts.end());
  last.bounds.assign(point.explicit_bounds.begin(), point.explicit_bounds.end());
  last.scale = point.scale;
  last.zero_count = point.zero_count;
  last.positive = side_of(point.positive);
  last.negative = side_of(point.negative);
  last.seen = Clock::now();
  return last;
}

/// The number since the last one; false if it went down.
bool subtract_number(DataPoint& point, const Last& last) {
  if (point.value.kind == otlp::Number::Kind::Int) {
    if (point.value.int_value < last.value.int_value) return false;
    point.value.int_value -= last.value.int_value;
    return true;
  }
  if (point.value.double_value < last.value.double_value) return false;
  point.value.double_value -= last.value.double_value;
  return true;
}

/// A histogram that began anew, or has other buckets, stays as it is.
void subtract_histogram(DataPoint& point, const Last& last) {
  const bool same = std::equal(point.explicit_bounds.begin(), point.explicit_bounds.end(),
                               last.bounds.begin(), last.bounds.end()) &&
                    point.bucket_counts.size() == last.buckets.size();
  if (!same || point.count < last.count) return;
  point.count -= last.count;
  point.sum -= last.sum;
  for (uint32_t i = 0; i < point.bucket_counts.size(); ++i)
    point.bucket_counts[i] -= std::min(point.bucket_counts[i], last.buckets[i]);
}

bool subtract_side(otlp::Buckets& buckets, const Side& last) {
  for (size_t i = 0; i < last.counts.size(); ++i) {
    const int64_t index = int64_t{last.offset} + static_cast<int64_t>(i) - buckets.offset;
    if (last.counts[i] == 0) continue;
    if (index < 0 || index >= buckets.bucket_counts.size()) return false;
    uint64_t& count = buckets.bucket_counts[static_cast<size_t>(index)];
    if (count < last.counts[i]) return false;
    count -= last.counts[i];
  }
  return true;
}

/// False if it began anew, or its buckets are others.
bool subtract_exponential(DataPoint& point, const Last& last) {
  if (point.scale != last.scale || point.count < last.count || point.zero_count < last.zero_count)
    return false;
  if (!subtract_side(point.positive, last.positive) ||
      !subtract_side(point.negative, last.negative))
    return false;
  point.count -= last.count;
  point.sum -= last.sum;
  point.zero_count -= last.zero_count;
  return true;
}

/// The series of all lanes.
class Series {
 public:
  explicit Series(const Config& config)
      : config_(config), started_(static_cast<uint64_t>(std::time(nullptr)) * 1'000'000'000) {}

  /// Makes the point what came since the last one; false if nothing is to be passed on.
  bool convert(const std::string& key, MetricKind kind, DataPoint& point) {
    if ((point.flags & kNoRecordedValue) != 0) return false;
    const std::lock_guard lock(mutex_);
    forget_stale();
    const auto found = known_.find(key);
    if (found == known_.end()) {
      known_.emplace(key, last_of(point));
      return keeps_first(point);
    }
    const Last last = std::exchange(found->second, last_of(point));
    point.start_time_unix_nano = last.time;
    point.has_min = point.has_max = false;
    point.min = point.max = 0;
    if (kind == MetricKind::Sum) return subtract_number(point, last);
    if (kind == MetricKind::ExponentialHistogram) return subtract_exponential(point, last);
    subtract_histogram(point, last);
    return true;
  }

 private:
  bool keeps_first(DataPoint& point) const {
    switch (config_.initial_value) {
      case InitialValue::Drop: return false;
      case InitialValue::Keep: point.start_time_unix_nano = 0; return true;
      case InitialValue::Auto: break;
    }
    return point.start_time_unix_nano >= started_ &&
           point.start_time_unix_nano != point.time_unix_nano;
  }

  /// Looks through all series once per staleness, so that the work stays small.
  void forget_stale() {
    if (config_.max_staleness.count() <= 0) return;
    const Clock::time_point now = Clock::now();
    if (now - swept_ < config_.max_staleness) return;
    swept_ = now;
    for (auto at = known_.begin(); at != known_.end();)
      at = now - at->second.seen > config_.max_staleness ? known_.erase(at) : std::next(at);
  }

  const Config config_;
  const uint64_t started_;
  std::mutex mutex_;
  std::unordered_map<std::string, Last> known_;
  Clock::time_point swept_ = Clock::now();
};

class Converter final : public pipeline::Consumer {
 public:
  Converter(pipeline::Consumer& next, const MetricSet& include, const MetricSet& exclude,
            Series& series)
      : next_(next), include_(include), exclude_(exclude), series_(series) {}

  void consume(pipeline::Batch&& batch) override {
    const bool any_left =
        pipeline::remove_records(batch, [&](auto& group, auto& scope, auto& record) {
          if constexpr (std::is_same_v<std::decay_t<decltype(record)>, Metric>)
            return !keeps(group, scope, record);
          return false;
        });
    if (!any_left) {
      batch.ack.resolve({});
      return;
    }
    next_.consume(std::move(batch));
  }

 private:
  bool is_meant(const Metric& metric) const {
    const bool cumulative = metric.aggregation_temporality == kCumulative;
    const bool convertible = (metric.kind == MetricKind::Sum && metric.is_monotonic) ||
                             metric.kind == MetricKind::Histogram ||
                             metric.kind == MetricKind::ExponentialHistogram;
    return cumulative && convertible && (include_.empty() || include_.has(metric)) &&
           (exclude_.empty() || !exclude_.has(metric));
  }

  /// False if no point is left.
  template <typename Group, typename Scope>
  bool keeps(const Group& group, const Scope& scope, Metric& metric) {
    if (!is_meant(metric)) return true;
    std::string key;
    append(group.resource.attributes, key);
    append(scope.scope.attributes, key);
    for (const std::string_view part :
         {scope.scope.name, scope.scope.version, metric.name, metric.unit}) {
      key += part;
      key += '\0';
    }
    key += static_cast<char>('0' + static_cast<int>(metric.kind));
    const size_t common = key.size();
    pipeline::remove_if(metric.data_points, [&](DataPoint& point) {
      key.resize(common);
      key += static_cast<char>('0' + static_cast<int>(point.value.kind));
      append(point.attributes, key);
      return !series_.convert(key, metric.kind, point);
    });
    metric.aggregation_temporality = kDelta;
    return !metric.data_points.empty();
  }

  /// In the order of the keys.
  static void append(const otlp::Attributes& attributes, std::string& key) {
    ottl::append_go_json(ottl::map_value(attributes), key);
  }

  pipeline::Consumer& next_;
  const MetricSet& include_;
  const MetricSet& exclude_;
  Series& series_;
};

class CumulativeToDelta final : public pipeline::Processor {
 public:
  CumulativeToDelta(const Config& config, MetricSet include, MetricSet exclude)
      : include_(std::move(include)), exclude_(std::move(exclude)), series_(config) {}

  static Result<std::unique_ptr<pipeline::Processor>> make(const Config& config,
                                                           const pipeline::ComponentId&,
                                                           otlp::Signal, pipeline::Host&) {
    MetricSet sets[2];
    const MatchMetricsConfig* configs[2] = {&config.include, &config.exclude};
    for (size_t i = 0; i < 2; ++i) {
      auto names = pipeline::TextSet::make(configs[i]->metrics, configs[i]->match_type == "regexp");
      if (!names.ok()) return names.status();
      sets[i].names = std::move(*names);
      sets[i].types = configs[i]->metric_types;
    }
    return std::unique_ptr<pipeline::Processor>(
        std::make_unique<CumulativeToDelta>(config, std::move(sets[0]), std::move(sets[1])));
  }

  std::unique_ptr<pipeline::Consumer> stage(size_t, pipeline::Consumer& next) override {
    return std::make_unique<Converter>(next, include_, exclude_, series_);
  }

 private:
  const MetricSet include_;
  const MetricSet exclude_;
  Series series_;
};

}  // namespace

std::unique_ptr<pipeline::Factory> cumulativetodelta_processor_factory() {
  return std::make_unique<pipeline::ProcessorFactory<Config>>(
      pipeline::Factory::About{
          config::Section::Processors,
          "cumulativetodelta",
          "Makes cumulative sums and histograms what came since the last ones.",
          {},
          {.logs = false, .traces = false}},
      &CumulativeToDelta::make);
}

}  // namespace sluice::components
