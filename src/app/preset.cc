#include "app/preset.h"

#include <initializer_list>
#include <string>

#include "base/check.h"
#include "config/expand.h"
#include "config/yaml.h"

namespace sluice::app {
namespace {

using config::Node;

/// A text that means itself, whatever ${…} it may hold.
Node literal(const std::string& text) {
  Node node = Node::string(text);
  config::escape(node);
  return node;
}

Node* find(Node& root, std::initializer_list<std::string_view> path) {
  Node* node = &root;
  for (const std::string_view name : path) {
    node = node->find(name);
    SLUICE_CHECK(node != nullptr);
  }
  return node;
}

void set_listener(Node& root, std::string_view protocol, const ListenAddress& address) {
  Node& protocols = *find(root, {"receivers", "otlp/hyperdx", "protocols"});
  if (address.off()) {
    std::erase_if(protocols.members,
                  [&](const Node::Member& member) { return member.first == protocol; });
  } else {
    protocols.find(protocol)->set("endpoint", literal(address.text));
  }
}

/// As the migration tool of ClickStack has it.
Node schema_of(const RetentionOptions& retention) {
  Node schema = Node::map();
  schema.set("tables_ttl", literal(show_value(retention.tables)));
  for (const auto& [name, own] :
       {std::pair("logs_ttl", &retention.logs), std::pair("traces_ttl", &retention.traces),
        std::pair("metrics_ttl", &retention.metrics),
        std::pair("sessions_ttl", &retention.sessions)}) {
    if (*own) schema.set(name, literal(show_value(**own)));
  }
  schema.set("reconcile_table_ttl", Node::of_bool(retention.reconcile));
  return schema;
}

Node tls_of(const ClickHouseTls& tls) {
  Node node = Node::map();
  node.set("ca_file", literal(tls.ca_file));
  node.set("cert_file", literal(tls.cert_file));
  node.set("key_file", literal(tls.key_file));
  node.set("server_name_override", literal(tls.server_name));
  node.set("insecure_skip_verify", Node::of_bool(tls.skip_verify));
  return node;
}

/// The token alone, and in the spellings of clients that follow RFC 6750.
void require_token(Node& root, const std::string& token) {
  constexpr std::string_view kAuthenticator = "bearertokenauth/hyperdx";
  Node tokens = Node::list();
  for (const char* prefix : {"", "Bearer ", "bearer ", "BEARER "})
    tokens.items.push_back(literal(prefix + token));
  Node extension = Node::map();
  extension.set("scheme", Node::string(""));
  extension.set("tokens", std::move(tokens));
  root.set("extensions", Node::map()).set(kAuthenticator, std::move(extension));
  Node extensions = Node::list();
  extensions.items.push_back(Node::string(std::string(kAuthenticator)));
  find(root, {"service"})->set("extensions", std::move(extensions));
  for (auto& [name, protocol] : find(root, {"receivers", "otlp/hyperdx", "protocols"})->members) {
    protocol.set("auth", Node::map())
        .set("authenticator", Node::string(std::string(kAuthenticator)));
  }
}

void set_exporter(Node& exporter, const Options& options, const std::string& store_url) {
  exporter.set("endpoint", literal(store_url));
  exporter.set("database", literal(options.database));
  // A server of our own lets its socket's users in.
  if (store_url.rfind("unix:", 0) != 0) {
    exporter.set("username", literal(options.user));
    exporter.set("password", literal(options.password.value));
  }
  if (options.clickhouse_tls.is_set()) exporter.set("tls", tls_of(options.clickhouse_tls));
  exporter.set("json", Node::of_bool(wants_json(options)));
  exporter.set("timeout", literal(show_value(options.insert_timeout)));
  if (options.flush_interval)
    exporter.set("flush_interval", literal(show_value(*options.flush_interval)));
}

/// The limiter refuses at its limit less the room for a spike: that is the budget.
void set_memory_limit(Node& limiter, const Options& options) {
  constexpr int64_t kMiB = 1 << 20;
  const int64_t spike = limiter.find("spike_limit_mib")->integer;
  const auto bytes = static_cast<int64_t>(options.memory_limit.value);
  limiter.set("limit_mib", Node::of_int((bytes + kMiB - 1) / kMiB + spike));
}

}  // namespace

config::Node clickstack_preset(const Options& options, const std::string& store_url) {
  Node root = config::parse_yaml(std::string(clickstack_yaml()), "clickstack.yaml").value();
  set_listener(root, "grpc", options.otlp_grpc);
  set_listener(root, "http", options.otlp_http);
  if (!options.otlp_auth_token.value.empty()) require_token(root, options.otlp_auth_token.value);
  Node logs = Node::map();
  logs.set("level", Node::string(show_value(options.log_level)));
  if (options.log_format) {
    const bool json = *options.log_format == log::Format::Json;
    logs.set("encoding", Node::string(json ? "json" : "console"));
  }
  find(root, {"service"})->set("telemetry", Node::map()).set("logs", std::move(logs));
  set_memory_limit(*find(root, {"processors", "memory_limiter"}), options);
  for (const char* name : {"clickhouse", "clickhouse/rrweb"})
    set_exporter(*find(root, {"exporters", name}), options, store_url);
  if (options.legacy_schema || (wants_json(options) && options.create_schema)) {
    for (const char* name : {"clickhouse", "clickhouse/rrweb"}) {
      Node& exporter = *find(root, {"exporters", name});
      exporter.set("create_schema", Node::of_bool(true));
      exporter.set("ttl", literal(show_value(options.retention.tables)));
    }
  } else if (options.create_schema) {
    find(root, {"exporters", "clickhouse"})->set("clickstack_schema", schema_of(options.retention));
  }
  return root;
}

}  // namespace sluice::app
