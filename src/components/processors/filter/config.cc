#include "components/processors/filter/config.h"

#include <tuple>

#include "base/ascii.h"
#include "ottl/context.h"

namespace sluice::components::filter_processor {

int64_t severity_of(std::string name) {
  name = ascii::upper(std::move(name));
  for (int64_t number = 1; number <= 24; ++number) {
    if (name == std::to_string(number)) return number;
  }
  return ottl::enumeration(ottl::ContextKind::Log, "SEVERITY_NUMBER_" + name).value_or(0);
}

const config::Schema<SeverityMatchConfig>& schema_of(const SeverityMatchConfig*) {
  using C = SeverityMatchConfig;
  static const auto schema =
      config::Schema<C>()
          .field("min", &C::min, "The least severity: 1 to 24, or a name such as WARN or INFO2.")
          .field("match_undefined", &C::match_undefined, "Whether logs without a severity match.")
          .check([](const C& config, const config::Place& place) {
            if (!config.min.empty() && severity_of(config.min) == 0)
              place.of("min").error("min must be a severity: 1 to 24, or a name such as WARN");
          });
  return schema;
}

const config::Schema<LogMatchConfig>& schema_of(const LogMatchConfig*) {
  using C = LogMatchConfig;
  static const auto schema =
      config::Schema<C>()
          .field("match_type", &C::match_type, "strict or regexp.")
          .field("resource_attributes", &C::resource_attributes,
                 "Attributes that the resource must have.")
          .field("record_attributes", &C::record_attributes, "Attributes that the log must have.")
          .field("severity_texts", &C::severity_texts, "Severity texts.")
          .field("bodies", &C::bodies, "Bodies, as texts.")
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

const config::Schema<SpansConfig>& schema_of(const SpansConfig*) {
  using C = SpansConfig;
  static const auto schema = config::Schema<C>()
                                 .field("include", &C::include, "Only spans that match are kept.")
                                 .field("exclude", &C::exclude, "Spans that match are dropped.");
  return schema;
}

const config::Schema<TracesConfig>& schema_of(const TracesConfig*) {
  using C = TracesConfig;
  static const auto schema =
      config::Schema<C>()
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
          .ignore<pipeline::RegexpConfig>("regexp", pipeline::kNoRegexpCache)
          .field("metric_names", &C::metric_names, "Names of metrics.")
          .field("expressions", &C::expressions,
                 "Expressions over MetricName, MetricType, Label(key) and HasLabel(key), for expr.")
          .field("resource_attributes", &C::resource_attributes,
                 "Attributes that the resource must have; what the names say counts apart.");
  return schema;
}

const config::Schema<MetricsConfig>& schema_of(const MetricsConfig*) {
  using C = MetricsConfig;
  static const auto schema =
      config::Schema<C>()
          .field("include", &C::include, "Only metrics that match are kept.")
          .field("exclude", &C::exclude, "Metrics that match are dropped.")
          .ignore<pipeline::RegexpConfig>("regexp", pipeline::kNoRegexpCache)
          .field("resource", &C::resource, "OTTL conditions: resources that are dropped.")
          .field("metric", &C::metric, "OTTL conditions: metrics that are dropped.")
          .field("datapoint", &C::datapoint, "OTTL conditions: data points that are dropped.");
  return schema;
}

namespace {

/// The ways to say what is dropped of a signal. They exclude one another, but for the lists of
/// spans, which yield to conditions of any context.
struct Ways {
  const char* signal;
  bool lists;  ///< include and exclude
  bool own;    ///< conditions of one context
  bool any;    ///< conditions of any context
};

void check_mix(const Ways& ways, bool lists_yield, const config::Place& place) {
  const std::string name = ways.signal;
  if (ways.lists && ways.own)
    place.error(name + ": conditions cannot stand beside include and exclude");
  if (ways.any && (ways.own || (ways.lists && !lists_yield)))
    place.error(name + ": conditions of any context cannot stand beside other ways to drop");
}

void check(const Config& config, const config::Place& place) {
  const auto& [logs, spans, traces, metrics] =
      std::tie(config.logs, config.spans, config.traces, config.metrics);
  const Ways of_logs{"logs", logs.include || logs.exclude, logs.resource || logs.log_record,
                     config.log_conditions.is_given};
  const Ways of_traces{"traces", spans.include || spans.exclude,
                       traces.resource || traces.span || traces.spanevent,
                       config.trace_conditions.is_given};
  const Ways of_metrics{"metrics", metrics.include || metrics.exclude,
                        metrics.resource || metrics.metric || metrics.datapoint,
                        config.metric_conditions.is_given};
  check_mix(of_logs, false, place);
  check_mix(of_traces, true, place);
  check_mix(of_metrics, false, place);
  for (size_t i = 0; i < otlp::kSignalCount; ++i) {
    const auto signal = static_cast<otlp::Signal>(i);
    pipeline::compile_groups(conditions_of(config, signal), signal, ottl::filter_library(),
                             config.error_mode, &place.diagnostics());
  }
}

void add(std::vector<pipeline::StatementGroup>& groups, const char* context,
         const Conditions& conditions) {
  if (!conditions) return;
  groups.push_back({config::PlacedText{context, {}, {}}, std::nullopt, *conditions, {}});
}

/// Conditions without a context have each their own.
void add(std::vector<pipeline::StatementGroup>& groups, const pipeline::StatementGroups& more) {
  for (const pipeline::StatementGroup& group : more.groups) {
    if (group.context) {
      groups.push_back(group);
      continue;
    }
    for (const config::PlacedText& condition : group.conditions)
      groups.push_back({group.context, group.error_mode, {condition}, {}});
  }
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
          .given_by_null()
          .field("logs", &C::logs, "Which logs are dropped.")
          .field("spans", &C::spans, "Which spans are dropped, by lists.")
          .field("traces", &C::traces, "Which spans and events are dropped.")
          .field("metrics", &C::metrics, "Which metrics and data points are dropped.")
          .field("log_conditions", &C::log_conditions, "OTTL conditions of any context of logs.")
          .field("trace_conditions", &C::trace_conditions,
                 "OTTL conditions of any context of traces.")
          .field("metric_conditions", &C::metric_conditions,
                 "OTTL conditions of any context of metrics.")
          .refuse("profiles", "profiles are not supported")
          .refuse("profile_conditions", "profiles are not supported")
          .check(check);
  return schema;
}

}  // namespace sluice::components::filter_processor
