#include "components/processors/metricstransform/metricstransform.h"

#include <set>

#include "base/log.h"
#include "components/processors/metricstransform/operation.h"
#include "otlp/clone.h"
#include "ottl/value.h"
#include "pipeline/records.h"

namespace sluice::components {
namespace {

using namespace metricstransform_processor;
using otlp::Metric;
using otlp::MetricKind;
using Metrics = ArenaVector<Metric>;
using ResourceGroup = otlp::ResourceGroup<Metric>;
using ScopeGroup = otlp::ScopeGroup<Metric>;

/// What is compiled of a transform; the lanes share it.
struct Transform {
  TransformConfig config;
  MetricFilter filter;
  std::vector<Operation> operations;
};

std::set<std::string_view> label_names(const Metric& metric) {
  std::set<std::string_view> names;
  for (const otlp::DataPoint& point : metric.data_points) {
    for (const otlp::KeyValue& kv : point.attributes) names.insert(kv.key);
  }
  return names;
}

/// Why two metrics cannot become one; empty if they can.
std::string_view obstacle(const Metric& a, const Metric& b) {
  if (a.kind != b.kind) return "their types differ";
  if (a.unit != b.unit) return "their units differ";
  if (label_names(a) != label_names(b)) return "their labels differ";
  if (a.aggregation_temporality != b.aggregation_temporality) return "their temporalities differ";
  if (a.is_monotonic != b.is_monotonic) return "only one of them is monotonic";
  return {};
}

/// Does what the transforms say to the metrics of one batch.
class Run {
 public:
  Run(const std::vector<Transform>& transforms, Arena& arena)
      : transforms_(transforms), arena_(arena) {}

  void over(otlp::MetricsRequest& request) {
    pipeline::remove_if(request.resources, [&](ResourceGroup& group) {
      pipeline::remove_if(group.scopes, [&](ScopeGroup& scope) {
        for (const Transform& transform : transforms_) apply(transform, group, scope);
        return scope.records.empty();
      });
      return group.scopes.empty();
    });
    for (const ResourceGroup& group : grouped_) request.resources.push_back(arena_, group);
  }

 private:
  void apply(const Transform& transform, const ResourceGroup& group, ScopeGroup& scope) {
    switch (transform.config.action) {
      case Action::Update: return update(transform, scope.records);
      case Action::Insert: return insert(transform, scope.records);
      case Action::Combine: return combine(transform, scope.records);
      case Action::Group: return put_apart(transform, group, scope);
      case Action::None: break;
    }
  }

  /// False if all of its data points are gone.
  bool change(const Transform& transform, Metric& metric) const {
    const bool was_empty = metric.data_points.empty();
    const bool whole =
        transform.config.action != Action::Update || transform.filter.has_all_points(metric);
    if (!transform.config.new_name.empty() && whole)
      metric.name = transform.filter.new_name(transform.config.new_name, metric.name, arena_);
    for (const Operation& operation : transform.operations)
      operation.run(metric, transform.filter, whole, arena_);
    return was_empty || !metric.data_points.empty();
  }

  void update(const Transform& transform, Metrics& metrics) const {
    pipeline::remove_if(metrics, [&](Metric& metric) {
      return transform.filter.has_any_point(metric) && !change(transform, metric);
    });
  }

  void insert(const Transform& transform, Metrics& metrics) const {
    const uint32_t count = metrics.size();
    for (uint32_t i = 0; i < count; ++i) {
      if (!transform.filter.has_any_point(metrics[i])) continue;
      Metric copy = otlp::clone(metrics[i], arena_);
      keep_matching(transform, copy);
      if (change(transform, copy)) metrics.push_back(arena_, copy);
    }
  }

  void combine(const Transform& transform, Metrics& metrics) const {
    Metrics matching;
    for (const Metric& metric : metrics) {
      if (transform.filter.has_any_point(metric)) matching.push_back(arena_, metric);
    }
    if (matching.empty() || !can_combine(matching)) return;
    pipeline::remove_if(
        metrics, [&](const Metric& metric) { return transform.filter.has_any_point(metric); });
    Metric combined = matching[0];
    combined.name = transform.config.new_name;
    combined.data_points = {};
    for (Metric& metric : matching) {
      keep_matching(transform, metric);
      transform.filter.add_groups(metric.name, metric, arena_);
      for (const otlp::DataPoint& point : metric.data_points)
        combined.data_points.push_back(arena_, point);
    }
    otlp::aggregate_points(combined, *otlp::aggregation_of_name(transform.config.aggregation_type),
                           arena_);
    if (change(transform, combined)) metrics.push_back(arena_, combined);
  }

