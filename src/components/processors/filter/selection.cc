#include "components/processors/filter/selection.h"

#include <algorithm>

#include "pipeline/frames.h"
#include "pipeline/records.h"

namespace sluice::components::filter_processor {
namespace {

class Everything final : public Selection {
 public:
  void apply(pipeline::Batch&) const override {}
};

/// Logs and spans: the lists that other processors have as well.
class Listed final : public Selection {
 public:
  explicit Listed(std::unique_ptr<const pipeline::RecordSelection> selection)
      : selection_(std::move(selection)) {}
  void apply(pipeline::Batch& batch) const override {
    pipeline::remove_records(batch, [&](auto& group, auto& scope, auto& record) {
      return !selection_->has(group.resource, scope.scope, record);
    });
  }

 private:
  std::unique_ptr<const pipeline::RecordSelection> selection_;
};

/// The lists of logs under the names that RecordMatch has for them; nothing if they are empty.
std::optional<pipeline::MatchConfig> match_of(const std::optional<LogMatchConfig>& config) {
  if (!config ||
      (config->resource_attributes.empty() && config->record_attributes.empty() &&
       config->severity_texts.empty() && config->bodies.empty() && !config->severity_number))
    return std::nullopt;
  pipeline::MatchConfig match;
  match.match_type = config->match_type;
  match.resources = config->resource_attributes;
  match.attributes = config->record_attributes;
  match.log_severity_texts = config->severity_texts;
  match.log_bodies = config->bodies;
  if (config->severity_number)
    match.log_severity_number = {severity_of(config->severity_number->min),
                                 config->severity_number->match_undefined};
  return match;
}

/// An expression of the original's own small language, in OTTL: `MetricName == "cpu" &&
/// Label("core") == "1"`.
std::string to_ottl(std::string_view expression) {
  constexpr std::pair<std::string_view, std::string_view> kWords[] = {
      {"MetricName", "metric.name"},
      {"MetricType", "MetricType()"},
      {"&&", " and "},
      {"||", " or "},
      {"!=", "!="},
      {"!", " not "}};
  std::string out;
  bool quoted = false;
  while (!expression.empty()) {
    const auto word = std::find_if(std::begin(kWords), std::end(kWords), [&](const auto& each) {
      return !quoted && expression.substr(0, each.first.size()) == each.first;
    });
    if (word != std::end(kWords)) {
      out += word->second;
      expression.remove_prefix(word->first.size());
      continue;
    }
    const char c = expression.front();
    if (c == '"' || c == '\'') quoted = !quoted;
    out += c == '\'' ? '"' : c;
    expression.remove_prefix(1);
  }
  return out;
}

/// One list of metrics. What it says of resources and of metrics counts apart; nothing said is
/// nothing to go by.
struct MetricMatch {
  pipeline::TextSet names;
  pipeline::AttributeSet resources;
  std::optional<ottl::Program> expressions;
  Arena constants;

  std::optional<bool> matches(const otlp::Resource& resource) const {
    if (resources.empty()) return std::nullopt;
    return resources.has_all(resource.attributes);
  }
  std::optional<bool> matches(ottl::Frame frame, otlp::Metric& metric) const {
    if (!expressions) return names.empty() ? std::nullopt : std::optional(names.has(metric.name));
    frame.metric = &metric;
    return std::any_of(metric.data_points.begin(), metric.data_points.end(),
                       [&](otlp::DataPoint& point) {
                         frame.point = &point;
                         return expressions->any_holds(frame, ottl::ErrorMode::Silent, false);
                       });
  }
};

Result<std::unique_ptr<MetricMatch>> make_match(const MetricMatchConfig& config) {
  auto match = std::make_unique<MetricMatch>();
  if (config.match_type == "expr") {
    ottl::Program::Source all;
    all.context = ottl::ContextKind::DataPoint;
    std::string wrong;
    for (const std::string& expression : config.expressions) {
      ottl::Program::Source one;
      one.context = all.context;
      one.conditions = {to_ottl(expression)};
      const Status status = ottl::Program::compile(one, ottl::filter_library()).status();
      if (!status.ok()) {
        wrong += (wrong.empty() ? "" : "; ") +
                 status.with_context("the expression `" + expression + "`, read as OTTL").message();
      }
      all.conditions.push_back(one.conditions.front());
    }
    if (!wrong.empty()) return invalid_argument(wrong);
    auto program = ottl::Program::compile(all, ottl::filter_library());
    if (!program.ok()) return program.status();
    if (!config.expressions.empty()) match->expressions.emplace(std::move(*program));
  } else {
    auto names = pipeline::TextSet::make(config.metric_names, config.match_type);
    if (!names.ok()) return names.status();
    match->names = std::move(*names);
  }
  auto resources =
      pipeline::AttributeSet::make(config.resource_attributes, config.match_type, match->constants);
  if (!resources.ok()) return resources.status();
  match->resources = std::move(*resources);
  return match;
}

class ListedMetrics final : public Selection {
 public:
  ListedMetrics(std::unique_ptr<MetricMatch> include, std::unique_ptr<MetricMatch> exclude)
      : include_(std::move(include)), exclude_(std::move(exclude)) {}
  void apply(pipeline::Batch& batch) const override {
    const ottl::Frame frame = pipeline::frame_of(batch);
    pipeline::remove_records(batch, [&]<typename R>(auto& group, auto&, R& metric) {
      if constexpr (std::is_same_v<R, otlp::Metric>) {
        return (include_ && (!include_->matches(group.resource).value_or(true) ||
                             !include_->matches(frame, metric).value_or(true))) ||
               (exclude_ && (exclude_->matches(group.resource).value_or(false) ||
                             exclude_->matches(frame, metric).value_or(false)));
      }
      return false;
    });
  }

 private:
  std::unique_ptr<MetricMatch> include_;
  std::unique_ptr<MetricMatch> exclude_;
};

Result<std::unique_ptr<Selection>> make_metrics(const MetricsConfig& config) {
  std::unique_ptr<MetricMatch> sides[2];
  const std::optional<MetricMatchConfig>* configs[2] = {&config.include, &config.exclude};
  for (size_t i = 0; i < 2; ++i) {
    if (!*configs[i]) continue;
    auto match = make_match(**configs[i]);
    if (!match.ok()) return match.status();
    sides[i] = std::move(*match);
  }
  return std::unique_ptr<Selection>(
      std::make_unique<ListedMetrics>(std::move(sides[0]), std::move(sides[1])));
}

}  // namespace

Result<std::unique_ptr<Selection>> Selection::make(const Config& config, otlp::Signal signal) {
  if (signal == otlp::Signal::Metrics) {
    if (config.metrics.include || config.metrics.exclude) return make_metrics(config.metrics);
    return std::unique_ptr<Selection>(std::make_unique<Everything>());
  }
  const bool logs = signal == otlp::Signal::Logs;
  const auto include = logs ? match_of(config.logs.include) : config.spans.include;
  const auto exclude = logs ? match_of(config.logs.exclude) : config.spans.exclude;
  const bool yields = !logs && !config.trace_conditions.groups.empty();
  if (yields || (!include && !exclude))
    return std::unique_ptr<Selection>(std::make_unique<Everything>());
  std::unique_ptr<const pipeline::RecordSelection> selection;
  SLUICE_RETURN_IF_ERROR(pipeline::problems_found_by([&](const config::Place& place) {
    selection = pipeline::RecordSelection::make(include, exclude, signal, place);
  }));
  return std::unique_ptr<Selection>(std::make_unique<Listed>(std::move(selection)));
}

}  // namespace sluice::components::filter_processor
