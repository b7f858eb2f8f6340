// What is said about options that change nothing, and where; what the endpoint and the options of
// TLS say together.

#include "components/exporters/clickhouse/config.h"

#include <gtest/gtest.h>

#include "config/yaml.h"

namespace sluice::components::clickhouse_exporter {
namespace {

/// Errors and warnings, a line each.
std::string said(const std::string& options) {
  config::Diagnostics diagnostics;
  const auto node = config::parse_yaml("{" + options + "}", "");
  EXPECT_TRUE(node.ok()) << options;
  if (!node.ok()) return {};
  Config out;
  schema_of(&out).decode(*node, out, config::Place(diagnostics, "x", node->mark));
  std::string text;
  for (const auto& each : diagnostics.errors()) text += "error " + each.to_string() + "\n";
  for (const auto& each : diagnostics.warnings()) text += each.to_string() + "\n";
  return text;
}

struct Case {
  const char* options;
  const char* says;  ///< a part of it; empty: nothing at all is said
};

const Case kCases[] = {
    {"endpoint: 'http://h:1'", ""},
    {"endpoint: 'http://h:1', compress: lz4", ""},
    {"endpoint: 'http://h:1', compress: none", ""},
    {"endpoint: 'http://h:1', compress: zstd",
     ":1:36: x::compress: inserts are compressed with lz4"},
    {"endpoint: 'http://h:1', compress: br", "x::compress: inserts are compressed with lz4"},
    {"endpoint: 'http://h:1', sending_queue: {num_consumers: 3, batch: {max_size: 9000}}", ""},
    {"endpoint: 'http://h:1', sending_queue: {queue_size: 5}",
     ":1:54: x::sending_queue::queue_size: this option has no effect"},
    {"endpoint: 'http://h:1', sending_queue: {block_on_overflow: true}",
     "x::sending_queue::block_on_overflow: this option has no effect"},
    {"endpoint: 'http://h:1', sending_queue: {wait_for_result: true}",
     "x::sending_queue::wait_for_result: this option has no effect"},
    {"endpoint: 'http://h:1', sending_queue: {sizer: items}",
     "x::sending_queue::sizer: this option has no effect"},
    {"endpoint: 'http://h:1', sending_queue: {sizer: items, batch: {max_size: 50000, min_size: 0}}",
     "x::sending_queue::batch::min_size: this option has no effect below 100000 rows"},
    {"endpoint: 'http://h:1', sending_queue: {enabled: false}",
     "x::sending_queue::enabled: enabled: false leaves out"},
    {"endpoint: 'http://h:1', sending_queue: {queue_size: 9999999, sizer: bytes, batch: {}}",
     "x::sending_queue::batch: sizes in bytes have no effect"},
    {"endpoint: 'http://h:1', sending_queue: {batch: {partition: {metadata_keys: [a]}}}",
     "x::sending_queue::batch::partition: this option has no effect"},
    {"endpoint: 'http://h:1', sending_queue: {enabled: false, sizer: items}",
     "x::sending_queue::sizer: this option has no effect without enabled: true"},
    {"endpoint: 'http://h:1', ttl: 72h, cluster_name: c, table_engine: {name: Log}", ""},
    {"endpoint: 'http://h:1', create_schema: false, ttl: 72h",
     ":1:53: x::ttl: this option has no effect without create_schema: true"},
    {"endpoint: 'http://h:1', create_schema: false, cluster_name: c",
     "x::cluster_name: this option has no effect without create_schema: true"},
    {"endpoint: 'http://h:1', create_schema: false, table_engine: {name: Log}",
     "x::table_engine: this option has no effect without create_schema: true"},
    {"endpoint: 'http://h:1', create_schema: false, ttl: 0s, cluster_name: ''", ""},
    {"endpoint: 'http://h:1', metrics_table_name: m", ""},
    {"endpoint: 'http://h:1', metrics_table_name: m, metrics_tables: {sum: {name: s}}",
     "x::metrics_table_name: this option has no effect beside metrics_tables"},
    {"endpoint: 'https://h:1', tls: {insecure_skip_verify: true}", ""},
    {"endpoint: 'https://h:1', tls: {insecure: true}",
     "x::tls::insecure: this option has no effect"},
    {"endpoint: 'http://h:1', tls: {ca_file: /nonexistent}",
     ":1:31: x::tls: this option has no effect: the endpoint is spoken to without TLS"},
    {"endpoint: 'tcp://h:9000', tls: {ca_file: a}",
     "error :1:33: x::tls: the endpoint is spoken to without TLS"},
    {"endpoint: 'https://h:1?skip_verify=true', tls: {ca_file: a}",
     "x::endpoint: the parameters skip_verify and tls_server_name have no effect beside tls"},
    {"endpoint: 'https://h:1?secure=false'", "error :1:12: x::endpoint: ClickHouse endpoint"},
    {"endpoint: 'http://h:1', connection_params: {max_open_conns: '5'}",
     "x::endpoint: the endpoint's parameter max_open_conns has no effect: it is for the original's "
     "driver"},
    {"endpoint: 'http://h:1?compress=zstd'",
     "x::endpoint: the endpoint's parameter compress has no effect: the option compress says how "
     "inserts are compressed"},
    {"endpoint: 'http://h:1?http_proxy=p'", "requests do not go through proxies"},
    {"endpoint: 'http://h:1?http_path=p'", "requests go to the path /"},
    {"endpoint: 'nowhere', http_port: 70000",
     "error :1:12: x::endpoint: ClickHouse endpoint: it has no scheme"},
    {"endpoint: 'nowhere', http_port: 70000",
     "error :1:34: x::http_port: expected at most 65535, found the integer 70000"},
    {"endpoint: 'http://h:1', connection_params: {secure: 'true'}", "error :1:12: x::endpoint: "},
    {"endpoint: ''", "error :1:12: x::endpoint: endpoint must not be empty"},
};

TEST(ClickHouseConfig, WhatChangesNothingIsSaidAtItsPlace) {
  for (const Case& c : kCases) {
    const std::string text = said(c.options);
    if (*c.says == '\0') {
      EXPECT_EQ(text, "") << c.options;
    } else {
      EXPECT_NE(text.find(c.says), std::string::npos) << c.options << "\n" << text;
    }
  }
}

}  // namespace
}  // namespace sluice::components::clickhouse_exporter
