#include "components/connectors/routing/config.h"

#include <algorithm>

#include "base/ascii.h"
#include "ottl/regex.h"

namespace sluice::components::routing_connector {

Result<RequestCondition> RequestCondition::make(const std::string& text) {
  static const ottl::Regex form =
      ottl::Regex::compile(R"re(^\s*request\["([^"]+)"\]\s*(==|!=)\s*"([^"]*)"\s*$)re").value();
  ottl::Regex::Groups groups;
  if (!form.find(text, 0, groups)) {
    return invalid_argument(
        "a condition of the context request is request[\"header\"] == \"value\", or with !=, and "
        "not: " +
        text);
  }
  return RequestCondition{ascii::lower(std::string(groups[1])),
                          groups[2] == "==", std::string(groups[3])};
}

std::string context_of(const RouteConfig& route) {
  return route.context.empty() ? "resource" : route.context;
}

namespace {

bool has_context(otlp::Signal signal, std::string_view name) {
  const auto context = ottl::context_of_name(name);
  const auto& contexts = ottl::contexts_of(signal);
  return context && std::find(contexts.begin(), contexts.end(), *context) != contexts.end();
}

}  // namespace

std::optional<ottl::Program> program_of(const RouteConfig& route, otlp::Signal signal,
                                        config::Diagnostics* diagnostics) {
  if (!has_context(signal, context_of(route))) return std::nullopt;
  pipeline::StatementGroup group;
  group.context.emplace().value = context_of(route);
  if (!route.statement.value.empty()) {
    group.statements.push_back(route.statement);
  } else {
    group.conditions.push_back(route.condition);
  }
  return pipeline::compile_group(group, signal, ottl::routing_library(), diagnostics);
}

namespace {

/// For the signal that the route is about, whatever the connector is used for.
void check_program(const RouteConfig& route, const config::Place& place) {
  for (const auto signal : {otlp::Signal::Logs, otlp::Signal::Traces, otlp::Signal::Metrics}) {
    if (!has_context(signal, context_of(route))) continue;
    program_of(route, signal, &place.diagnostics());
    return;
  }
}

void check_route(const RouteConfig& route, const config::Place& place) {
  constexpr std::string_view kContexts[] = {"request", "resource", "log",
                                            "span",    "metric",   "datapoint"};
  if (std::find(std::begin(kContexts), std::end(kContexts), context_of(route)) ==
      std::end(kContexts))
    place.error("context must be request, resource, log, span, metric or datapoint");
  if (route.pipelines.empty()) place.error("a route needs pipelines");
  const config::PlacedText& condition = route.condition;
  const config::PlacedText& statement = route.statement;
  if (condition.value.empty() == statement.value.empty())
    return place.error("a route needs either a condition or a statement");
  if (context_of(route) != "request") return check_program(route, place);
  if (!statement.value.empty()) return place.error("the context request takes a condition only");
  if (const auto request = RequestCondition::make(condition.value); !request.ok())
    place.diagnostics().error(condition.mark, condition.path, request.status().message());
}

}  // namespace

const config::Schema<RouteConfig>& schema_of(const RouteConfig*) {
  using C = RouteConfig;
  static const auto schema =
      config::Schema<C>()
          .field("context", &C::context,
                 "What the condition is about: resource, log, span, metric, datapoint or request.")
          .field("condition", &C::condition,
                 "An OTTL condition; for request: request[\"header\"] == \"value\", or !=.")
          .field("statement", &C::statement, "route() where CONDITION, the older way to say it.")
          .field("action", &C::action,
                 "Whether what matches is taken from later routes (move) or not (copy).")
          .field("pipelines", &C::pipelines, "Where it goes.")
          .check(check_route);
  return schema;
}

const config::Schema<Config>& schema_of(const Config*) {
  using C = Config;
  static const auto schema =
      config::Schema<C>()
          .field("error_mode", &C::error_mode,
                 "What happens to an error in a condition: it is logged (ignore), passed over "
                 "(silent), or the request fails and the sender comes again (propagate).")
          .given_by_null()
          .field("default_pipelines", &C::default_pipelines,
                 "Where goes what no route takes; without any, it is dropped.")
          .field("table", &C::table, "The routes, tried in this order.")
          .check([](const C& config, const config::Place& place) {
            if (config.table.empty()) place.error("the table needs at least one route");
          });
  return schema;
}

}  // namespace sluice::components::routing_connector
