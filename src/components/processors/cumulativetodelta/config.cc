#include "components/processors/cumulativetodelta/config.h"

#include <utility>

#include "base/ascii.h"
#include "pipeline/record_match.h"

namespace sluice::components::cumulativetodelta_processor {

std::optional<otlp::MetricKind> kind_of(std::string name) {
  name = ascii::lower(std::move(name));
  if (name == "sum") return otlp::MetricKind::Sum;
  if (name == "histogram") return otlp::MetricKind::Histogram;
  if (name == "exponentialhistogram") return otlp::MetricKind::ExponentialHistogram;
  return std::nullopt;
}

namespace {

void check_match(const MatchMetricsConfig& match, const config::Place& place) {
  if (!match.metrics.empty() && match.match_type.empty()) place.error("metrics needs a match_type");
  if (match.metrics.empty() && !match.match_type.empty()) place.error("match_type needs metrics");
  if (!match.match_type.empty() && match.match_type != "strict" && match.match_type != "regexp")
    place.error("match_type must be strict or regexp");
  for (const std::string& type : match.metric_types) {
    if (!kind_of(type)) {
      place.error("the metric type \"" + type +
                  "\" cannot be converted; it is sum, histogram or exponentialhistogram");
    }
  }
}

}  // namespace

const config::Schema<MatchMetricsConfig>& schema_of(const MatchMetricsConfig*) {
  using C = MatchMetricsConfig;
  static const auto schema =
      config::Schema<C>()
          .field("match_type", &C::match_type, "strict or regexp.")
          .ignore<pipeline::RegexpConfig>("regexp", pipeline::kNoRegexpCache)
          .field("metrics", &C::metrics, "Names of metrics.")
          .field("metric_types", &C::metric_types,
                 "sum, histogram, exponentialhistogram; case does not count.")
          .check(check_match);
  return schema;
}

const config::Schema<Config>& schema_of(const Config*) {
  using C = Config;
  static const auto schema =
      config::Schema<C>()
          .field("max_staleness", &C::max_staleness,
                 "How long a series is remembered without a new point; 0 is for ever.")
          .field("initial_value", &C::initial_value,
                 "What becomes of a series' first point: auto keeps it if the series began after "
                 "this process, keep and drop do so always.")
          .field("include", &C::include, "Only these metrics are converted.")
          .field("exclude", &C::exclude, "These metrics are left as they are.");
  return schema;
}

}  // namespace sluice::components::cumulativetodelta_processor
