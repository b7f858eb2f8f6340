#include "components/processors/cumulativetodelta/cumulativetodelta.h"

#include <algorithm>
#include <cmath>

#include "components/processors/cumulativetodelta/config.h"
#include "components/processors/cumulativetodelta/series.h"
#include "pipeline/record_match.h"
#include "pipeline/records.h"

namespace sluice::components {
namespace {

using namespace cumulativetodelta_processor;
using otlp::DataPoint;
using otlp::Metric;
using otlp::MetricKind;

constexpr int32_t kDelta = 1;
constexpr int32_t kCumulative = 2;
constexpr uint32_t kNoRecordedValue = 1;

/// What include or exclude is about.
struct MetricSet {
  pipeline::TextSet names;
  std::vector<MetricKind> kinds;

  bool has_kind(const Metric& metric) const {
    return std::find(kinds.begin(), kinds.end(), metric.kind) != kinds.end();
  }
  bool includes(const Metric& metric) const {
    return (names.empty() || names.has(metric.name)) && (kinds.empty() || has_kind(metric));
  }
  bool excludes(const Metric& metric) const { return names.has(metric.name) || has_kind(metric); }
};

class Converter final : public pipeline::Consumer {
 public:
  Converter(pipeline::Consumer& next, const MetricSet& include, const MetricSet& exclude,
            Series& series)
      : next_(next), include_(include), exclude_(exclude), series_(series) {}

  void consume(pipeline::Batch&& batch) override {
    const bool any_left = convert(batch);
    if (!any_left) {
      batch.ack.resolve({});
      return;
    }
    next_.consume(std::move(batch));
  }

 private:
  bool convert(pipeline::Batch& batch) {
    const auto lock = series_.lock();
    const auto now = Series::Clock::now();
    series_.forget_stale(now);
    return pipeline::remove_records(batch, [&](auto& group, auto& scope, auto& record) {
      if constexpr (std::is_same_v<std::decay_t<decltype(record)>, Metric>)
        return is_meant(record) && !keeps(group, scope, record, now, *batch.arena);
      return false;
    });
  }

  bool is_meant(const Metric& metric) const {
    const bool cumulative = metric.aggregation_temporality == kCumulative;
    const bool convertible = (metric.kind == MetricKind::Sum && metric.is_monotonic) ||
                             metric.kind == MetricKind::Histogram ||
                             metric.kind == MetricKind::ExponentialHistogram;
    return cumulative && convertible && include_.includes(metric) && !exclude_.excludes(metric);
  }

  /// False if no point is left.
  template <typename Group, typename Scope>
  bool keeps(const Group& group, const Scope& scope, Metric& metric, Series::Clock::time_point now,
             Arena& arena) {
    if (metric.data_points.empty()) return metric.kind != MetricKind::Sum;
    key_.clear();
    key_.add(static_cast<uint64_t>(metric.kind));
    key_.add(group.resource.attributes);
    key_.add(scope.scope.attributes);
    for (const std::string_view part :
         {scope.scope.name, scope.scope.version, metric.name, metric.unit})
      key_.add(part);
    const size_t common = key_.size();
    pipeline::remove_if(metric.data_points, [&](DataPoint& point) {
      if ((point.flags & kNoRecordedValue) != 0) return true;
      if (is_no_number(metric, point)) return false;
      key_.truncate(common);
      key_.add(static_cast<uint64_t>(point.value.kind));
      key_.add(point.start_time_unix_nano);
      key_.add(point.attributes);
      return !series_.convert(key_.view(), metric.kind, point, now, arena);
    });
    metric.aggregation_temporality = kDelta;
    return !metric.data_points.empty();
  }

  static bool is_no_number(const Metric& metric, const DataPoint& point) {
    return metric.kind == MetricKind::Sum && point.value.kind == otlp::Number::Kind::Double &&
           std::isnan(point.value.double_value);
  }

  pipeline::Consumer& next_;
  const MetricSet& include_;
  const MetricSet& exclude_;
  Series& series_;
  pipeline::SeriesKey key_;
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
      auto names = pipeline::TextSet::make(configs[i]->metrics, configs[i]->match_type);
      if (!names.ok()) return names.status();
      sets[i].names = std::move(*names);
      for (const std::string& type : configs[i]->metric_types)
        sets[i].kinds.push_back(*kind_of(type));
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
