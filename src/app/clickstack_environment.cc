#include "app/clickstack_environment.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "app/preset.h"
#include "mapping/tables.h"

namespace sluice::app {
namespace {

using config::Node;

constexpr const char* kEndpoint = "CLICKHOUSE_ENDPOINT";
constexpr const char* kDatabase = "HYPERDX_OTEL_EXPORTER_CLICKHOUSE_DATABASE";
constexpr const char* kLegacySchema = "HYPERDX_OTEL_EXPORTER_CREATE_LEGACY_SCHEMA";
constexpr const char* kJson = "HYPERDX_OTEL_EXPORTER_CLICKHOUSE_JSON_ENABLE";
constexpr const char* kToken = "OTLP_AUTH_TOKEN";

/// How a variable gets its effect.
enum class Way : uint8_t {
  Option,   ///< it is an option of the command, or the configuration mentions it
  Schema,   ///< the same; for `run` it is about the tables that are made
  Tls,      ///< the same; for `run` it is about connections to CLICKHOUSE_ENDPOINT
  Token,    ///< of otlp receivers
  NotYet,   ///< it has none
  Refused,  ///< it has none, and asks for a protection
};

struct Variable {
  const char* name;
  Way way = Way::Option;
  /// Why it has no effect, for NotYet and Refused; for others, what its effect lacks.
  std::string_view because{};
};

constexpr Variable kVariables[] = {
    {kEndpoint},
    {"CLICKHOUSE_USER"},
    {"CLICKHOUSE_PASSWORD"},
    {kDatabase},
    {"CLICKHOUSE_TLS_CA_FILE", Way::Tls},
    {"CLICKHOUSE_TLS_CERT_FILE", Way::Tls},
    {"CLICKHOUSE_TLS_KEY_FILE", Way::Tls},
    {"CLICKHOUSE_TLS_SERVER_NAME_OVERRIDE", Way::Tls},
    {"CLICKHOUSE_TLS_INSECURE_SKIP_VERIFY", Way::Tls},
    {"HYPERDX_OTEL_EXPORTER_TABLES_TTL", Way::Schema},
    {"HYPERDX_OTEL_EXPORTER_LOGS_TTL", Way::Schema},
    {"HYPERDX_OTEL_EXPORTER_TRACES_TTL", Way::Schema},
    {"HYPERDX_OTEL_EXPORTER_METRICS_TTL", Way::Schema},
    {"HYPERDX_OTEL_EXPORTER_SESSIONS_TTL", Way::Schema},
    {"HYPERDX_OTEL_EXPORTER_RECONCILE_TABLE_TTL", Way::Schema},
    {kLegacySchema},
    {kJson},
    {"HYPERDX_OTEL_EXPORTER_TIMEOUT"},
    {"HYPERDX_OTEL_BATCH_SEND_BATCH_SIZE"},
    {"HYPERDX_OTEL_BATCH_SEND_BATCH_MAX_SIZE"},
    {"HYPERDX_OTEL_BATCH_TIMEOUT"},
    {"HYPERDX_LOG_LEVEL"},
    {"CUSTOM_OTELCOL_CONFIG_FILE"},
    {"OTEL_AGENT_FEATURE_GATE_ARG"},
    {kToken, Way::Token},
    {"OIDC_ISSUER_URL", Way::Refused,
     "the OTLP receivers do not check OpenID tokens yet; unset it and listen on loopback, or put a "
     "proxy in front"},
    {"OIDC_AUDIENCE", Way::NotYet, "the OTLP receivers do not check OpenID tokens yet"},
    {"OPAMP_SERVER_URL", Way::NotYet,
     "there is no remote configuration yet; files and the command line decide"},
    {"OTEL_SUPERVISOR_LOGS", Way::NotYet, "there is no supervisor yet"},
    {"CLICKHOUSE_PROMETHEUS_METRICS_ENDPOINT", Way::NotYet,
     "metrics are not written to Prometheus endpoints yet"},
    {"ENABLE_PROMQL", Way::Schema,
     "nothing fills the table metrics_ts yet: metrics are not written to Prometheus endpoints"},
    {"ENABLE_DATADOG_RECEIVER", Way::NotYet, "there is no datadog receiver yet"},
    {"INGESTION_API_KEY", Way::NotYet,
     "keys from ClickStack's API are not asked for yet; OTLP_AUTH_TOKEN names a token that senders "
     "need"},
    {"OPAMP_PORT", Way::NotYet, "there is no remote configuration yet"},
};

std::string_view value_of(const Environment& environment, const char* name) {
  const char* value = environment(name);
  return value == nullptr ? std::string_view() : value;
}

/// Set but empty is how container files say "not set".
bool is_set(const Environment& environment, const char* name) {
  const std::string_view value = value_of(environment, name);
  return !value.empty() && value != "false";
}

bool is_preset(Command command) { return command == kServe || command == kGateway; }

bool is_option(const char* variable, Command command) {
  Options options;
  const std::vector<Flag> flags = option_table(options, command);
  return std::any_of(flags.begin(), flags.end(),
                     [&](const Flag& flag) { return reads_variable(flag, variable); });
}

bool has_effect(const Variable& variable, Command command, const UsedVariables& used) {
  const std::string_view name = variable.name;
  if (used.mentioned.count(name) != 0 || used.applied.count(name) != 0) return true;
  if (name == "CUSTOM_OTELCOL_CONFIG_FILE") return true;
  if (variable.way == Way::Option) return is_option(variable.name, command);
  // Without a preset these are for what the configuration has, which it was found not to have.
  const bool is_flag = variable.way == Way::Schema || variable.way == Way::Tls;
  return is_flag && is_preset(command) && is_option(variable.name, command);
}

std::string why_without_effect(const Variable& variable, Command command) {
  const std::string name = variable.name;
  switch (variable.way) {
    case Way::NotYet:
    case Way::Refused: return std::string(variable.because);
    case Way::Token: return "there is no otlp receiver without auth of its own";
    default: break;
  }
  if (command == kServe)
    return "serve stores in a ClickHouse of its own; sluice gateway writes to another one";
  if (variable.way == Way::Schema) {
    return "no exporter makes ClickStack's tables: that would be one with create_schema: false "
           "that writes to ${env:CLICKHOUSE_ENDPOINT}, database "
           "${env:HYPERDX_OTEL_EXPORTER_CLICKHOUSE_DATABASE}";
  }
  if (variable.way == Way::Tls)
    return "no clickhouse exporter without tls of its own writes to ${env:CLICKHOUSE_ENDPOINT}";
  return "the configuration does not use it: write ${env:" + name + "} where it belongs";
}

bool is_of_type(std::string_view id, std::string_view type) {
  return id.substr(0, id.find('/')) == type;
}

/// The map of this name, made if there is none. Null if something else stands there.
Node* map_in(Node& node, std::string_view name) {
  Node* found = node.find(name);
  if (found == nullptr) return &node.set(name, Node::map());
  if (found->is_null()) *found = Node::map(found->mark);
  return found->is_map() ? found : nullptr;
}

/// The map of this name, or null.
Node* find_map(Node& node, std::string_view name) {
  Node* found = node.find(name);
  return found != nullptr && found->is_map() ? found : nullptr;
}

/// Calls `visit` for each component of a type in a section.
template <typename Visit>
void each_of_type(Node& root, std::string_view section, std::string_view type, Visit visit) {
  Node* components = find_map(root, section);
  if (components == nullptr) return;
  for (auto& [id, component] : components->members) {
    if (is_of_type(id, type)) visit(id, component);
  }
}

constexpr std::string_view kAuthenticator = "bearertokenauth/hyperdx";

/// What a protocol of an otlp receiver says about auth stays. Whether it said nothing.
bool ask_for_token(Node& protocol) {
  if (protocol.is_null()) protocol = Node::map(protocol.mark);
  if (!protocol.is_map() || protocol.find("auth") != nullptr) return false;
  protocol.set("auth", Node::map()).set("authenticator", Node::string(std::string(kAuthenticator)));
  return true;
}

/// The token alone, and in the spellings of clients that follow RFC 6750.
Node token_extension(const std::string& token) {
  Node tokens = Node::list();
  for (const char* prefix : {"", "Bearer ", "bearer ", "BEARER "})
    tokens.items.push_back(Node::string(prefix + token));
  Node extension = Node::map();
  extension.set("scheme", Node::string(""));
  extension.set("tokens", std::move(tokens));
  return extension;
}

void run_authenticator(Node& service) {
  const Node name = Node::string(std::string(kAuthenticator));
  Node* running = service.find("extensions");
  if (running == nullptr || running->is_null()) running = &service.set("extensions", Node::list());
  const bool runs = std::any_of(running->items.begin(), running->items.end(),
                                [&](const Node& item) { return item.text == name.text; });
  if (running->is_list() && !runs) running->items.push_back(name);
}

/// False if no receiver asks for it.
bool require_token(Node& root, const std::string& token) {
  bool is_asked_for = false;
  each_of_type(root, "receivers", "otlp", [&](const std::string&, Node& receiver) {
    Node* protocols = find_map(receiver, "protocols");
    if (protocols == nullptr) return;
    for (auto& [name, protocol] : protocols->members)
      is_asked_for = ask_for_token(protocol) || is_asked_for;
  });
  Node* extensions = map_in(root, "extensions");
  Node* service = map_in(root, "service");
  if (!is_asked_for || extensions == nullptr || service == nullptr) return false;
  if (extensions->find(kAuthenticator) == nullptr)
    extensions->set(kAuthenticator, token_extension(token));
  run_authenticator(*service);
  return true;
}

bool is_true(const Node* node) { return node != nullptr && node->boolean; }

/// Whether the option has this text; `standard` is what it is if nothing is said.
bool says(const Node& component, std::string_view option, std::string_view text,
          std::string_view standard) {
  const Node* node = component.find(option);
  return (node == nullptr || node->text.empty() ? standard : std::string_view(node->text)) == text;
}

bool is_in_a_pipeline(Node& root, const std::string& exporter) {
  Node* service = find_map(root, "service");
  Node* pipelines = service == nullptr ? nullptr : find_map(*service, "pipelines");
  if (pipelines == nullptr) return false;
  return std::any_of(pipelines->members.begin(), pipelines->members.end(),
                     [&](const Node::Member& pipeline) {
                       const Node* names = pipeline.second.find("exporters");
                       return names != nullptr &&
                              std::any_of(names->items.begin(), names->items.end(),
                                          [&](const Node& name) { return name.text == exporter; });
                     });
}

/// Whether it writes to the ClickHouse of the environment.
bool writes_there(const Node& exporter, const Environment& environment) {
  const std::string_view endpoint = value_of(environment, kEndpoint);
  return !endpoint.empty() && says(exporter, "endpoint", endpoint, "");
}

/// Whether it fills the tables that ClickStack's image makes before its collector starts.
bool fills_clickstacks_tables(const Node& exporter, const Environment& environment) {
  constexpr std::string_view kStandard = "default";
  const std::string_view set = value_of(environment, kDatabase);
  const Node* own_tables = exporter.find("create_schema");
  return writes_there(exporter, environment) &&
         says(exporter, "database", set.empty() ? kStandard : set, kStandard) &&
         own_tables != nullptr && !is_true(own_tables) && !is_true(exporter.find("json")) &&
         exporter.find("clickstack_schema") == nullptr;
}

/// The image makes the tables whatever its configuration says. Here a configuration must be one of
/// ClickStack's: others have tables of their own.
bool makes_schema(const Options& options, const Environment& environment,
                  const UsedVariables& used) {
  const bool is_clickstacks =
      used.mentioned.count(kDatabase) != 0 || used.mentioned.count(kLegacySchema) != 0;
  return options.create_schema && is_clickstacks &&
         value_of(expanded_environment(options, environment), kLegacySchema) != "true";
}

bool is_for_sessions(const Node& exporter) {
  return says(exporter, "logs_table_name", mapping::table_name(mapping::Table::Sessions), "");
}

void add_schema(Node& root, const Options& options, const Environment& environment,
                UsedVariables& used) {
  if (!makes_schema(options, environment, used)) return;
  Node* maker = nullptr;
  each_of_type(root, "exporters", "clickhouse", [&](const std::string& id, Node& exporter) {
    if (!fills_clickstacks_tables(exporter, environment) || !is_in_a_pipeline(root, id)) return;
    // That of session replays has the least to lose by waiting for the tables.
    if (maker == nullptr || is_for_sessions(*maker)) maker = &exporter;
  });
  if (maker == nullptr) return;
  maker->set("clickstack_schema", clickstack_schema(options));
  for (const Variable& variable : kVariables) {
    if (variable.way == Way::Schema) used.applied.insert(variable.name);
  }
}

void add_tls(Node& root, const Options& options, const Environment& environment,
             UsedVariables& used) {
  if (!options.clickhouse_tls.is_set()) return;
  bool done = false;
  each_of_type(root, "exporters", "clickhouse", [&](const std::string&, Node& exporter) {
    if (!writes_there(exporter, environment) || exporter.find("tls") != nullptr) return;
    exporter.set("tls", clickhouse_tls(options.clickhouse_tls));
    done = true;
  });
  if (!done) return;
  for (const Variable& variable : kVariables) {
    if (variable.way == Way::Tls) used.applied.insert(variable.name);
  }
}

}  // namespace

Environment expanded_environment(const Options& options, const Environment& environment) {
  const bool has_json = wants_json(options) || value_of(environment, kJson) == "true";
  return [has_json, environment](const char* name) -> const char* {
    const std::string_view wanted = name;
    if (has_json && (wanted == kJson || wanted == kLegacySchema)) return "true";
    return environment(name);
  };
}

void add_environment(Node& root, const Options& options, Command command,
                     const Environment& environment, UsedVariables& used) {
  if (!root.is_map()) return;
  const std::string& token = options.otlp_auth_token.value;
  if (!token.empty() && require_token(root, token)) used.applied.insert(kToken);
  if (is_preset(command)) return;
  add_schema(root, options, environment, used);
  add_tls(root, options, environment, used);
}

void check_environment(const Environment& environment, Command command, const UsedVariables& used,
                       config::Diagnostics& diagnostics) {
  for (const Variable& variable : kVariables) {
    const bool never = variable.way == Way::NotYet || variable.way == Way::Refused;
    if (!is_set(environment, variable.name)) continue;
    const bool has_one = !never && has_effect(variable, command, used);
    if (has_one && variable.because.empty()) continue;
    std::string text = std::string(variable.name) + " is set, but ";
    text += has_one ? std::string(variable.because) : why_without_effect(variable, command);
    if (variable.way == Way::Refused) {
      diagnostics.error({}, "", std::move(text));
    } else {
      diagnostics.warning({}, "", std::move(text));
    }
  }
}

}  // namespace sluice::app
