#include "app/preset.h"

#include <initializer_list>
#include <string>

#include "base/check.h"
#include "config/yaml.h"

namespace sluice::app {
namespace {

using config::Node;

/// A text that means itself, whatever ${…} it may hold.
Node literal(const std::string& text) {
  std::string escaped;
  for (const char c : text) escaped.append(c == '$' ? 2 : 1, c);
  return Node::string(escaped);
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

void set_exporter(Node& exporter, const Options& options, const std::string& store_url) {
  exporter.set("endpoint", literal(store_url));
  exporter.set("database", literal(options.database));
  // A server of our own lets its socket's users in.
  if (store_url.rfind("unix:", 0) != 0) {
    exporter.set("username", literal(options.user));
    exporter.set("password", literal(options.password.value));
  }
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
  if (options.legacy_schema) {
    for (const char* name : {"clickhouse", "clickhouse/rrweb"})
      find(root, {"exporters", name})->set("create_schema", Node::of_bool(true));
  } else if (options.create_schema) {
    find(root, {"exporters", "clickhouse"})->set("clickstack_schema", schema_of(options.retention));
  }
  return root;
}

}  // namespace sluice::app
