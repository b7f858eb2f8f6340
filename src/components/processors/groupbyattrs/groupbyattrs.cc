#include "components/processors/groupbyattrs/groupbyattrs.h"

#include <algorithm>

#include "components/processors/groupbyattrs/config.h"
#include "otlp/clone.h"
#include "ottl/value.h"
#include "pipeline/records.h"

namespace sluice::components {
namespace {

using groupbyattrs_processor::Config;
using otlp::Attributes;
using otlp::Metric;

/// The order does not matter.
bool same_attributes(const Attributes& a, const Attributes& b) {
  return ottl::equal(ottl::map_value(a), ottl::map_value(b));
}

bool same_scope(const otlp::Scope& a, const otlp::Scope& b) {
  return a.name == b.name && a.version == b.version && same_attributes(a.attributes, b.attributes);
}

bool same_metric(const Metric& a, const Metric& b) {
  return a.name == b.name && a.unit == b.unit && a.kind == b.kind &&
         a.is_monotonic == b.is_monotonic && a.aggregation_temporality == b.aggregation_temporality;
}

/// The request anew: every record under the resource that it belongs to.
template <typename Record>
class Regroup {
 public:
  using Resource = otlp::ResourceGroup<Record>;
  using Scope = otlp::ScopeGroup<Record>;

  Regroup(const std::vector<std::string>& keys, Arena& arena) : keys_(keys), arena_(arena) {}

  otlp::Request<Record> run(otlp::Request<Record>& request) {
    for (Resource& group : request.resources) {
      for (Scope& scope : group.scopes) {
        for (Record& record : scope.records) add(group, scope, record);
      }
    }
    return out_;
  }

 private:
  void add(const Resource& group, const Scope& scope, Record& record) {
    if constexpr (std::is_same_v<Record, Metric>) {
      for (otlp::DataPoint& point : record.data_points) {
        Scope& to = scope_for(group, scope, point.attributes);
        metric_in(to, record).data_points.push_back(arena_, point);
      }
    } else {
      scope_for(group, scope, record.attributes).records.push_back(arena_, record);
    }
  }

  Metric& metric_in(Scope& scope, const Metric& like) {
    for (Metric& metric : scope.records) {
      if (same_metric(metric, like)) return metric;
    }
    Metric& made = scope.records.push_back(arena_, like);
    made.data_points = {};
    return made;
  }

  /// Moves the keys out of `attributes`, and finds the scope under the resource that has them.
  Scope& scope_for(const Resource& group, const Scope& scope, Attributes& attributes) {
    Attributes wanted = otlp::clone(group.resource.attributes, arena_);
    for (const otlp::KeyValue& kv : attributes) {
      if (is_key(kv.key)) ottl::find_or_add(wanted, kv.key, arena_) = kv.value;
    }
    pipeline::remove_if(attributes, [&](const otlp::KeyValue& kv) { return is_key(kv.key); });
    Resource& resource = resource_with(wanted, group);
    for (Scope& known : resource.scopes) {
      if (same_scope(known.scope, scope.scope)) return known;
    }
    Scope& made = resource.scopes.push_back(arena_, scope);
    made.records = {};
    return made;
  }

  Resource& resource_with(const Attributes& wanted, const Resource& like) {
    for (Resource& known : out_.resources) {
      if (same_attributes(known.resource.attributes, wanted)) return known;
    }
    Resource& made = out_.resources.push_back(arena_, like);
    made.resource.attributes = wanted;
    made.scopes = {};
    return made;
  }

  bool is_key(std::string_view key) const {
    return std::find(keys_.begin(), keys_.end(), key) != keys_.end();
  }

  const std::vector<std::string>& keys_;
  Arena& arena_;
  otlp::Request<Record> out_;
};

class Grouper final : public pipeline::Consumer {
 public:
  Grouper(pipeline::Consumer& next, const Config& config) : next_(next), config_(config) {}
  void consume(pipeline::Batch&& batch) override {
    pipeline::visit_request(batch, [&]<typename Record>(otlp::Request<Record>& request) {
      request = Regroup<Record>(config_.keys, *batch.arena).run(request);
    });
    next_.consume(std::move(batch));
  }

 private:
  pipeline::Consumer& next_;
  const Config& config_;
};

class GroupByAttrsProcessor final : public pipeline::Processor {
 public:
  explicit GroupByAttrsProcessor(Config config) : config_(std::move(config)) {}
  static Result<std::unique_ptr<pipeline::Processor>> make(const Config& config,
                                                           const pipeline::ComponentId&,
                                                           otlp::Signal, pipeline::Host&) {
    return std::unique_ptr<pipeline::Processor>(std::make_unique<GroupByAttrsProcessor>(config));
  }
  std::unique_ptr<pipeline::Consumer> stage(size_t, pipeline::Consumer& next) override {
    return std::make_unique<Grouper>(next, config_);
  }

 private:
  const Config config_;
};

}  // namespace

std::unique_ptr<pipeline::Factory> groupbyattrs_processor_factory() {
  return std::make_unique<pipeline::ProcessorFactory<Config>>(
      pipeline::Factory::About{config::Section::Processors, "groupbyattrs",
                               "Moves records to resources by their attributes."},
      &GroupByAttrsProcessor::make);
}

}  // namespace sluice::components
