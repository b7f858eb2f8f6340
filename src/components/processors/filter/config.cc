#include "components/processors/filter/config.h"

namespace sluice::components::filter_processor {

const config::Schema<LogMatchConfig>& schema_of(const LogMatchConfig*) {
  using C = LogMatchConfig;
  static const auto schema =
      config::Schema<C>()
          .field("match_type", &C::match_type, "strict or regexp.")
          .field("resource_attributes", &C::resource_attributes,
                 "Attributes that the resource must have.")
          .field("record_attributes", &C::record_attributes, "Attributes that the log must have.")
          .field("severity_texts", &C::severity_texts, "Severity texts.")
          .field("bodies", &C::bodies, "Bodies that are texts.")
          .field("severity_number", &C::severity_number, "Severity numbers.");
  return schema;
}

const config::Schema<LogsConfig>& schema_of(const LogsConfig*) {
  using C = LogsConfig;
  static const auto schema =
      config::Schema<C>()
          .field("include", &C::include, "Only logs that match are kept.")
          .field("exclude", &C::exclude, "Logs that match are dropped.")
          .field("resource", &C::resource, "OTTL conditions: resources that are dropped.")
          .field("log_record", &C::log_record, "OTTL conditions: logs that are dropped.");
  return schema;
}

const config::Schema<TracesConfig>& schema_of(const TracesConfig*) {
  using C = TracesConfig;
  static const auto schema =
      config::Schema<C>()
          .field("include", &C::include, "Only spans that match are kept.")
          .field("exclude", &C::exclude, "Spans that match are dropped.")
          .field("resource", &C::resource, "OTTL conditions: resources that are dropped.")
          .field("span", &C::span, "OTTL conditions: spans that are dropped.")
          .field("spanevent", &C::spanevent, "OTTL conditions: events that are dropped.");
  return schema;
}

const config::Schema<MetricMatchConfig>& schema_of(const MetricMatchConfig*) {
  using C = MetricMatchConfig;
  static const auto schema =
      config::Schema<C>()
          .field("match_type", &C::match_type, "strict, regexp or expr.")
          .ignore("regexp", "regular expressions are compiled once and need no cache")
          .field("metric_names", &C::metric_names, "Names of metrics.")
          .field("expressions", &C::expressions,
                 "Expressions over MetricName, MetricType, Label(key) and HasLabel(key), for expr.")
          .field("resource_attributes", &C::resource_attributes,
                 "Attributes that the resource must have.");
  return schema;
}

const config::Schema<MetricsConfig>& schema_of(const MetricsConfig*) {
  using C = MetricsConfig;
  static const auto schema =
      config::Schema<C>()
          .field("include", &C::include, "Only metrics that match are kept.")
          .field("exclude", &C::exclude, "Metrics that match are dropped.")
          .field("resource", &C::resource, "OTTL conditions: resources that are dropped.")
          .field("metric", &C::metric, "OTTL conditions: metrics that are dropped.")
          .field("datapoint", &C::datapoint, "OTTL conditions: data points that are dropped.");
  return schema;
}

namespace {

template <typename Part>
bool mixes(const Part& part, bool has_conditions) {
  return (part.include || part.exclude) && has_conditions;
}

void check(const Config& config, const config::Place& place) {
  constexpr const char* kNames[] = {"logs", "traces", "metrics"};
  for (size_t i = 0; i < otlp::kSignalCount; ++i) {
    const auto signal = static_cast<otlp::Signal>(i);
    const auto groups = conditions_of(config, signal);
    const bool mixed = signal == otlp::Signal::Logs     ? mixes(config.logs, !groups.empty())
                       : signal == otlp::Signal::Traces ? mixes(config.traces, !groups.empty())
                                                        : mixes(config.metrics, !groups.empty());
    if (mixed)
      place.error(std::string(kNames[i]) + ": conditions cannot stand beside include and exclude");
    pipeline::compile_groups(groups, signal, ottl::filter_library(), config.error_mode,
                             &place.diagnostics());
  }
}

void add(std::vector<pipeline::StatementGroup>& groups, const char* context,
         const std::vector<config::PlacedText>& conditions) {
  if (!conditions.empty()) groups.push_back({{context, {}, {}}, std::nullopt, conditions, {}});
}

void add(std::vector<pipeline::StatementGroup>& groups, const pipeline::StatementGroups& more) {
  groups.insert(groups.end(), more.groups.begin(), more.groups.end());
}

}  // namespace

std::vector<pipeline::StatementGroup> conditions_of(const Config& config, otlp::Signal signal) {
  std::vector<pipeline::StatementGroup> groups;
  switch (signal) {
    case otlp::Signal::Logs:
      add(groups, "resource", config.logs.resource);
      add(groups, "log", config.logs.log_record);
      add(groups, config.log_conditions);
      break;
    case otlp::Signal::Traces:
      add(groups, "resource", config.traces.resource);
      add(groups, "span", config.traces.span);
      add(groups, "spanevent", config.traces.spanevent);
      add(groups, config.trace_conditions);
      break;
    case otlp::Signal::Metrics:
      add(groups, "resource", config.metrics.resource);
      add(groups, "metric", config.metrics.metric);
      add(groups, "datapoint", config.metrics.datapoint);
      add(groups, config.metric_conditions);
      break;
  }
  return groups;
}

const config::Schema<Config>& schema_of(const Config*) {
  using C = Config;
  static const auto schema =
      config::Schema<C>()
          .field("error_mode", &C::error_mode,
                 "What happens to an error in a condition: it is logged (ignore), passed over "
                 "(silent), or the request fails and the sender comes again (propagate).")
          .field("logs", &C::logs, "Which logs are dropped.")
          .field("traces", &C::traces, "Which spans and events are dropped.")
          .field("metrics", &C::metrics, "Which metrics and data points are dropped.")
          .field("log_conditions", &C::log_conditions, "OTTL conditions of any context of logs.")
          .field("trace_conditions", &C::trace_conditions,
                 "OTTL conditions of any context of traces.")
          .field("metric_conditions", &C::metric_conditions,
                 "OTTL conditions of any context of metrics.")
          .refuse("profiles", "profiles are not supported")
          .refuse("profile_conditions", "profiles are not supported")
          .refuse("spans", "spans is not supported: say it with traces::span conditions")
          .check(check);
  return schema;
}

}  // namespace sluice::components::filter_processor
