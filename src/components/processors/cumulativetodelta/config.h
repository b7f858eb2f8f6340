#pragma once

// The cumulativetodelta processor's options, as the OpenTelemetry Collector names them.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "config/schema.h"
#include "otlp/records.h"

namespace sluice::components::cumulativetodelta_processor {

enum class InitialValue : uint8_t { Auto, Keep, Drop };

struct MatchMetricsConfig {
  std::string match_type;
  std::vector<std::string> metrics;
  std::vector<std::string> metric_types;
};

struct Config {
  std::chrono::nanoseconds max_staleness{0};
  InitialValue initial_value = InitialValue::Auto;
  MatchMetricsConfig include;
  MatchMetricsConfig exclude;
};

/// Of metric_types; none for what cannot be converted.
std::optional<otlp::MetricKind> kind_of(std::string name);

const config::Schema<MatchMetricsConfig>& schema_of(const MatchMetricsConfig*);
const config::Schema<Config>& schema_of(const Config*);

}  // namespace sluice::components::cumulativetodelta_processor

namespace sluice::config {

template <>
struct Words<components::cumulativetodelta_processor::InitialValue> {
  using Value = components::cumulativetodelta_processor::InitialValue;
  static constexpr std::array<std::pair<std::string_view, Value>, 3> kAll = {
      {{"auto", Value::Auto}, {"keep", Value::Keep}, {"drop", Value::Drop}}};
};

}  // namespace sluice::config
