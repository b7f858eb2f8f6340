#include "app/clickstack_environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "config/yaml.h"
#include "config/yaml_writer.h"

namespace sluice::app {
namespace {

using testing::HasSubstr;
using testing::Not;

using Variables = std::map<std::string, std::string>;

Environment environment(Variables variables) {
  return [variables = std::move(variables)](const char* name) -> const char* {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  };
}

/// An expanded configuration of `run` with what the environment adds to it.
struct Added {
  Added(const std::string& yaml, const Variables& variables, std::set<std::string> mentioned) {
    const Environment get = environment(variables);
    EXPECT_TRUE(apply_environment(option_table(options, kRun), get, {}).ok());
    for (const std::string& name : mentioned) used.mentioned.insert(name);
    config::Node root = config::parse_yaml(yaml, "c.yaml").value();
    add_environment(root, options, kRun, get, used);
    check_environment(get, kRun, used, diagnostics);
    text = config::to_yaml(root);
  }

  Options options;
  UsedVariables used;
  config::Diagnostics diagnostics;
  std::string text;
};

TEST(ClickStackEnvironment, WhatHasNoEffectIsSaidInALine) {
  const Environment get = environment({{"OPAMP_SERVER_URL", "http://app:4320"},
                                       {"ENABLE_PROMQL", "false"},
                                       {"CLICKHOUSE_USER", ""},
                                       {"HYPERDX_OTEL_BATCH_TIMEOUT", "1s"}});
  for (Command command : {kServe, kGateway, kRun, kValidate}) {
    config::Diagnostics diagnostics;
    UsedVariables used;
    used.mentioned.insert("HYPERDX_OTEL_BATCH_TIMEOUT");
    check_environment(get, command, used, diagnostics);
    EXPECT_TRUE(diagnostics.ok());
    ASSERT_EQ(diagnostics.warnings().size(), 1u);
    EXPECT_THAT(diagnostics.warnings()[0].message, HasSubstr("OPAMP_SERVER_URL is set, but"));
  }
}

TEST(ClickStackEnvironment, AuthenticationThatWouldNotHappenIsAnError) {
  for (const char* value : {"https://issuer", ""}) {
    config::Diagnostics diagnostics;
    check_environment(environment({{"OIDC_ISSUER_URL", value}}), kRun, {}, diagnostics);
    EXPECT_EQ(diagnostics.ok(), *value == '\0');
  }
}

TEST(ClickStackEnvironment, WithItsOwnClickHouseServeReadsNoEndpoint) {
  const Environment get = environment({{"CLICKHOUSE_ENDPOINT", "http://db:8123"}});
  for (const auto& [command, lines] : {std::pair(kServe, 1u), std::pair(kGateway, 0u)}) {
    config::Diagnostics diagnostics;
    check_environment(get, command, {}, diagnostics);
    EXPECT_EQ(diagnostics.warnings().size(), lines);
  }
}

TEST(ClickStackEnvironment, EveryOtlpReceiverWithoutAuthAsksForTheToken) {
  const Added added(R"(
receivers:
  otlp: {protocols: {grpc: , http: {endpoint: 'localhost:1'}}}
  otlp/own: {protocols: {http: {auth: {authenticator: basicauth}}, grpc: {auth: }}}
  nop:
extensions: {basicauth: }
service: {extensions: [basicauth]}
)",
                    {{"OTLP_AUTH_TOKEN", "geheim"}}, {});
  EXPECT_TRUE(added.diagnostics.warnings().empty());
  const std::string asks = "authenticator: bearertokenauth/hyperdx";
  EXPECT_THAT(added.text, HasSubstr(asks));
  EXPECT_EQ(added.text.find(asks, added.text.rfind(asks) + 1), std::string::npos);
  EXPECT_LT(added.text.rfind(asks), added.text.find("otlp/own")) << added.text;
  EXPECT_THAT(added.text, HasSubstr("- \"Bearer geheim\""));
  EXPECT_THAT(added.text, HasSubstr("- basicauth\n    - bearertokenauth/hyperdx")) << added.text;
}

TEST(ClickStackEnvironment, ATokenThatNobodyAsksForIsSaid) {
  const Added added("receivers: {nop: }", {{"OTLP_AUTH_TOKEN", "geheim"}}, {});
  EXPECT_THAT(added.text, Not(HasSubstr("bearertokenauth")));
  ASSERT_EQ(added.diagnostics.warnings().size(), 1u);
  EXPECT_THAT(added.diagnostics.warnings()[0].message, HasSubstr("there is no otlp receiver"));
}

struct SchemaCase {
  const char* exporter;
  Variables variables;
  bool makes_tables;
};

TEST(ClickStackEnvironment, TheFirstExporterOfClickStacksMakesItsTables) {
  const std::string standard = "{endpoint: 'tcp://db:9000', database: otel, create_schema: false}";
  const SchemaCase cases[] = {
      {"{endpoint: 'tcp://db:9000', database: otel, create_schema: false}", {}, true},
      {"{endpoint: 'tcp://db:9000', database: otel}", {}, false},
      {"{endpoint: 'tcp://db:9000', database: otel, create_schema: true}", {}, false},
      {"{endpoint: 'tcp://db:9000', database: otel, create_schema: false, json: true}", {}, false},
      {"{endpoint: 'tcp://db:9000', database: other, create_schema: false}", {}, false},
      {"{endpoint: 'tcp://other:9000', database: otel, create_schema: false}", {}, false},
      {"{endpoint: 'tcp://db:9000', database: otel, create_schema: false}",
       {{"HYPERDX_OTEL_EXPORTER_CREATE_LEGACY_SCHEMA", "true"}},
       false},
      {"{endpoint: 'tcp://db:9000', database: otel, create_schema: false}",
       {{"HYPERDX_OTEL_EXPORTER_CLICKHOUSE_JSON_ENABLE", "true"}},
       false},
  };
  for (const SchemaCase& c : cases) {
    SCOPED_TRACE(c.exporter);
    Variables variables = c.variables;
    variables["CLICKHOUSE_ENDPOINT"] = "tcp://db:9000";
    variables["HYPERDX_OTEL_EXPORTER_CLICKHOUSE_DATABASE"] = "otel";
    variables["HYPERDX_OTEL_EXPORTER_LOGS_TTL"] = "48h";
    const std::set<std::string> mentioned = {"CLICKHOUSE_ENDPOINT",
                                             "HYPERDX_OTEL_EXPORTER_CLICKHOUSE_DATABASE",
                                             "HYPERDX_OTEL_EXPORTER_CREATE_LEGACY_SCHEMA",
                                             "HYPERDX_OTEL_EXPORTER_CLICKHOUSE_JSON_ENABLE"};
    const Added added("exporters: {clickhouse/unused: " + standard +
                          ", clickhouse: " + std::string(c.exporter) +
                          "}\nservice: {pipelines: {logs: {exporters: [clickhouse]}}}",
                      variables, mentioned);
    EXPECT_EQ(added.text.find("logs_ttl: 48h") != std::string::npos, c.makes_tables) << added.text;
    EXPECT_EQ(added.diagnostics.warnings().size(), c.makes_tables ? 0u : 1u);
  }
}

TEST(ClickStackEnvironment, WhatTheTableForPromQlLacksIsSaid) {
  const Added added(
      "exporters: {clickhouse: {endpoint: 'http://db', create_schema: false}}\n"
      "service: {pipelines: {metrics: {exporters: [clickhouse]}}}",
      {{"CLICKHOUSE_ENDPOINT", "http://db"}, {"ENABLE_PROMQL", "true"}},
      {"CLICKHOUSE_ENDPOINT", "HYPERDX_OTEL_EXPORTER_CLICKHOUSE_DATABASE"});
  EXPECT_THAT(added.text, HasSubstr("promql_table: true"));
  ASSERT_EQ(added.diagnostics.warnings().size(), 1u);
  EXPECT_THAT(added.diagnostics.warnings()[0].message,
              HasSubstr("ENABLE_PROMQL is set, but nothing fills the table metrics_ts yet"));
}

TEST(ClickStackEnvironment, SessionReplaysWaitForTheTablesOfTheOthers) {
  const std::string options = "endpoint: 'http://db', database: otel, create_schema: false";
  const Added added(
      "exporters:\n  clickhouse/rrweb: {logs_table_name: hyperdx_sessions, " + options +
          "}\n  clickhouse: {" + options +
          "}\nservice: {pipelines: {logs: {exporters: [clickhouse/rrweb]}, logs/b: "
          "{exporters: [clickhouse]}}}",
      {{"CLICKHOUSE_ENDPOINT", "http://db"}, {"HYPERDX_OTEL_EXPORTER_CLICKHOUSE_DATABASE", "otel"}},
      {"HYPERDX_OTEL_EXPORTER_CLICKHOUSE_DATABASE", "CLICKHOUSE_ENDPOINT"});
  EXPECT_GT(added.text.find("clickstack_schema"), added.text.find("  clickhouse:")) << added.text;
  EXPECT_EQ(added.text.find("clickstack_schema"), added.text.rfind("clickstack_schema"));
}

TEST(ClickStackEnvironment, AConfigurationThatIsNotClickStacksKeepsItsTables) {
  const Added added(
      "exporters: {clickhouse: {endpoint: 'http://db:8123', create_schema: false}}\n"
      "service: {pipelines: {logs: {exporters: [clickhouse]}}}",
      {{"CLICKHOUSE_ENDPOINT", "http://db:8123"}}, {"CLICKHOUSE_ENDPOINT"});
  EXPECT_THAT(added.text, Not(HasSubstr("clickstack_schema")));
}

TEST(ClickStackEnvironment, CertificatesAreForExportersWithoutTlsOfTheirOwn) {
  const Added added(
      "exporters:\n  clickhouse: {endpoint: 'https://db'}\n"
      "  clickhouse/own: {endpoint: 'https://db', tls: {insecure: false}}\n"
      "  clickhouse/other: {endpoint: 'https://other'}\n",
      {{"CLICKHOUSE_ENDPOINT", "https://db"}, {"CLICKHOUSE_TLS_CA_FILE", "/ca$1.pem"}},
      {"CLICKHOUSE_ENDPOINT"});
  EXPECT_THAT(added.text, HasSubstr("ca_file: \"/ca$1.pem\""));
  EXPECT_EQ(added.text.find("ca_file"), added.text.rfind("ca_file"));
  EXPECT_LT(added.text.find("ca_file"), added.text.find("clickhouse/own"));
  EXPECT_TRUE(added.diagnostics.warnings().empty());
}

TEST(ClickStackEnvironment, JsonColumnsAskForTablesOfTheExporters) {
  Options gate;
  gate.feature_gates = "a,clickhouse.json";
  const Environment none = environment({});
  const Environment json = environment({{"HYPERDX_OTEL_EXPORTER_CLICKHOUSE_JSON_ENABLE", "true"}});
  for (const Environment& expanded :
       {expanded_environment(gate, none), expanded_environment({}, json)}) {
    EXPECT_STREQ(expanded("HYPERDX_OTEL_EXPORTER_CLICKHOUSE_JSON_ENABLE"), "true");
    EXPECT_STREQ(expanded("HYPERDX_OTEL_EXPORTER_CREATE_LEGACY_SCHEMA"), "true");
    EXPECT_EQ(expanded("CLICKHOUSE_ENDPOINT"), nullptr);
  }
  EXPECT_EQ(expanded_environment({}, none)("HYPERDX_OTEL_EXPORTER_CREATE_LEGACY_SCHEMA"), nullptr);
}

}  // namespace
}  // namespace sluice::app
