#include "components/processors/metricstransform/config.h"

#include <algorithm>

#include "otlp/aggregate.h"
#include "ottl/regex.h"

namespace sluice::components::metricstransform_processor {
namespace {

void check_aggregation(const std::string& type, const config::Place& place) {
  if (!type.empty() && !otlp::aggregation_of_name(type))
    place.of("aggregation_type").expected("one of " + std::string(otlp::kAggregationNames));
}

void check_operation(const OperationConfig& operation, const config::Place& place) {
  const auto needs = [&](bool is_there, std::string_view option) {
    if (!is_there) place.error("this action needs " + std::string(option));
  };
  switch (operation.action) {
    case OperationAction::None: place.error("the option \"action\" is missing"); break;
    case OperationAction::AddLabel:
      needs(!operation.new_label.empty(), "new_label");
      needs(!operation.new_value.empty(), "new_value");
      break;
    case OperationAction::UpdateLabel: needs(!operation.label.empty(), "label"); break;
    case OperationAction::ScaleValue:
      needs(operation.experimental_scale != 0, "experimental_scale, other than 0");
      break;
    default: break;
  }
  check_aggregation(operation.aggregation_type, place);
}

void check_include(const TransformConfig& transform, const config::Place& place) {
  if (transform.include.empty()) place.error("the option \"include\" is missing");
  if (transform.match_type.empty() || transform.match_type == "strict") return;
  if (transform.match_type != "regexp") return place.of("match_type").expected("strict or regexp");
  const auto pattern = ottl::Regex::compile(transform.include);
  if (!pattern.ok()) place.of("include").error(pattern.status().message());
  for (const auto& [label, text] : transform.experimental_match_labels) {
    const auto value = ottl::Regex::compile(text);
    if (!value.ok())
      place.of("experimental_match_labels").of(label).error(value.status().message());
  }
}

void check_transform(const TransformConfig& transform, const config::Place& place) {
  check_include(transform, place);
  const bool is_named = !transform.new_name.empty();
  switch (transform.action) {
    case Action::None: place.error("the option \"action\" is missing"); break;
    case Action::Insert:
      if (!is_named) place.error("the action insert needs new_name");
      break;
    case Action::Combine:
      if (!is_named) place.error("the action combine needs new_name");
      if (transform.aggregation_type.empty())
        place.error("the action combine needs aggregation_type");
      break;
    case Action::Group:
      if (!transform.group_resource_labels)
        place.error("the action group needs group_resource_labels");
      break;
    case Action::Update: break;
  }
  check_aggregation(transform.aggregation_type, place);
  if (transform.submatch_case.empty()) return;
  if (transform.submatch_case != "lower" && transform.submatch_case != "upper")
    return place.of("submatch_case").expected("lower or upper");
  place.of("submatch_case")
      .warning(
          "this option has no effect, as in the OpenTelemetry Collector: values stay as they stand "
          "in the name");
}

/// For options that only these actions look at; of one that is missing nothing is said.
auto unless(std::initializer_list<OperationAction> actions) {
  return [actions = std::vector(actions)](const OperationConfig& config) {
    return config.action != OperationAction::None &&
           std::find(actions.begin(), actions.end(), config.action) == actions.end();
  };
}

constexpr std::string_view kThisAction = "with this action";

}  // namespace

const config::Schema<ValueActionConfig>& schema_of(const ValueActionConfig*) {
  using C = ValueActionConfig;
  static const auto schema = config::Schema<C>()
                                 .field("value", &C::value, "A value of the label.")
                                 .field("new_value", &C::new_value, "What stands in its place.");
  return schema;
}

const config::Schema<OperationConfig>& schema_of(const OperationConfig*) {
  using C = OperationConfig;
  using A = OperationAction;
  static const auto schema =
      config::Schema<C>()
          .field("action", &C::action, "What is done to the metric.")
          .field("label", &C::label, "The label (attribute of data points) that it is about.")
          .ignored_if(unless({A::UpdateLabel, A::DeleteLabelValue, A::AggregateLabelValues}),
                      kThisAction)
          .field("new_label", &C::new_label, "The label to add, or the new name of the label.")
          .ignored_if(unless({A::AddLabel, A::UpdateLabel}), kThisAction)
          .field("new_value", &C::new_value,
                 "The value of an added label, or of aggregated values; {{version}} is the version "
                 "of this program.")
          .ignored_if(unless({A::AddLabel, A::AggregateLabelValues}), kThisAction)
          .field("label_value", &C::label_value,
                 "The value whose data points are deleted (delete_label_value).")
          .ignored_if(unless({A::DeleteLabelValue}), kThisAction)
          .field("label_set", &C::label_set,
                 "The labels that stay; data points that are then alike become one "
                 "(aggregate_labels). Without it, none stays.")
          .ignored_if(unless({A::AggregateLabels}), kThisAction)
          .field("aggregated_values", &C::aggregated_values,
                 "The values that become new_value (aggregate_label_values).")
          .ignored_if(unless({A::AggregateLabelValues}), kThisAction)
          .field("aggregation_type", &C::aggregation_type,
                 "How numbers become one: sum, mean, min, max, median or count; histograms are "
                 "always added up. Without it the first stands for all.")
          .ignored_if(unless({A::AggregateLabels, A::AggregateLabelValues}), kThisAction)
          .field("experimental_scale", &C::experimental_scale,
                 "What values are multiplied by (experimental_scale_value).")
          .ignored_if(unless({A::ScaleValue}), kThisAction)
          .field("value_actions", &C::value_actions,
                 "How values of the label are renamed (update_label).")
          .ignored_if(unless({A::UpdateLabel}), kThisAction)
          .check(check_operation);
  return schema;
}

const config::Schema<TransformConfig>& schema_of(const TransformConfig*) {
  using C = TransformConfig;
  const auto is_group = [](const C& config) { return config.action == Action::Group; };
  const auto is_no_group = [](const C& config) {
    return config.action != Action::Group && config.action != Action::None;
  };
  const auto is_no_combine = [](const C& config) {
    return config.action != Action::Combine && config.action != Action::None;
  };
  static const auto schema =
      config::Schema<C>()
          .field("include", &C::include, "The name of the metrics that are meant.")
          .field("match_type", &C::match_type,
                 "Whether include and the label values are texts (strict) or regular expressions "
                 "(regexp).")
          .field("experimental_match_labels", &C::experimental_match_labels,
                 "Only metrics and data points with these labels; an empty value stands for a "
                 "label that is not there.")
          .field("action", &C::action,
                 "What becomes of them: they are changed (update), a changed copy is added "
                 "(insert), they become one (combine), or get a resource of their own (group).")
          .field("new_name", &C::new_name,
                 "The new name; with regexp, $1 and ${name} stand for groups of include.")
          .ignored_if(is_group, kThisAction)
          .field("group_resource_labels", &C::group_resource_labels,
                 "Attributes that the resource gets (group).")
          .ignored_if(is_no_group, kThisAction)
          .field("aggregation_type", &C::aggregation_type,
                 "How data points that are alike become one (combine).")
          .ignored_if(is_no_combine, kThisAction)
          .field("submatch_case", &C::submatch_case,
                 "lower or upper; taken for compatibility, it has no effect.")
          .field("operations", &C::operations, "What is done to the metrics, in this order.")
          .ignored_if(is_group, kThisAction)
          .check(check_transform);
  return schema;
}

const config::Schema<Config>& schema_of(const Config*) {
  static const auto schema = config::Schema<Config>().field(
      "transforms", &Config::transforms,
      "What is done, in this order; each sees what those before have made.");
  return schema;
}

}  // namespace sluice::components::metricstransform_processor
