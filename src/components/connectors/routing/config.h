#pragma once

// The routing connector's options, as the OpenTelemetry Collector names them.

#include "pipeline/statements.h"

namespace sluice::components::routing_connector {

enum class Action : uint8_t { Move, Copy };

struct RouteConfig {
  std::string context = "resource";  ///< empty is the same
  config::PlacedText condition;
  config::PlacedText statement;
  Action action = Action::Move;
  std::vector<std::string> pipelines;
};

struct Config {
  ottl::ErrorMode error_mode = ottl::ErrorMode::Propagate;
  std::vector<std::string> default_pipelines;
  std::vector<RouteConfig> table;
};

/// A condition on the request: `request["X-Tenant"] == "acme"`.
struct RequestCondition {
  std::string header;  ///< in lower case
  bool equal = true;
  std::string value;

  static Result<RequestCondition> make(const std::string& text);
};

std::string context_of(const RouteConfig& route);

/// What a route asks of records: one statement or condition. Nothing if it is about the request, or
/// about another signal. What is wrong goes to `diagnostics`, if they are given.
std::optional<ottl::Program> program_of(const RouteConfig& route, otlp::Signal signal,
                                        config::Diagnostics* diagnostics);

const config::Schema<RouteConfig>& schema_of(const RouteConfig*);
const config::Schema<Config>& schema_of(const Config*);

}  // namespace sluice::components::routing_connector

namespace sluice::config {

template <>
struct Words<components::routing_connector::Action> {
  static constexpr std::array<std::pair<std::string_view, components::routing_connector::Action>, 2>
      kAll = {{{"move", components::routing_connector::Action::Move},
               {"copy", components::routing_connector::Action::Copy}}};
};

}  // namespace sluice::config
