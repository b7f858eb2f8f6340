#pragma once

// The metricstransform processor's options, as the OpenTelemetry Collector names them.

#include <optional>
#include <string>
#include <vector>

#include "config/schema.h"

namespace sluice::components::metricstransform_processor {

enum class Action : uint8_t { None, Insert, Update, Combine, Group };
enum class OperationAction : uint8_t {
  None,
  AddLabel,
  UpdateLabel,
  DeleteLabelValue,
  ToggleScalarDataType,
  ScaleValue,
  AggregateLabels,
  AggregateLabelValues
};

struct ValueActionConfig {
  std::string value;
  std::string new_value;
};

struct OperationConfig {
  OperationAction action = OperationAction::None;
  std::string label;
  std::string new_label;
  std::string new_value;
  std::string label_value;
  std::vector<std::string> label_set;
  std::vector<std::string> aggregated_values;
  std::string aggregation_type;
  double experimental_scale = 0;
  std::vector<ValueActionConfig> value_actions;
};

struct TransformConfig {
  std::string include;
  std::string match_type;
  config::Dictionary<std::string> experimental_match_labels;
  Action action = Action::None;
  std::string new_name;
  std::optional<config::Dictionary<std::string>> group_resource_labels;
  std::string aggregation_type;
  std::string submatch_case;
  std::vector<OperationConfig> operations;
};

struct Config {
  std::vector<TransformConfig> transforms;
};

const config::Schema<ValueActionConfig>& schema_of(const ValueActionConfig*);
const config::Schema<OperationConfig>& schema_of(const OperationConfig*);
const config::Schema<TransformConfig>& schema_of(const TransformConfig*);
const config::Schema<Config>& schema_of(const Config*);

}  // namespace sluice::components::metricstransform_processor

namespace sluice::config {

template <>
struct Words<components::metricstransform_processor::Action> {
  using Value = components::metricstransform_processor::Action;
  static constexpr std::array<std::pair<std::string_view, Value>, 4> kAll = {
      {{"insert", Value::Insert},
       {"update", Value::Update},
       {"combine", Value::Combine},
       {"group", Value::Group}}};
};

template <>
struct Words<components::metricstransform_processor::OperationAction> {
  using Value = components::metricstransform_processor::OperationAction;
  static constexpr std::array<std::pair<std::string_view, Value>, 7> kAll = {
      {{"add_label", Value::AddLabel},
       {"update_label", Value::UpdateLabel},
       {"delete_label_value", Value::DeleteLabelValue},
       {"toggle_scalar_data_type", Value::ToggleScalarDataType},
       {"experimental_scale_value", Value::ScaleValue},
       {"aggregate_labels", Value::AggregateLabels},
       {"aggregate_label_values", Value::AggregateLabelValues}}};
};

}  // namespace sluice::config
