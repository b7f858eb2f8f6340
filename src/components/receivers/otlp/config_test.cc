#include "components/receivers/otlp/config.h"

#include <gtest/gtest.h>

#include "components/all.h"
#include "config/yaml.h"

namespace sluice::components {
namespace {

/// What is said about the options, "" if they are taken.
std::string problem(const std::string& yaml) {
  config::Diagnostics diagnostics;
  const auto node = config::parse_yaml(yaml, "");
  EXPECT_TRUE(node.ok()) << yaml;
  const pipeline::Factory* factory = all_components().find(config::Section::Receivers, "otlp");
  factory->read(*node, config::Place(diagnostics, "otlp", {}));
  return diagnostics.to_string();
}

TEST(OtlpReceiverConfig, TakesWhatTheCollectorTakes) {
  const char* kTaken[] = {
      "{protocols: {grpc: , http: }}",
      "{protocols: {grpc: }}",
      "{protocols: {http: null}}",
      "{protocols: {http: {}}}",
      "{protocols: {grpc: {max_recv_msg_size_mib: 32, max_concurrent_streams: 16, "
      "read_buffer_size: "
      "1024, write_buffer_size: 1024, keepalive: {server_parameters: {max_connection_idle: 11s, "
      "max_connection_age: 12s, max_connection_age_grace: 13s, time: 30s, timeout: 5s}, "
      "enforcement_policy: {min_time: 10s, permit_without_stream: true}}}}}",
      "{protocols: {http: {cors: {allowed_origins: ['https://*.test.com', 'https://test.com'], "
      "max_age: 7200}, traces_url_path: traces, metrics_url_path: /v2/metrics, logs_url_path: "
      "log/ingest}}}",
      "{protocols: {http: {traces_url_path: ''}}}"};
  for (const char* yaml : kTaken) EXPECT_EQ(problem(yaml), "") << yaml;
}

TEST(OtlpReceiverConfig, RefusesWhatTheCollectorRefuses) {
  const std::pair<const char*, const char*> kCases[] = {
      {"{}", "at least one"},
      {"{protocols: {}}", "at least one"},
      {"{protocols: {htttp: }}", "htttp"},
      {"{protocols: {thrift: {endpoint: '127.0.0.1:1234'}}}", "thrift"},
      {"{protocols: {http: {path_prefix: /}}}", "path_prefix"},
      {"{protocols: {http: {traces_url_path: ':invalid'}}}", "traces_url_path: the scheme"},
      {"{protocols: {http: {metrics_url_path: ':invalid'}}}", "metrics_url_path: the scheme"},
      {"{protocols: {http: {logs_url_path: ':invalid'}}}", "logs_url_path: the scheme"},
      {"{protocols: {http: {logs_url_path: '/a%zz'}}}", "logs_url_path: the path"},
      {"{protocols: {grpc: {max_recv_msg_size_mib: -1}}}", "max_recv_msg_size_mib"}};
  for (const auto& [yaml, expected] : kCases)
    EXPECT_NE(problem(yaml).find(expected), std::string::npos) << yaml << ": " << problem(yaml);
}

TEST(OtlpReceiverConfig, APathIsThatOfTheUrl) {
  const std::pair<const char*, const char*> kCases[] = {
      {"", "/"},          {"traces", "/traces"},         {"/v1/traces", "/v1/traces"},
      {"/a?b=c#d", "/a"}, {"http://host:1/x/y", "/x/y"}, {"/a%20b", "/a b"}};
  for (const auto& [text, expected] : kCases)
    EXPECT_EQ(otlp_receiver::url_path(text).value(), expected) << text;
}

}  // namespace
}  // namespace sluice::components
