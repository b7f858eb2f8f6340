#include "components/processors/groupbyattrs/groupbyattrs.h"

#include <algorithm>
#include <unordered_map>

#include "components/processors/groupbyattrs/config.h"
#include "ottl/value.h"
#include "pipeline/records.h"
#include "pipeline/series_key.h"

namespace sluice::components {
namespace {

using groupbyattrs_processor::Config;
using otlp::Attributes;
using otlp::Metric;

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
  /// Where something stands: a number for each that is different.
  using Index = std::unordered_map<std::string, uint32_t, pipeline::KeyHash, std::equal_to<>>;

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

  /// REQUIRES: key_ names the scope.
  Metric& metric_in(Scope& scope, const Metric& like) {
    key_.add(like.name);
    key_.add(like.unit);
    key_.add(static_cast<uint64_t>(like.kind));
    key_.add(uint64_t{like.is_monotonic});
    key_.add(static_cast<uint64_t>(like.aggregation_temporality));
    const auto found = metrics_.find(key_.view());
    if (found != metrics_.end()) return scope.records[found->second];
    metrics_.emplace(key_.view(), scope.records.size());
    Metric& made = scope.records.push_back(arena_, like);
    made.data_points = {};
    return made;
  }

  /// Moves the keys out of `attributes`, and finds the scope under the resource that has them.
  Scope& scope_for(const Resource& group, const Scope& scope, Attributes& attributes) {
    wanted_.clear();
    for (const otlp::KeyValue& kv : group.resource.attributes) wanted_.push_back(arena_, kv);
    for (const std::string& key : keys_) {
      const otlp::Value* value = ottl::find(attributes, key);
      if (value != nullptr) ottl::find_or_add(wanted_, key, arena_) = *value;
    }
    for (const std::string& key : keys_) ottl::remove(attributes, key);
    const uint32_t at = resource_with_wanted(group);
    Resource& resource = out_.resources[at];
    key_.clear();
    key_.add(uint64_t{at});
    key_.add(scope.scope.name);
    key_.add(scope.scope.version);
    key_.add(scope.scope.attributes);
    const auto found = scopes_.find(key_.view());
    if (found != scopes_.end()) return resource.scopes[found->second];
    scopes_.emplace(key_.view(), resource.scopes.size());
    Scope& made = resource.scopes.push_back(arena_, scope);
    made.records = {};
    return made;
  }

  uint32_t resource_with_wanted(const Resource& like) {
    key_.clear();
    key_.add(wanted_);
    const auto found = resources_.find(key_.view());
    if (found != resources_.end()) return found->second;
    const uint32_t at = out_.resources.size();
    resources_.emplace(key_.view(), at);
    Resource& made = out_.resources.push_back(arena_, like);
    made.resource.attributes = {};
    for (const otlp::KeyValue& kv : wanted_)
      made.resource.attributes.push_back(arena_, {kv.key, ottl::own_copy(kv.value, arena_)});
    made.scopes = {};
    return at;
  }

  const std::vector<std::string>& keys_;
  Arena& arena_;
  otlp::Request<Record> out_;
  Attributes wanted_;  // of the record at hand
  pipeline::SeriesKey key_;
  Index resources_, scopes_, metrics_;
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
