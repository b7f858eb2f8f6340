// What is said about a whole configuration, and where: the frame, the components' own tables, and
// what only their makers can tell.

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>

#include "components/all.h"
#include "config/service.h"
#include "config/yaml.h"
#include "pipeline/trial.h"
#include "testing/test_ca.h"

namespace sluice::components {
namespace {

/// The first line of each error, without the file's name; below it statements show where they are
/// wrong.
std::string errors(const std::string& yaml) {
  config::Diagnostics diagnostics;
  const auto root = config::parse_yaml(yaml, "");
  EXPECT_TRUE(root.ok()) << root.status().message();
  const auto configuration = config::read_configuration(*root, diagnostics);
  const auto plan = pipeline::Plan::make(configuration, all_components(), diagnostics);
  pipeline::try_components(plan, diagnostics);
  std::string out;
  for (const auto& error : diagnostics.errors()) {
    const std::string text = error.to_string();
    out += text.substr(0, text.find('\n')) + "\n";
  }
  return out;
}

/// The warnings, a line each.
std::string warnings(const std::string& yaml) {
  config::Diagnostics diagnostics;
  const auto configuration =
      config::read_configuration(config::parse_yaml(yaml, "c.yaml").value(), diagnostics);
  const auto plan = pipeline::Plan::make(configuration, all_components(), diagnostics);
  pipeline::try_components(plan, diagnostics);
  EXPECT_EQ(diagnostics.to_string(), "");
  std::string out;
  for (const auto& warning : diagnostics.warnings()) out += warning.to_string() + "\n";
  return out;
}

/// One logs pipeline with components between its ends.
std::string with(const std::string& middle, const std::string& names) {
  return "receivers: {nop: }\nexporters: {nop: }\n" + middle +
         "service: {pipelines: {logs: {receivers: [nop], processors: [" + names +
         "], exporters: [nop]}}}\n";
}

TEST(Plan, AWrongStatementIsNamedAtItsOwnPlace) {
  EXPECT_EQ(
      errors(with(R"(processors:
  transform/x:
    log_statements:
    - statements:
      - set(log.body, 1)
      - set(log.body, ParseJson(log.body))
      - set(log.body
      - set(log.nobody, 1)
    - context: log
      conditions:
      - nothing ==
      statements:
      - set(body, Nope())
    - context: span
      statements:
      - set(name, "a")
    - statements: ['convert_sum_to_gauge()']
    trace_statements:
    - set(span.name, "a")
    - set(span.nome, "a")
)",
                  "transform/x")),
      R"~(:8:9: processors::transform/x::log_statements[0]::statements[1]: statement `set(log.body, ParseJson(log.body))`: there is no function ParseJson (did you mean "ParseJSON"?)
:9:9: processors::transform/x::log_statements[0]::statements[2]: statement `set(log.body`: expected ")"
:10:9: processors::transform/x::log_statements[0]::statements[3]: statement `set(log.nobody, 1)`: there is no field "nobody" in the context log (did you mean "body"?)
:15:9: processors::transform/x::log_statements[1]::statements[0]: statement `set(body, Nope())`: there is no converter Nope
:13:9: processors::transform/x::log_statements[1]::conditions[0]: condition `nothing ==`: expected a value
:16:16: processors::transform/x::log_statements[2]::context: there is no context "span" for logs
:19:20: processors::transform/x::log_statements[3]::statements[0]: statement `convert_sum_to_gauge()`: there is no function convert_sum_to_gauge for logs
:22:7: processors::transform/x::trace_statements[1]: statement `set(span.nome, "a")`: there is no field "nome" in the context span (did you mean "name"?)
)~");
}

TEST(Plan, StatementsThatCannotBeInOneGroupAreNamedWithTheirContexts) {
  EXPECT_EQ(
      errors(with(R"(processors:
  transform:
    log_statements:
    - set(log.severity_number, SEVERITY_NUMBER_INOF)
    - set(log.body, 1)
    - set(span.name, "a")
    - set(log.body, "open)
    metric_statements:
    - copy_metric()
    - set(datapoint.attributes["a"], 1)
    - set(metric.nome, "a")
  transform/b:
    log_statements: ['append(["a"], "b")']
)",
                  "transform, transform/b")),
      R"~(:6:7: processors::transform::log_statements[0]: statement `set(log.severity_number, SEVERITY_NUMBER_INOF)`: there is no enumeration value SEVERITY_NUMBER_INOF (did you mean "SEVERITY_NUMBER_INFO"?)
:8:7: processors::transform::log_statements[2]: statement `set(span.name, "a")`: there is no context span for logs, only resource, scope and log
:9:7: processors::transform::log_statements[3]: statement `set(log.body, "open)`: the quote is not closed
:12:7: processors::transform::metric_statements[1]: statement `set(datapoint.attributes["a"], 1)`: this needs the context datapoint, and the statement `copy_metric()` needs the context metric: they cannot be in one group
:13:7: processors::transform::metric_statements[2]: statement `set(metric.nome, "a")`: there is no field "nome" in the context metric (did you mean "name"?)
:15:22: processors::transform/b::log_statements[0]: no path says which context the statements are for: write paths with their context, such as log.attributes
)~");
}

TEST(Plan, WhatIsWrongInOnePlaceHidesNothingElsewhere) {
  EXPECT_EQ(
      errors(R"(receivers: {nop: }
processors:
  batch: {timout: 1s}
  redaction: {blocked_values: ['(']}
  span: {status: {code: Error}}
exporters:
  clickhouse:
    endpoint: http://localhost
    timeout: -1s
    ttl: -5h
    http_port: 99999
    retry_on_failure: {enabled: maybe}
  file: {path: /nonexistent/out.json}
service:
  pipelines:
    logs: {receivers: [nop], processors: [batch, redaction, span], exporters: [clickhouse, file]}
)"),
      R"(:3:19: processors::batch::timout: there is no option of this name; did you mean "timeout"?
:4:32: processors::redaction::blocked_values[0]: the regular expression ( is wrong: missing ): (
:12:33: exporters::clickhouse::retry_on_failure::enabled: expected true or false, found the text "maybe"
:11:16: exporters::clickhouse::http_port: expected at most 65535, found the integer 99999
:9:14: exporters::clickhouse::timeout: expected more than 0, found the text "-1s"
:10:10: exporters::clickhouse::ttl: expected 0 or more, found the text "-5h"
:16:61: service::pipelines::logs::processors[2]: the processor span does not take logs
:13:9: exporters::file: open /nonexistent/out.json: No such file or directory
)");
}

TEST(Plan, WrongConditionsAreNamedAtTheirOwnPlaces) {
  EXPECT_EQ(
      errors(with(R"(processors:
  filter:
    logs:
      log_record:
      - 'true'
      - nome == 1
  filter/b:
    log_conditions:
    - log.body == 1
    - log.nobody == 1
  logdedup:
    conditions:
    - body == 1
    - nobody == 1
  tail_sampling:
    policies:
    - name: a
      type: ottl_condition
      ottl_condition:
        span:
        - nome == 1
connectors:
  routing:
    table:
    - pipelines: [logs]
      condition: attributes["a"] == 1
    - pipelines: [logs]
      condition: atributes["a"] == 1
    - pipelines: [logs]
      context: request
      condition: body == 1
)",
                  "filter, filter/b, logdedup")),
      R"(:8:9: processors::filter::logs::log_record[1]: condition `nome == 1`: there is no field "nome" in the context log
:12:7: processors::filter/b::log_conditions[1]: condition `log.nobody == 1`: there is no field "nobody" in the context log (did you mean "body"?)
:16:7: processors::logdedup::conditions[1]: condition `nobody == 1`: there is no field "nobody" in the context log (did you mean "body"?)
:23:11: processors::tail_sampling::policies[0]::ottl_condition::span[0]: condition `nome == 1`: there is no field "nome" in the context span (did you mean "name"?)
:30:18: connectors::routing::table[1]::condition: condition `atributes["a"] == 1`: there is no field "atributes" in the context resource (did you mean "attributes"?)
:33:18: connectors::routing::table[2]::condition: a condition of the context request is request["header"] == "value", or with !=, and not: body == 1
)");
}

TEST(Plan, ACircleIsNamedWithoutWhatLeadsToIt) {
  EXPECT_EQ(errors(R"(receivers: {nop: }
exporters: {nop: }
connectors: {forward/in: , forward/b: , forward/c: }
service:
  pipelines:
    logs/a: {receivers: [nop], exporters: [forward/in]}
    logs/b: {receivers: [forward/in, forward/c], exporters: [forward/b]}
    logs/c: {receivers: [forward/b], exporters: [forward/c]}
)"),
            ":7:13: service::pipelines::logs/b: pipelines feed each other in a circle: logs/b -> "
            "logs/c -> logs/b\n");
}

TEST(Plan, WhatIsNotConfiguredHidesNoCircleAndNoUnknownRoute) {
  EXPECT_EQ(
      errors(R"(receivers: {nop: }
exporters: {nop: }
connectors:
  forward/b:
  forward/c:
  routing: {table: [{condition: 'true', pipelines: [logs/none]}]}
service:
  pipelines:
    logs/a: {receivers: [nop], exporters: [routing, nowhere]}
    logs/b: {receivers: [routing, forward/c], exporters: [forward/b]}
    logs/c: {receivers: [forward/b], processors: [batch], exporters: [forward/c]}
)"),
      R"(:9:53: service::pipelines::logs/a::exporters[1]: the exporter nowhere is not configured: there is no such key under exporters
:11:51: service::pipelines::logs/c::processors[0]: the processor batch is not configured: there is no such key under processors
:10:13: service::pipelines::logs/b: pipelines feed each other in a circle: logs/b -> logs/c -> logs/b
:6:12: connectors::routing: there is no pipeline logs/none that receives from here
)");
  // The pipeline that is meant may be the one with a receiver that is not there.
  EXPECT_EQ(errors(R"(receivers: {nop: }
exporters: {nop: }
connectors:
  routing: {table: [{condition: 'true', pipelines: [logs/b]}]}
service:
  pipelines:
    logs: {receivers: [nop], exporters: [routing]}
    logs/b: {receivers: [routin], exporters: [nop]}
)"),
            ":8:26: service::pipelines::logs/b::receivers[0]: the receiver routin is not "
            "configured: there is no such key under receivers (did you mean \"routing\"?)\n");
}

TEST(Plan, WhatAnExtensionIsNotConfiguredForIsSaidBesideOtherErrors) {
  EXPECT_EQ(
      errors(R"(receivers:
  otlp:
    protocols:
      http: {endpoint: '127.0.0.1', auth: {authenticator: basicauth}}
exporters:
  otlp_http: {endpoint: 'https://localhost:1', auth: {authenticator: basicauth/in}, tls: {ca_file: /nonexistent/ca.pem}}
extensions:
  basicauth: {client_auth: {username: a}}
  basicauth/in: {htpasswd: {inline: 'a:b'}}
service:
  extensions: [basicauth, basicauth/in]
  pipelines:
    logs: {receivers: [otlp], exporters: [otlp_http]}
)"),
      R"(:4:24: receivers::otlp::protocols::http::endpoint: address '127.0.0.1' is not HOST:PORT; write for example localhost:4317 or [::1]:4317
:4:59: receivers::otlp::protocols::http::auth::authenticator: the extension basicauth is not configured to check senders
:6:70: exporters::otlp_http::auth::authenticator: the extension basicauth/in is not configured to say who we are to others
:6:14: exporters::otlp_http: TLS: the CA file cannot be read: /nonexistent/ca.pem
)");
}

TEST(Plan, ComponentsToComeAreKnownByBothNames) {
  const auto of_type = [](const std::string& type) {
    return errors("receivers:\n  nop:\n  ? " + type +
                  "\n  : {}\nexporters: {nop: }\n"
                  "service: {pipelines: {logs: {receivers: [nop], exporters: [nop]}}}\n");
  };
  for (const char* type : {"filelog", "file_log"}) {
    EXPECT_EQ(of_type(type), ":4:5: receivers::" + std::string(type) + ": the receiver " + type +
                                 " is not supported yet\n");
  }
  EXPECT_EQ(of_type("filelogs"),
            ":4:5: receivers::filelogs: there is no receiver of type \"filelogs\"; did you mean "
            "\"filelog\", which is not supported yet?\n");
}

TEST(Plan, MakersOfAllComponentsAreAsked) {
  EXPECT_EQ(errors(R"(receivers:
  otlp:
    protocols:
      http: {endpoint: '127.0.0.1:0', tls: {cert_file: /nonexistent/c.pem, key_file: /nonexistent/k.pem}}
processors:
  filter: {logs: {include: {match_type: regexp, bodies: ['(']}}}
exporters:
  otlp: {endpoint: 'localhost:4317', tls: {ca_file: /nonexistent/ca.pem}}
  file: {path: /nonexistent/out.json}
  file/directory: {path: /}
  clickhouse: {endpoint: 'https://localhost', tls: {ca_file: /nonexistent/ca.pem}}
connectors:
  routing: {table: [{condition: 'true', pipelines: [logs/none]}]}
service:
  pipelines:
    logs: {receivers: [otlp], processors: [filter], exporters: [otlp, file, file/directory, clickhouse, routing]}
    logs/b: {receivers: [routing], exporters: [file]}
)"),
            R"(:6:11: processors::filter: the regular expression ( is wrong: missing ): (
:13:12: connectors::routing: there is no pipeline logs/none that receives from here
:3:5: receivers::otlp: TLS: the certificate file cannot be read: /nonexistent/c.pem
:8:9: exporters::otlp: TLS: the CA file cannot be read: /nonexistent/ca.pem
:9:9: exporters::file: open /nonexistent/out.json: No such file or directory
:10:19: exporters::file/directory: open /: Is a directory
:11:15: exporters::clickhouse: TLS: the CA file cannot be read: /nonexistent/ca.pem
)");
}

TEST(Plan, AnExporterNeedsAnEndpointForEachSignalThatItGets) {
  EXPECT_EQ(errors(R"(receivers: {nop: }
exporters:
  otlp_http: {traces_endpoint: 'http://localhost:1/traces'}
service:
  pipelines:
    traces: {receivers: [nop], exporters: [otlp_http]}
    logs: {receivers: [nop], exporters: [otlp_http]}
)"),
            ":7:42: service::pipelines::logs::exporters[0]: the exporter otlp_http does not take "
            "logs: it lacks an endpoint: give endpoint or logs_endpoint\n");
}

/// An exporter with these options, and who it may be.
std::string with_exporter(const std::string& type, const std::string& options) {
  return "receivers: {nop: }\nexporters:\n  " + type + ": {" + options +
         "}\nextensions: {bearertokenauth: {token: t}}\n"
         "service: {extensions: [bearertokenauth], pipelines: {logs: {receivers: [nop], "
         "exporters: [" +
         type + "]}}}\n";
}

TEST(Plan, OptionsOfTlsThatChangeNothingAreWarnings) {
  const struct {
    const char* type;
    const char* options;
    const char* says;
  } cases[] = {
      {"otlp_http", "endpoint: 'http://h:1', tls: {insecure: true}", ""},
      {"otlp_http", "endpoint: 'https://h:1', tls: {insecure_skip_verify: true}", ""},
      {"otlp_http", "endpoint: 'http://h:1', tls: {min_version: '1.3', key_file: ''}",
       "c.yaml:3:58: exporters::otlp_http::tls::min_version: this option has no effect: the "
       "endpoint is spoken to without TLS; write https://\n"},
      {"otlp_http", "logs_endpoint: 'https://h:1', tls: {insecure: true}",
       "c.yaml:3:61: exporters::otlp_http::tls::insecure: this option has no effect: https:// asks "
       "for TLS\n"},
      {"otlp", "endpoint: 'h:1', tls: {insecure: true}", ""},
      {"otlp", "endpoint: 'h:1', tls: {insecure: false, server_name_override: x}", ""},
      {"otlp", "endpoint: 'h:1', tls: {insecure: true, server_name_override: x}",
       "c.yaml:3:71: exporters::otlp::tls::server_name_override: this option has no effect: "
       "insecure: true switches TLS off\n"},
      {"otlp", "endpoint: 'https://h:1', tls: {insecure: true}",
       "c.yaml:3:51: exporters::otlp::tls::insecure: this option has no effect: https:// asks for "
       "TLS\n"},
  };
  for (const auto& c : cases)
    EXPECT_EQ(warnings(with_exporter(c.type, c.options)), c.says) << c.options;

  const std::string authority = testing::write_file("ca.pem", testing::TestCa().certificate());
  EXPECT_EQ(warnings(with_exporter(
                "otlp", "endpoint: 'h:1', tls: {insecure: true, ca_file: " + authority + "}")),
            "c.yaml:3:43: exporters::otlp::tls::insecure: this option has no effect: an authority "
            "to trust asks for TLS\n");
}

TEST(Plan, CredentialsDoNotGoInPlainTextUnsaid) {
  const std::string auth = ", auth: {authenticator: bearertokenauth}";
  EXPECT_EQ(errors(with_exporter("otlp", "endpoint: 'localhost:1', tls: {insecure: true}" + auth)),
            ":3:64: exporters::otlp::auth: credentials are sent over TLS only: leave out "
            "tls::insecure, or write https:// before the endpoint\n");
  EXPECT_EQ(warnings(with_exporter("otlp", "endpoint: 'localhost:1'" + auth)), "");
  EXPECT_EQ(warnings(with_exporter("otlp_http", "endpoint: 'http://h:1'" + auth)),
            "c.yaml:3:45: exporters::otlp_http::auth: the credentials go to h:1 in plain text: "
            "write https://\n");
  for (const char* safe :
       {"http://localhost:1", "http://127.0.0.2:1", "http://[::1]:1", "https://h:1"})
    EXPECT_EQ(warnings(with_exporter("otlp_http", "endpoint: '" + std::string(safe) + "'" + auth)),
              "");
}

TEST(Plan, WhoNamesAnExtensionThatCannotBeMadeIsNotBlamed) {
  EXPECT_EQ(errors(R"(receivers: {nop: }
exporters:
  otlp_http: {endpoint: 'http://localhost:1', auth: {authenticator: bearertokenauth}}
extensions:
  bearertokenauth: {filename: /nonexistent/token}
service:
  extensions: [bearertokenauth]
  pipelines:
    logs: {receivers: [nop], exporters: [otlp_http]}
)"),
            ":5:20: extensions::bearertokenauth: cannot read the file /nonexistent/token\n");
}

TEST(Plan, AWrongExtensionHidesNothingThatIsWrongInOthers) {
  EXPECT_EQ(
      errors(R"(receivers:
  otlp:
    protocols:
      http: {endpoint: '127.0.0.1', auth: {authenticator: bearertokenauth}}
exporters:
  otlp_http:
    endpoint: 'https://localhost:1'
    auth: {authenticator: bearertokenauth}
    tls: {ca_file: /nonexistent/ca.pem}
  file: {path: /nonexistent/out.json}
extensions:
  bearertokenauth: {filename: /nonexistent/token}
  health_check: {pth: /x}
service:
  extensions: [bearertokenauth, health_check]
  telemetry: {logs: {level: loud}}
  pipelines:
    logs: {receivers: [otlp], exporters: [otlp_http, file]}
    metrics: {receivers: [otlp], processors: [span], exporters: [file]}
processors: {span: {status: {code: Ok}}}
)"),
      R"(:16:29: service::telemetry::logs::level: expected debug, info, warn, warning, error, dpanic, panic or fatal, found "loud"
:4:24: receivers::otlp::protocols::http::endpoint: address '127.0.0.1' is not HOST:PORT; write for example localhost:4317 or [::1]:4317
:13:23: extensions::health_check::pth: there is no option of this name; did you mean "path"?
:19:47: service::pipelines::metrics::processors[0]: the processor span does not take metrics
:12:20: extensions::bearertokenauth: cannot read the file /nonexistent/token
:7:5: exporters::otlp_http: TLS: the CA file cannot be read: /nonexistent/ca.pem
:10:9: exporters::file: open /nonexistent/out.json: No such file or directory
)");
}

TEST(Plan, ABatchSizeThatSomebodyChoseInVainIsAWarningAtItsPlace) {
  const auto with_sizes = [](const std::string& batches) {
    return "receivers: {nop: }\nexporters: {nop: , clickhouse: {endpoint: 'http://h:1'}, "
           "clickhouse/b: {endpoint: 'http://h:1'}}\nprocessors:\n  batch: {" +
           batches +
           "service: {pipelines: {logs: {receivers: [nop], processors: [batch], exporters: "
           "[clickhouse, nop]}, traces: {receivers: [nop], processors: [batch], exporters: "
           "[clickhouse, clickhouse/b]}}}\n";
  };
  const std::string place = "c.yaml:4:28: processors::batch::send_batch_size: ";
  const std::string because =
      ": inserts that are smaller than its own, of 100000 rows, leave by time\n";
  EXPECT_EQ(warnings(with_sizes("send_batch_size: 5000}\n")),
            place + "this option has no effect on the exporter clickhouse" + because + place +
                "this option has no effect on the exporter clickhouse/b" + because);
  // Those that nobody chose: the default, and the one of ClickStack's files.
  for (const char* size : {"}\n", "send_batch_size: 8192}\n", "send_batch_size: 10000}\n",
                           "send_batch_size: 200000}\n"})
    EXPECT_EQ(warnings(with_sizes(size)), "") << size;
}

TEST(Plan, AnOptionForASignalThatNoPipelineCarriesIsAWarning) {
  const auto sampled = [](const std::string& pipelines) {
    return warnings(
        "receivers: {nop: }\nexporters: {nop: }\nprocessors:\n  probabilistic_sampler:\n"
        "    attribute_source: traceID\n    sampling_priority: p\nservice: {pipelines: {" +
        pipelines + "}}\n");
  };
  const std::string traces =
      "traces: {receivers: [nop], processors: [probabilistic_sampler], exporters: [nop]}";
  EXPECT_EQ(sampled(traces),
            "c.yaml:6:24: processors::probabilistic_sampler::sampling_priority: this option has no "
            "effect: it is for logs\n");
  EXPECT_EQ(sampled(traces + ", logs: {receivers: [nop], processors: [probabilistic_sampler], "
                             "exporters: [nop]}"),
            "");
}

TEST(Plan, ATrialTakesNoAddressAndMakesNoFile) {
  const std::string path = ::testing::TempDir() + "plan_test_out.json";
  std::remove(path.c_str());
  // An address that nobody may take.
  EXPECT_EQ(errors("receivers: {otlp: {protocols: {http: {endpoint: '192.0.2.1:4318'}}}}\n"
                   "extensions: {health_check: {endpoint: '192.0.2.1:1'}}\n"
                   "exporters: {file: {path: '" +
                   path +
                   "'}}\n"
                   "service: {extensions: [health_check], pipelines: {logs: {receivers: [otlp], "
                   "exporters: [file]}}}\n"),
            "");
  EXPECT_NE(access(path.c_str(), F_OK), 0);
}

}  // namespace
}  // namespace sluice::components
