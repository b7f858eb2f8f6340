#include "components/connectors/routing/routing.h"

#include <algorithm>
#include <set>

#include "components/connectors/routing/config.h"
#include "pipeline/frames.h"
#include "pipeline/records.h"
#include "pipeline/subset.h"

namespace sluice::components {
namespace {

using ottl::ContextKind;
using routing_connector::Action;
using routing_connector::Config;
using routing_connector::context_of;
using routing_connector::RequestCondition;
using routing_connector::RouteConfig;

/// A route, ready to be tried; belongs to one lane.
struct Route {
  std::optional<RequestCondition> request;
  ContextKind context = ContextKind::Resource;
  std::optional<ottl::Program> program;  ///< none: it is about another signal and never matches
  bool is_statement = false;
  Action action = Action::Move;
  std::unique_ptr<pipeline::FanOut> next;
};

/// A metric with a list of points of its own: others may be taken out of the first one.
otlp::Metric apart(const otlp::Metric& metric, Arena& arena) {
  otlp::Metric out = metric;
  out.data_points = {};
  for (const otlp::DataPoint& point : metric.data_points) out.data_points.push_back(arena, point);
  return out;
}
template <typename Record>
Record apart(const Record& record, Arena&) {
  return record;
}

/// The same for all lists of a resource's scopes and records.
template <typename Record>
otlp::ResourceGroup<Record> apart(const otlp::ResourceGroup<Record>& group, Arena& arena) {
  otlp::ResourceGroup<Record> out = group;
  out.scopes = {};
  for (const otlp::ScopeGroup<Record>& scope : group.scopes) {
    otlp::ScopeGroup<Record>& copied = out.scopes.push_back(arena, scope);
    copied.records = {};
    for (const Record& record : scope.records)
      copied.records.push_back(arena, apart(record, arena));
  }
  return out;
}

/// Takes one request apart.
template <typename Record>
class Sorter {
 public:
  Sorter(const std::vector<Route>& routes, ottl::ErrorMode mode, pipeline::Batch& batch,
         otlp::Request<Record>& request)
      : mode_(mode), batch_(batch), request_(request), frame_(pipeline::frame_of(batch)) {
    for (size_t i = 0; i < routes.size(); ++i) taken_.emplace_back(*batch.arena);
  }

  /// False where an error must be propagated.
  bool try_route(const Route& route, size_t index) {
    taken_at_ = &taken_[index];
    if (route.request) {
      take_all(route);
    } else if (route.program) {
      take_matching(route);
    }
    return !frame_.failed();
  }

  const pipeline::Subset<Record>& taken(size_t index) const { return taken_[index]; }
  std::string_view error() const { return frame_.error; }

 private:
  void take_all(const Route& route) {
    if (!holds(*route.request)) return;
    for (const auto& group : request_.resources) add(route, group);
    if (route.action == Action::Move) request_.resources.clear();
  }

  bool holds(const RequestCondition& condition) const {
    const auto holds_in = [&](const otlp::Metadata::Entries& entries) {
      const auto* entry = otlp::Metadata::find(entries, condition.header);
      return entry != nullptr &&
             std::any_of(entry->values.begin(), entry->values.end(), [&](std::string_view value) {
               return (value == condition.value) == condition.equal;
             });
    };
    const otlp::Metadata* metadata = batch_.metadata;
    return metadata != nullptr && (holds_in(metadata->grpc) || holds_in(metadata->entries));
  }

  bool matches(const Route& route) {
    if (frame_.failed()) return false;
    otlp::Attributes cache;
    frame_.cache = &cache;
    if (!route.is_statement)
      return route.program->any_holds(frame_, mode_, false) && !frame_.failed();
    bool matched = false;
    return route.program->run_first(frame_, mode_, matched) && matched;
  }

