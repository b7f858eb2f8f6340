#include "components/processors/metricstransform/metric_filter.h"

#include <algorithm>

#include "ottl/value.h"

namespace sluice::components::metricstransform_processor {

std::string_view label_text(const otlp::Value* value) {
  return value != nullptr && value->is_string() ? value->view() : std::string_view();
}

Result<MetricFilter> MetricFilter::make(const TransformConfig& config) {
  MetricFilter filter;
  filter.name_ = config.include;
  const bool is_regexp = config.match_type == "regexp";
  if (is_regexp) {
    auto pattern = ottl::Regex::compile(config.include);
    if (!pattern.ok()) return pattern.status();
    filter.group_names_ = pattern->group_names();
    for (size_t i = 0; i < filter.group_names_.size(); ++i) {
      if (filter.group_names_[i].empty()) filter.group_names_[i] = "$" + std::to_string(i + 1);
    }
    filter.pattern_.push_back(std::move(*pattern));
  }
  for (const auto& [key, text] : config.experimental_match_labels) {
    Label label{key, text, {}};
    if (is_regexp) {
      auto pattern = ottl::Regex::compile(text);
      if (!pattern.ok()) return pattern.status();
      label.pattern.push_back(std::move(*pattern));
    }
    filter.labels_.push_back(std::move(label));
  }
  return filter;
}

bool MetricFilter::has_name(std::string_view name) const {
  return pattern_.empty() ? name == name_ : pattern_.front().matches(name);
}

bool MetricFilter::has(const otlp::Attributes& attributes) const {
  return std::all_of(labels_.begin(), labels_.end(), [&](const Label& label) {
    const std::string_view text = label_text(ottl::find(ottl::map_value(attributes), label.key));
    return label.pattern.empty() ? text == label.text : label.pattern.front().matches(text);
  });
}

bool MetricFilter::has_any_point(const otlp::Metric& metric) const {
  const auto& points = metric.data_points;
  return has_name(metric.name) &&
         (labels_.empty() || points.empty() ||
          std::any_of(points.begin(), points.end(),
                      [&](const otlp::DataPoint& point) { return has(point.attributes); }));
}

bool MetricFilter::has_all_points(const otlp::Metric& metric) const {
  return labels_.empty() ||
         std::all_of(metric.data_points.begin(), metric.data_points.end(),
                     [&](const otlp::DataPoint& point) { return has(point.attributes); });
}

std::string_view MetricFilter::new_name(std::string_view wanted, std::string_view name,
                                        Arena& arena) const {
  ottl::Regex::Groups groups;
  if (pattern_.empty() || !pattern_.front().find(name, 0, groups)) return wanted;
  std::string expanded;
  pattern_.front().expand(wanted, groups, expanded);
  return expanded.empty() ? wanted : arena.copy(expanded);
}

void MetricFilter::add_groups(std::string_view name, otlp::Metric& metric, Arena& arena) const {
  ottl::Regex::Groups groups;
  if (pattern_.empty() || !pattern_.front().find(name, 0, groups)) return;
  for (otlp::DataPoint& point : metric.data_points) {
    for (size_t i = 1; i < groups.size(); ++i) {
      if (groups[i].empty()) continue;
      ottl::find_or_add(point.attributes, group_names_[i - 1], arena) =
          otlp::Value::string(groups[i]);
    }
  }
}

}  // namespace sluice::components::metricstransform_processor
