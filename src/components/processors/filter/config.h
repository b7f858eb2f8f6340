#pragma once

// The filter processor's options, as the OpenTelemetry Collector names them.

#include "pipeline/record_match.h"
#include "pipeline/statements.h"

namespace sluice::components::filter_processor {

/// What the processor could do before OTTL: include or exclude by lists.
struct SeverityMatchConfig {
  std::string min;  ///< a number, or a name such as INFO2; empty is below all of them
  bool match_undefined = false;
};
struct LogMatchConfig {
  std::string match_type;
  std::vector<pipeline::MatchAttributeConfig> resource_attributes;
  std::vector<pipeline::MatchAttributeConfig> record_attributes;
  std::vector<std::string> severity_texts;
  std::vector<std::string> bodies;
  std::optional<SeverityMatchConfig> severity_number;
};
/// Conditions of one context; an empty list is one that is given.
using Conditions = std::optional<std::vector<config::PlacedText>>;

struct LogsConfig {
  std::optional<LogMatchConfig> include;
  std::optional<LogMatchConfig> exclude;
  Conditions resource;
  Conditions log_record;
};

struct SpansConfig {
  std::optional<pipeline::MatchConfig> include;
  std::optional<pipeline::MatchConfig> exclude;
};
struct TracesConfig {
  Conditions resource;
  Conditions span;
  Conditions spanevent;
};

struct MetricMatchConfig {
  std::string match_type;
  std::vector<std::string> metric_names;
  std::vector<std::string> expressions;
  std::vector<pipeline::MatchAttributeConfig> resource_attributes;
};
struct MetricsConfig {
  std::optional<MetricMatchConfig> include;
  std::optional<MetricMatchConfig> exclude;
  Conditions resource;
  Conditions metric;
  Conditions datapoint;
};

struct Config {
  ottl::ErrorMode error_mode = ottl::ErrorMode::Ignore;
  LogsConfig logs;
  SpansConfig spans;
  TracesConfig traces;
  MetricsConfig metrics;
  pipeline::StatementGroups log_conditions{{}, true};
  pipeline::StatementGroups trace_conditions{{}, true};
  pipeline::StatementGroups metric_conditions{{}, true};
};

/// 0 for what is no severity.
int64_t severity_of(std::string name);

const config::Schema<SeverityMatchConfig>& schema_of(const SeverityMatchConfig*);
const config::Schema<LogMatchConfig>& schema_of(const LogMatchConfig*);
const config::Schema<LogsConfig>& schema_of(const LogsConfig*);
const config::Schema<SpansConfig>& schema_of(const SpansConfig*);
const config::Schema<TracesConfig>& schema_of(const TracesConfig*);
const config::Schema<MetricMatchConfig>& schema_of(const MetricMatchConfig*);
const config::Schema<MetricsConfig>& schema_of(const MetricsConfig*);
const config::Schema<Config>& schema_of(const Config*);

/// All conditions for a signal as groups, the short forms (logs::log_record …) among them.
std::vector<pipeline::StatementGroup> conditions_of(const Config& config, otlp::Signal signal);

}  // namespace sluice::components::filter_processor