  void take_matching(const Route& route) {
    const bool moves = route.action == Action::Move;
    pipeline::remove_if(request_.resources, [&](auto& group) {
      pipeline::set_resource(frame_, group);
      if (route.context == ContextKind::Resource) {
        if (!matches(route)) return false;
        add(route, group);
        return moves;
      }
      pipeline::remove_if(group.scopes, [&](auto& scope) {
        pipeline::set_scope(frame_, scope);
        pipeline::remove_if(scope.records, [&](auto& record) {
          return take(route, group, scope, record) && moves;
        });
        return moves && scope.records.empty();
      });
      return moves && group.scopes.empty();
    });
  }

  template <typename Group, typename Scope>
  bool take(const Route& route, const Group& group, const Scope& scope, otlp::LogRecord& record) {
    frame_.log = &record;
    return take_whole(route, group, scope, record);
  }
  template <typename Group, typename Scope>
  bool take(const Route& route, const Group& group, const Scope& scope, otlp::Span& span) {
    frame_.span = &span;
    return take_whole(route, group, scope, span);
  }
  /// By data points, the metric goes with those that match, and stays with the others.
  template <typename Group, typename Scope>
  bool take(const Route& route, const Group& group, const Scope& scope, otlp::Metric& metric) {
    frame_.metric = &metric;
    if (route.context == ContextKind::Metric) return take_whole(route, group, scope, metric);
    otlp::Metric part = metric;
    part.data_points = {};
    pipeline::remove_if(metric.data_points, [&](otlp::DataPoint& point) {
      frame_.point = &point;
      if (!matches(route)) return false;
      part.data_points.push_back(*batch_.arena, point);
      return route.action == Action::Move;
    });
    if (!part.data_points.empty()) taken_at_->add(group, scope, part);
    return metric.kind != otlp::MetricKind::None && metric.data_points.empty();
  }

  template <typename Group, typename Scope>
  bool take_whole(const Route& route, const Group& group, const Scope& scope,
                  const Record& record) {
    if (!matches(route)) return false;
    const bool moves = route.action == Action::Move;
    taken_at_->add(group, scope, moves ? record : apart(record, *batch_.arena));
    return true;
  }

  void add(const Route& route, const otlp::ResourceGroup<Record>& group) {
    taken_at_->add(route.action == Action::Move ? group : apart(group, *batch_.arena));
  }

  const ottl::ErrorMode mode_;
  pipeline::Batch& batch_;
  otlp::Request<Record>& request_;
  ottl::Frame frame_;
  std::vector<pipeline::Subset<Record>> taken_;
  pipeline::Subset<Record>* taken_at_ = nullptr;
};

class Router final : public pipeline::Consumer {
 public:
  /// `rest` may be null: what no route takes is thrown away.
  Router(std::vector<Route> routes, ottl::ErrorMode mode, std::unique_ptr<pipeline::FanOut> rest)
      : routes_(std::move(routes)), mode_(mode), rest_(std::move(rest)) {}

  void consume(pipeline::Batch&& batch) override {
    pipeline::visit_request(batch, [&]<typename Record>(otlp::Request<Record>& request) {
      Sorter<Record> sorter(routes_, mode_, batch, request);
      for (size_t i = 0; i < routes_.size(); ++i) {
        if (sorter.try_route(routes_[i], i)) continue;
        batch.ack.resolve({unavailable("a route's condition failed, and error_mode is propagate: " +
                                       std::string(sorter.error())),
                           0,
                           {}});
        return;
      }
      pass_on(std::move(batch), sorter, rest_ != nullptr && !request.resources.empty());
    });
  }

