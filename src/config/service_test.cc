#include "config/service.h"

#include <gtest/gtest.h>

#include "config/telemetry.h"
#include "config/yaml.h"
#include "config/yaml_writer.h"

namespace sluice::config {
namespace {

constexpr const char* kWhole = R"(
receivers: {otlp: {protocols: {http: }}}
processors: {batch: , batch/two: }
exporters: {nop: }
service:
  pipelines:
    logs: {receivers: [otlp], processors: [batch], exporters: [nop]}
    traces/x: {receivers: [otlp], exporters: [nop]}
)";

Configuration read(const std::string& yaml, Diagnostics& diagnostics) {
  const auto node = parse_yaml(yaml, "c.yaml");
  EXPECT_TRUE(node.ok()) << node.status().message();
  return read_configuration(node.ok() ? *node : Node(), diagnostics);
}

TEST(Service, ReadsTheFrame) {
  Diagnostics diagnostics;
  const Configuration got = read(kWhole, diagnostics);
  ASSERT_TRUE(diagnostics.ok()) << diagnostics.to_string();
  ASSERT_EQ(got.pipelines.size(), 2u);
  EXPECT_EQ(got.pipelines[1].id.to_string(), "traces/x");
  EXPECT_NE(got.find(Section::Processors, {"batch", "two"}), nullptr);
  ASSERT_EQ(diagnostics.warnings().size(), 1u);
  EXPECT_EQ(diagnostics.warnings()[0].path, "processors::batch/two");
}

TEST(Service, WhatIsWrongInOneSectionHidesNothingInOthersAndIsNotFollowedUp) {
  const std::pair<const char*, const char*> cases[] = {
      // Telemetry has nothing to do with pipelines.
      {"receivers: {otlp: }\nexporters: {nop: }\nservice:\n  telemetry: {logs: {level: loud}}\n"
       "  pipelines: {logs: {receivers: [otlp], exporters: [nope]}, metrics: {receivers: [otlp]}}",
       "c.yaml:4:29: service::telemetry::logs::level: expected debug, info, warn, warning, error, "
       "dpanic, panic or fatal, found \"loud\"\n"
       "c.yaml:5:53: service::pipelines::logs::exporters[0]: the exporter nope is not configured: "
       "there is no such key under exporters (did you mean \"nop\"?)\n"
       "c.yaml:5:70: service::pipelines::metrics: a pipeline needs at least one exporter\n"},
      // Of a section that was misspelt nothing is known, and all of the others.
      {"recievers: {otlp: }\nexporters: {nop: }\n"
       "service: {pipelines: {logs: {receivers: [otlp], exporters: [nope]}}}",
       "c.yaml:1:12: recievers: there is no section of this name; did you mean \"receivers\"?\n"
       "c.yaml:3:61: service::pipelines::logs::exporters[0]: the exporter nope is not configured: "
       "there is no such key under exporters (did you mean \"nop\"?)\n"},
      {"receivers: {otlp: }\nexporters: {5: }\n"
       "service: {pipelines: {logs: {recievers: [otlp], exporters: [nop]}, traces: {receivers: "
       "[oltp], exporters: [nop]}}}",
       "c.yaml:2:16: exporters::5: \"5\" is no component id: a type is a letter and then letters, "
       "digits and _\n"
       "c.yaml:3:41: service::pipelines::logs::recievers: there is no section of this name; did "
       "you mean \"receivers\"?\n"
       "c.yaml:3:89: service::pipelines::traces::receivers[0]: the receiver oltp is not "
       "configured: "
       "there is no such key under receivers (did you mean \"otlp\"?)\n"},
      {"receivers: {otlp: }\nexporters: {nop: }\nservice: {pipelins: {}}",
       "c.yaml:3:21: service::pipelins: there is no section of this name; did you mean "
       "\"pipelines\"?\n"},
  };
  for (const auto& [yaml, expected] : cases) {
    Diagnostics diagnostics;
    read(yaml, diagnostics);
    EXPECT_EQ(diagnostics.to_string(), expected);
    EXPECT_TRUE(diagnostics.warnings().empty()) << "what is not used is not known";
  }
}

TEST(Service, AMissingSectionIsMissingInTheWholeAndAnEmptyOneHasAPlace) {
  const std::pair<const char*, const char*> cases[] = {
      {"exporters: {nop: }\nservice: {pipelines: {logs: }}",
       "c.yaml:1:1: no receiver is configured: the section receivers is empty or missing"},
      {"exporters: {nop: }\nreceivers: {}\nservice: {pipelines: {logs: }}",
       "c.yaml:2:12: receivers: no receiver is configured: the section receivers is empty or "
       "missing"}};
  for (const auto& [yaml, expected] : cases) {
    Diagnostics diagnostics;
    read(yaml, diagnostics);
    ASSERT_FALSE(diagnostics.ok());
    EXPECT_EQ(diagnostics.errors()[0].to_string(), expected);
  }
}

TEST(Service, ComponentIds) {
  std::string reason;
  for (const char* text : {"otlp", "otlp/a", "otlp/a/b", " otlp / x ", "a_b2", "otlp/ż日"})
    EXPECT_TRUE(parse_component_id(text, reason)) << text;
  for (const char* text : {"", "/a", "otlp/", "5", "o-p", "otlp/a b", "otlp/a\x01", "otlp/a$"})
    EXPECT_FALSE(parse_component_id(text, reason)) << text;
  EXPECT_EQ(parse_component_id(" otlp / x ", reason)->to_string(), "otlp/x");
}

struct ErrorCase {
  const char* yaml;
  const char* error;
};

class ServiceErrors : public testing::TestWithParam<ErrorCase> {};

TEST_P(ServiceErrors, SayWhereAndWhat) {
  Diagnostics diagnostics;
  read(GetParam().yaml, diagnostics);
  ASSERT_FALSE(diagnostics.ok()) << GetParam().yaml;
  EXPECT_EQ(diagnostics.errors().front().to_string(), GetParam().error);
}

#define FRAME "receivers: {otlp: }\nexporters: {nop: }\n"

INSTANTIATE_TEST_SUITE_P(
    All, ServiceErrors,
    testing::Values(
        ErrorCase{"recievers: {}",
                  "c.yaml:1:12: recievers: there is no section of this name; did you mean "
                  "\"receivers\"?"},
        ErrorCase{"foo: {}",
                  "c.yaml:1:6: foo: there is no section of this name; there are: receivers "
                  "processors exporters connectors extensions service"},
        ErrorCase{"receivers: [otlp]",
                  "c.yaml:1:12: receivers: expected a map of components, found a list"},
        ErrorCase{FRAME "service: {pipelines: {logs: {receivers: [otlp], exporters: [nope]}}}",
                  "c.yaml:3:61: service::pipelines::logs::exporters[0]: the exporter nope is not "
                  "configured: there is no such key under exporters (did you mean \"nop\"?)"},
        ErrorCase{FRAME "processors: {batch/a: }\nservice: {pipelines: {logs: {receivers: [otlp], "
                        "processors: [batc/a], exporters: [nop]}}}",
                  "c.yaml:4:62: service::pipelines::logs::processors[0]: the processor batc/a is "
                  "not configured: there is no such key under processors (did you mean "
                  "\"batch/a\"?)"},
        ErrorCase{FRAME "connectors: {forward: }\nservice: {pipelines: {logs: {receivers: "
                        "[otlp, forwad], exporters: [nop]}}}",
                  "c.yaml:4:48: service::pipelines::logs::receivers[1]: the receiver forwad is not "
                  "configured: there is no such key under receivers (did you mean \"forward\"?)"},
        ErrorCase{FRAME "extensions: {health_check: }\nservice: {extensions: [helth_check], "
                        "pipelines: {logs: {receivers: [otlp], exporters: [nop]}}}",
                  "c.yaml:4:24: service::extensions[0]: the extension helth_check is not "
                  "configured: there is no such key under extensions (did you mean "
                  "\"health_check\"?)"},
        ErrorCase{FRAME "service: {pipelines: {logs: {receivers: [otlp]}}}",
                  "c.yaml:3:29: service::pipelines::logs: a pipeline needs at least one exporter"},
        ErrorCase{FRAME "service: {pipelines: {log: {receivers: [otlp], exporters: [nop]}}}",
                  "c.yaml:3:28: service::pipelines::log: a pipeline is one of logs, metrics, "
                  "traces, or one of these "
                  "with /name"},
        ErrorCase{
            FRAME "service: {}",
            "c.yaml:3:10: service: there must be at least one pipeline under service::pipelines"},
        ErrorCase{
            FRAME "processors: {batch: }\nservice: {pipelines: {logs: {receivers: [otlp], "
                  "processors: [batch, "
                  "batch], exporters: [nop]}}}",
            "c.yaml:4:69: service::pipelines::logs::processors[1]: the processor batch stands "
            "twice"}));

TelemetryConfig telemetry(const std::string& yaml, Diagnostics& diagnostics) {
  return read(FRAME "service: {telemetry: " + yaml +
                  ", pipelines: {logs: {receivers: [otlp], exporters: [nop]}}}",
              diagnostics)
      .telemetry;
}

TEST(Telemetry, TakesEverythingThatTheOriginalTakes) {
  Diagnostics diagnostics;
  const TelemetryConfig got = telemetry(
      "{logs: {level: DEBUG, encoding: json, development: true, disable_caller: true, "
      "disable_stacktrace: true, "
      "sampling: {enabled: true, tick: 1s, initial: 1, thereafter: 2}, output_paths: [stdout], "
      "error_output_paths: "
      "[stderr], initial_fields: {a: 5}, processors: [{batch: {}}], disable_zap_resource: true}, "
      "traces: {level: none, "
      "propagators: [b3], processors: []}, resource: {service.name: x, service.instance.id: null}, "
      "metrics: {level: "
      "detailed, views: [{}], readers: [{periodic: {exporter: {}}}, {pull: {exporter: {prometheus: "
      "{host: '::1', port: "
      "8889, without_units: true}}}}]}}",
      diagnostics);
  EXPECT_TRUE(diagnostics.ok()) << diagnostics.to_string();
  EXPECT_EQ(got.log_level, LogLevel::Debug);
  EXPECT_EQ(got.log_encoding, LogEncoding::Json);
  EXPECT_EQ(got.metrics_level, MetricsLevel::Detailed);
  EXPECT_EQ(got.metrics_pages, (std::vector<MetricsPage>{{"[::1]:8889", true}}));
}

TEST(Telemetry, AReaderSaysWhetherCountersHaveASuffix) {
  Diagnostics diagnostics;
  const TelemetryConfig got = telemetry(
      "{metrics: {readers: [{pull: {exporter: {prometheus: {without_type_suffix: false}}}}]}}",
      diagnostics);
  EXPECT_EQ(diagnostics.to_string(), "");
  EXPECT_EQ(got.metrics_pages, (std::vector<MetricsPage>{{"localhost:8888", false}}));
}

TEST(Telemetry, WhatIsShownIsReadAgain) {
  const TelemetryConfig cases[] = {
      {LogLevel::Debug, LogEncoding::Json, MetricsLevel::Detailed,
       std::vector<MetricsPage>{{"[::1]:8889", false}, {"localhost:1"}}},
      {LogLevel::Info, {}, MetricsLevel::Normal, std::vector<MetricsPage>{{"0.0.0.0:8888"}}},
      {LogLevel::Error, LogEncoding::Console, MetricsLevel::None, std::vector<MetricsPage>()},
  };
  for (const TelemetryConfig& config : cases) {
    const Node shown = show_telemetry(config);
    Diagnostics diagnostics;
    const TelemetryConfig again = read_telemetry(shown, Place(diagnostics, "", {}));
    EXPECT_EQ(diagnostics.to_string(), "");
    EXPECT_TRUE(diagnostics.warnings().empty()) << diagnostics.warnings()[0].to_string();
    EXPECT_EQ(to_yaml(show_telemetry(again)), to_yaml(shown));
    EXPECT_EQ(again.metrics_pages, config.metrics_pages);
  }
}

TEST(Telemetry, AWrongWordIsNamedAtItsOwnPlace) {
  Diagnostics diagnostics;
  telemetry("{logs: {level: loud}}", diagnostics);
  EXPECT_EQ(diagnostics.to_string(),
            "c.yaml:3:37: service::telemetry::logs::level: expected debug, info, warn, warning, "
            "error, dpanic, panic or fatal, found \"loud\"\n");
}

TEST(Telemetry, AnEmptyLevelIsTheUsualOne) {
  Diagnostics diagnostics;
  EXPECT_EQ(telemetry("{logs: {level: }}", diagnostics).log_level, LogLevel::Info);
  EXPECT_TRUE(diagnostics.ok()) << diagnostics.to_string();
}

TEST(Telemetry, RefusesWhatTheOriginalRefuses) {
  for (const char* yaml :
       {"{logs: {level: loud}}", "{logs: {encoding: xml}}", "{logs: {colour: red}}",
        "{logs: {development: 5}}", "{logs: {output_paths: {a: b}}}", "{metrics: {level: some}}",
        "{metrics: {readers: []}}", "{metrics: {level: normal, views: [{}]}}",
        "{metrics: {readers: [{push: {}}]}}", "{profiles: {}}", "{traces: {propagators: 5}}"}) {
    Diagnostics diagnostics;
    telemetry(yaml, diagnostics);
    EXPECT_FALSE(diagnostics.ok()) << yaml;
  }
}

}  // namespace
}  // namespace sluice::config
