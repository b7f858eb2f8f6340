#include "app/preset.h"

#include <initializer_list>
#include <string>

#include "base/check.h"
#include "config/expand.h"
#include "config/yaml.h"

namespace sluice::app {
namespace {

using config::Node;

/// Means itself, whatever ${…} it may hold.
Node escaped(Node node) {
  config::escape(node);
  return node;
}

Node literal(const std::string& text) { return escaped(Node::string(text)); }

Node* find(Node& root, std::initializer_list<std::string_view> path) {
  Node* node = &root;
  for (const std::string_view name : path) {
    node = node->find(name);
    SLUICE_CHECK(node != nullptr);
  }
  return node;
}

/// An address with the option that says it.
Node address_of(const ListenAddress& address, std::string_view option) {
  Node node = literal(address.text);
  node.mark.source = option;
  return node;
}

void remove(Node& map, std::string_view name) {
  std::erase_if(map.members, [&](const Node::Member& member) { return member.first == name; });
}

void set_listener(Node& root, std::string_view protocol, const ListenAddress& address,
                  std::string_view option) {
  Node& protocols = *find(root, {"receivers", "otlp/hyperdx", "protocols"});
  if (address.off()) {
    remove(protocols, protocol);
  } else {
    protocols.find(protocol)->set("endpoint", address_of(address, option));
  }
}

void set_health(Node& root, const ListenAddress& address) {
  if (address.off()) {
    remove(root, "extensions");
    remove(*find(root, {"service"}), "extensions");
  } else {
    find(root, {"extensions", "health_check"})->set("endpoint", address_of(address, "--health"));
  }
}

void set_metrics(Node& root, const ListenAddress& address) {
  Node& metrics = *find(root, {"service", "telemetry", "metrics"});
  if (address.off()) return remove(metrics, "readers");  // see metrics_pages()
  Node& reader = metrics.find("readers")->items.front();
  Node& prometheus = *find(reader, {"pull", "exporter", "prometheus"});
  prometheus.set("host", literal(std::string(address.host())));
  Node port = Node::of_int(std::stoi(std::string(address.port())));
  port.mark.source = "--metrics";
  prometheus.set("port", std::move(port));
}

void set_exporter(Node& exporter, const Options& options, const std::string& store_url) {
  exporter.set("endpoint", literal(store_url));
  exporter.set("database", literal(options.database));
  // A server of our own lets its socket's users in.
  if (store_url.rfind("unix:", 0) != 0) {
    exporter.set("username", literal(options.user));
    exporter.set("password", literal(options.password.value));
  }
  if (options.clickhouse_tls.is_set())
    exporter.set("tls", escaped(clickhouse_tls(options.clickhouse_tls)));
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

config::Node clickstack_schema(const Options& options) {
  const RetentionOptions& retention = options.retention;
  Node schema = Node::map();
  schema.set("tables_ttl", Node::string(show_value(retention.tables)));
  for (const auto& [name, own] :
       {std::pair("logs_ttl", &retention.logs), std::pair("traces_ttl", &retention.traces),
        std::pair("metrics_ttl", &retention.metrics),
        std::pair("sessions_ttl", &retention.sessions)}) {
    if (*own) schema.set(name, Node::string(show_value(**own)));
  }
  schema.set("reconcile_table_ttl", Node::of_bool(retention.reconcile));
  if (options.promql_table) schema.set("promql_table", Node::of_bool(true));
  return schema;
}

config::Node clickhouse_tls(const ClickHouseTls& tls) {
  Node node = Node::map();
  node.set("ca_file", Node::string(tls.ca_file));
  node.set("cert_file", Node::string(tls.cert_file));
  node.set("key_file", Node::string(tls.key_file));
  node.set("server_name_override", Node::string(tls.server_name));
  node.set("insecure_skip_verify", Node::of_bool(tls.skip_verify));
  return node;
}

config::Node clickstack_preset(const Options& options, const std::string& store_url) {
  Node root = config::parse_yaml(std::string(clickstack_yaml()), std::string(kPresetName)).value();
  set_listener(root, "grpc", options.otlp_grpc, "--otlp-grpc");
  set_listener(root, "http", options.otlp_http, "--otlp-http");
  set_health(root, options.health);
  set_metrics(root, options.metrics);
  Node logs = Node::map();
  logs.set("level", Node::string(show_value(options.log_level)));
  if (options.log_format) {
    const bool json = *options.log_format == log::Format::Json;
    logs.set("encoding", Node::string(json ? "json" : "console"));
  }
  find(root, {"service", "telemetry"})->set("logs", std::move(logs));
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
    find(root, {"exporters", "clickhouse"})->set("clickstack_schema", clickstack_schema(options));
  }
  return root;
}

}  // namespace sluice::app