 private:
  /// Routes share what their records hold with each other and with the rest, so those that only
  /// read come first, and those that change it get copies. The last of them needs none.
  template <typename Record>
  void pass_on(pipeline::Batch&& batch, const Sorter<Record>& sorter, bool has_rest) {
    std::vector<size_t> takers;
    for (size_t i = 0; i < routes_.size(); ++i) {
      const pipeline::Subset<Record>& taken = sorter.taken(i);
      if (taken.empty()) continue;
      if (pipeline::Reader* reader = routes_[i].next->reader()) {
        reader->read(taken.view(batch), batch.ack.split());
      } else {
        takers.push_back(i);
      }
    }
    pipeline::FanOut* last = nullptr;
    if (has_rest) {
      if (pipeline::Reader* reader = rest_->reader()) {
        reader->read(batch.view(), batch.ack.split());
      } else {
        last = rest_.get();
      }
    }
    if (last == nullptr && !takers.empty()) {
      last = routes_[takers.back()].next.get();
      sorter.taken(takers.back()).replace_in(batch);
      takers.pop_back();
    }
    for (const size_t i : takers) routes_[i].next->consume(sorter.taken(i).to_batch(batch));
    if (last == nullptr) {
      batch.ack.resolve({});
    } else {
      last->consume(std::move(batch));
    }
  }

  const std::vector<Route> routes_;
  const ottl::ErrorMode mode_;
  const std::unique_ptr<pipeline::FanOut> rest_;
};

class RoutingConnector final : public pipeline::Connector {
 public:
  RoutingConnector(Config config, otlp::Signal signal)
      : config_(std::move(config)), signal_(signal) {}

  static Result<std::unique_ptr<pipeline::Connector>> make(const Config& config,
                                                           const pipeline::ComponentId&,
                                                           otlp::Signal signal, pipeline::Host&) {
    return std::unique_ptr<pipeline::Connector>(std::make_unique<RoutingConnector>(config, signal));
  }

  Result<std::unique_ptr<pipeline::Consumer>> stage(size_t, const Outputs& outputs) override {
    std::vector<Route> routes;
    std::set<std::pair<std::string, std::string>> seen;
    for (const RouteConfig& config : config_.table) {
      Route route = make_route(config);
      auto next = pipelines(config.pipelines, outputs);
      if (!next.ok()) return next.status();
      route.next = std::make_unique<pipeline::FanOut>(*next);
      // The second of two routes with one condition never gets anything, as in the original.
      if (seen.insert({context_of(config), statement_of(config)}).second)
        routes.push_back(std::move(route));
    }
    auto rest = pipelines(config_.default_pipelines, outputs);
    if (!rest.ok()) return rest.status();
    return std::unique_ptr<pipeline::Consumer>(std::make_unique<Router>(
        std::move(routes), config_.error_mode,
        rest->empty() ? nullptr : std::make_unique<pipeline::FanOut>(*rest)));
  }

 private:
  static Result<std::vector<pipeline::Consumer*>> pipelines(const std::vector<std::string>& names,
                                                            const Outputs& outputs) {
    std::vector<pipeline::Consumer*> out;
    for (const std::string& name : names) {
      std::string reason;
      const auto id = config::parse_component_id(name, reason);
      if (!id) return invalid_argument(reason);
      const auto found = outputs.find(*id);
      if (found == outputs.end())
        return invalid_argument("there is no pipeline " + name + " that receives from here");
      out.push_back(found->second);
    }
    return out;
  }

  static std::string statement_of(const RouteConfig& config) {
    return config.condition.value.empty() ? config.statement.value
                                          : "route() where " + config.condition.value;
  }

  /// The options were checked when they were read.
  Route make_route(const RouteConfig& config) const {
    Route route;
    route.action = config.action;
    if (context_of(config) == "request") {
      route.request = RequestCondition::make(config.condition.value).value();
      return route;
    }
    route.context = *ottl::context_of_name(context_of(config));
    route.is_statement = !config.statement.value.empty();
    route.program = program_of(config, signal_, nullptr);
    return route;
  }

  const Config config_;
  const otlp::Signal signal_;
};

}  // namespace

std::unique_ptr<pipeline::Factory> routing_connector_factory() {
  return std::make_unique<pipeline::ConnectorFactory<Config>>(
      pipeline::Factory::About{config::Section::Connectors, "routing",
                               "Sends records to pipelines by OTTL conditions."},
      &RoutingConnector::make);
}

}  // namespace sluice::components
