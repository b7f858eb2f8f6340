#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "components/processors/metricstransform/config.h"
#include "otlp/records.h"
#include "ottl/regex.h"

namespace sluice::components::metricstransform_processor {

/// Which metrics and data points a transform is about. Immutable.
class MetricFilter {
 public:
  static Result<MetricFilter> make(const TransformConfig& config);

  bool has_name(std::string_view name) const;
  /// Whether the labels of a data point are as wanted.
  bool has(const otlp::Attributes& attributes) const;
  /// By its name, and any or all of its points; true if it has none.
  bool has_any_point(const otlp::Metric& metric) const;
  bool has_all_points(const otlp::Metric& metric) const;

  /// The new name, with the groups of the regular expression put in where it matches.
  std::string_view new_name(std::string_view wanted, std::string_view name, Arena& arena) const;
  /// Puts what the groups of the regular expression match in `name` into the attributes of all
  /// points.
  void add_groups(std::string_view name, otlp::Metric& metric, Arena& arena) const;

 private:
  struct Label {
    std::string key;
    std::string text;
    std::vector<ottl::Regex> pattern;  ///< one, or none: the text as it is
  };
  std::string name_;
  std::vector<ottl::Regex> pattern_;  // one, or none: the name as it is
  std::vector<std::string> group_names_;
  std::vector<Label> labels_;
};

/// The text of a label; empty for other values and where there is none, as in the original.
std::string_view label_text(const otlp::Value* value);

}  // namespace sluice::components::metricstransform_processor