  static bool can_combine(const Metrics& metrics) {
    for (const Metric& metric : metrics) {
      const std::string_view why = metric.kind == MetricKind::Summary
                                       ? std::string_view("summaries cannot be merged")
                                       : obstacle(metrics[0], metric);
      if (why.empty()) continue;
      log::warn("metrics that metricstransform was to combine are left as they are",
                {{"first", metrics[0].name}, {"other", metric.name}, {"because", why}});
      return false;
    }
    return true;
  }

  /// A resource for each scope, even where nothing matches, as in the original.
  void put_apart(const Transform& transform, const ResourceGroup& group, ScopeGroup& scope) {
    ResourceGroup& made = grouped_.emplace_back(arena_);
    made.resource = group.resource;
    made.resource.attributes = otlp::clone(group.resource.attributes, arena_);
    for (const auto& [key, value] : *transform.config.group_resource_labels)
      ottl::find_or_add(made.resource.attributes, key, arena_) = otlp::Value::string(value);
    ScopeGroup& to = made.scopes.emplace_back(arena_);
    to.scope = scope.scope;
    pipeline::remove_if(scope.records, [&](Metric& metric) {
      if (!transform.filter.has_any_point(metric)) return false;
      keep_matching(transform, metric);
      to.records.push_back(arena_, metric);
      return true;
    });
  }

  void keep_matching(const Transform& transform, Metric& metric) const {
    pipeline::remove_if(metric.data_points, [&](const otlp::DataPoint& point) {
      return !transform.filter.has(point.attributes);
    });
  }

  const std::vector<Transform>& transforms_;
  Arena& arena_;
  ArenaVector<ResourceGroup> grouped_;
};

class Changer final : public pipeline::Consumer {
 public:
  Changer(pipeline::Consumer& next, const std::vector<Transform>& transforms)
      : next_(next), transforms_(transforms) {}
  void consume(pipeline::Batch&& batch) override {
    Run(transforms_, *batch.arena).over(*batch.metrics);
    next_.consume(std::move(batch));
  }

 private:
  pipeline::Consumer& next_;
  const std::vector<Transform>& transforms_;
};

class MetricsTransformProcessor final : public pipeline::Processor {
 public:
  explicit MetricsTransformProcessor(std::vector<Transform> transforms)
      : transforms_(std::move(transforms)) {}

  static Result<std::unique_ptr<pipeline::Processor>> make(const Config& config,
                                                           const pipeline::ComponentId&,
                                                           otlp::Signal, pipeline::Host&) {
    std::vector<Transform> transforms;
    for (const TransformConfig& transform : config.transforms) {
      auto filter = MetricFilter::make(transform);
      if (!filter.ok()) return filter.status();
      std::vector<Operation> operations(transform.operations.begin(), transform.operations.end());
      transforms.push_back({transform, std::move(*filter), std::move(operations)});
    }
    return std::unique_ptr<pipeline::Processor>(
        std::make_unique<MetricsTransformProcessor>(std::move(transforms)));
  }

  std::unique_ptr<pipeline::Consumer> stage(size_t, pipeline::Consumer& next) override {
    return std::make_unique<Changer>(next, transforms_);
  }

 private:
  const std::vector<Transform> transforms_;
};

}  // namespace

std::unique_ptr<pipeline::Factory> metricstransform_processor_factory() {
  return std::make_unique<pipeline::ProcessorFactory<Config>>(
      pipeline::Factory::About{
          config::Section::Processors,
          "metricstransform",
          "Renames, copies, combines and aggregates metrics, and changes their labels.",
          {"metrics_transform"},
          {.logs = false, .traces = false}},
      &MetricsTransformProcessor::make);
}

}  // namespace sluice::components
