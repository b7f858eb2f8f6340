#pragma once

#include <optional>
#include <string>
#include <vector>

#include "components/processors/metricstransform/config.h"
#include "components/processors/metricstransform/metric_filter.h"
#include "otlp/aggregate.h"

namespace sluice::components::metricstransform_processor {

/// An operation on one metric, ready to run. Immutable. Labels that it puts in point into it, so it
/// must outlive the records.
class Operation {
 public:
  explicit Operation(const OperationConfig& config);

  /// `whole` says that all data points are meant: most operations do nothing otherwise.
  void run(otlp::Metric& metric, const MetricFilter& filter, bool whole, Arena& arena) const;

 private:
  void add_label(otlp::Metric& metric, Arena& arena) const;
  void update_label(otlp::Metric& metric, const MetricFilter& filter) const;
  void delete_label_value(otlp::Metric& metric) const;
  void toggle_type(otlp::Metric& metric, const MetricFilter& filter) const;
  void scale(otlp::Metric& metric, const MetricFilter& filter) const;
  void aggregate_labels(otlp::Metric& metric, Arena& arena) const;
  void aggregate_label_values(otlp::Metric& metric, Arena& arena) const;

  OperationConfig config_;
  otlp::Aggregation aggregation_;
};

}  // namespace sluice::components::metricstransform_processor
