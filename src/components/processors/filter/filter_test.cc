#include <gtest/gtest.h>

#include "testing/rig.h"

namespace sluice::components {
namespace {

using testing::Rig;

struct Case {
  const char* name;
  const char* options;
  otlp::Signal signal;
  const char* in;
  const char* out;
};

const Case kCases[] = {
    {"logs that a condition holds for are dropped",
     R"({logs: {log_record: ['body == "a"', 'severity_number > 9']}})", otlp::Signal::Logs,
     "[{body: a}, {severity: 10, body: b}, {severity: 9, body: c}]", "- {severity: 9, body: c}\n"},
    {"an error counts as no, and the next condition is tried",
     R"({logs: {log_record: ['Int(body["x"]) > Int("z")', 'body == "a"']}})", otlp::Signal::Logs,
     "[{body: a}, {body: b}]", "- {body: b}\n"},
    {"resources", R"({logs: {resource: ['attributes["r"] == 1']}})", otlp::Signal::Logs,
     "[{resource: {r: 1}, body: a}, {resource: {r: 2}, body: b}]",
     "- {resource: {r: 2}, body: b}\n"},
    {"spans and their events", R"({traces: {span: ['name == "a"'], spanevent: ['name == "e"']}})",
     otlp::Signal::Traces, "[{name: a}, {name: b, events: [{name: e}, {name: f}]}]",
     "- {name: b, events: [{name: f}]}\n"},
    {"a metric goes with its last data point", "{metrics: {datapoint: ['value_int == 1']}}",
     otlp::Signal::Metrics,
     "[{name: a, type: gauge, points: [{value: 1}]}, {name: b, type: gauge, points: [{value: 1}, "
     "{value: 2}]}, {name: c}]",
     "- {name: b, type: gauge, points: [{value: 2}]}\n- {name: c}\n"},
    {"conditions of any context", R"({log_conditions: ['resource.attributes["r"] == 1', 
       'log.body == "a"']})",
     otlp::Signal::Logs,
     "[{resource: {r: 1}, body: b}, {resource: {r: 2}, body: a}, {resource: {r: 2}, body: c}]",
     "- {resource: {r: 2}, body: c}\n"},
    {"each of a group's conditions may have a context of its own",
     R"({trace_conditions: [{conditions: ['spanevent.name == "e"', 'span.name == "a"']}, {}]})",
     otlp::Signal::Traces, "[{name: a}, {name: b, events: [{name: e}, {name: f}]}]",
     "- {name: b, events: [{name: f}]}\n"},
    {"scopes", R"({log_conditions: ['scope.name == "a"']})", otlp::Signal::Logs,
     "[{scope: a, body: a}, {scope: b, body: b}]", "- {scope: b, body: b}\n"},
    {"included logs", "{logs: {include: {match_type: strict, bodies: [a]}}}", otlp::Signal::Logs,
     "[{body: a}, {body: b}]", "- {body: a}\n"},
    {"an empty list of logs is none", "{logs: {include: {match_type: strict}}}", otlp::Signal::Logs,
     "[{body: a}]", "- {body: a}\n"},
    {"severities", "{logs: {include: {severity_number: {min: warn}}}}", otlp::Signal::Logs,
     "[{severity: 13}, {severity: 12}, {body: a}]", "- {severity: 13}\n"},
    {"an empty severity is below all", "{logs: {include: {severity_number: {min: ''}}}}",
     otlp::Signal::Logs, "[{severity: 1}, {body: a}]", "- {severity: 1}\n"},
    {"a metric without data points goes, unless it has no kind",
     "{metrics: {datapoint: ['value_int == 1']}}", otlp::Signal::Metrics,
     "[{name: a, type: gauge}, {name: b}]", "- {name: b}\n"},
    {"excluded resources and excluded metrics",
     "{metrics: {exclude: {match_type: strict, metric_names: [a], resource_attributes: [{key: "
     "r}]}}}",
     otlp::Signal::Metrics,
     "[{name: a}, {name: b}, {resource: {r: 1}, name: b}, {resource: {s: 1}, name: a}]",
     "- {name: b}\n"},
    {"included resources and metrics",
     "{metrics: {include: {match_type: strict, metric_names: [a], resource_attributes: [{key: "
     "r}]}}}",
     otlp::Signal::Metrics, "[{name: a}, {resource: {r: 1}, name: b}, {resource: {r: 1}, name: a}]",
     "- {resource: {r: 1}, name: a}\n"},
    {"conditions of any context push lists of spans aside",
     R"({trace_conditions: ['span.name == "a"'], spans: {exclude: {match_type: strict, span_names: [b]}}})",
     otlp::Signal::Traces, "[{name: a}, {name: b}]", "- {name: b}\n"},
    {"excluded spans", "{spans: {exclude: {match_type: regexp, span_names: ['^a']}}}",
     otlp::Signal::Traces, "[{name: ab}, {name: b}]", "- {name: b}\n"},
    {"included metrics, by an expression",
     R"({metrics: {include: {match_type: expr, expressions: ['MetricName == "a" && HasLabel("x")']}}})",
     otlp::Signal::Metrics,
     "[{name: a, points: [{attributes: {x: 1}}]}, {name: a, points: [{}]}, {name: b, points: "
     "[{attributes: {x: 1}}]}]",
     "- {name: a, points: [{attributes: {x: 1}}]}\n"},
    {"null is no list beside others",
     "{logs: {include: {match_type: strict, bodies: [a]}, log_record: null}}", otlp::Signal::Logs,
     "[{body: a}, {body: b}]", "- {body: a}\n"},
    {"without options nothing is dropped", "{}", otlp::Signal::Logs, "[{body: a}]",
     "- {body: a}\n"},
};

TEST(Filter, Drops) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    Rig rig("filter", c.options, c.signal);
    ASSERT_EQ(rig.problem(), "");
    EXPECT_EQ(rig.change(c.in), c.out);
  }
}

TEST(Filter, AnswersWhereNothingIsLeft) {
  Rig rig("filter", R"({logs: {log_record: ['true']}})", otlp::Signal::Logs);
  EXPECT_TRUE(rig.send("[{body: a}]").status.ok());
  EXPECT_EQ(rig.sink().batches(), 0U);
}

TEST(Filter, PropagatesErrors) {
  Rig rig("filter", R"({error_mode: propagate, logs: {log_record: ['ParseJSON(body)["z"] == 1']}})",
          otlp::Signal::Logs);
  ASSERT_EQ(rig.problem(), "");
  EXPECT_EQ(rig.send("[{body: a}]").status.code(), Code::Unavailable);
  EXPECT_EQ(rig.sink().batches(), 0U);
}

TEST(Filter, ExpressionsThatAreWrongAreShownAsTheyWereWritten) {
  const Rig rig("filter",
                R"({metrics: {include: {match_type: expr, expressions: ['MetricName == "a"',
                    'MetricName == "a" || Nope()', 'Nor()']}}})",
                otlp::Signal::Metrics);
  EXPECT_EQ(
      rig.problem().rfind("the expression `MetricName == \"a\" || Nope()`, read as OTTL: ", 0), 0u)
      << rig.problem();
  EXPECT_NE(rig.problem().find("; the expression `Nor()`, read as OTTL: "), std::string::npos)
      << rig.problem();
}

TEST(Filter, RefusesWhatCannotWork) {
  const std::pair<const char*, const char*> cases[] = {
      {"{error_mode: loud}", "ignore, silent or propagate"},
      {"{log_conditions: [{context: log, conditions: ['true']}, 'log.body == 1']}",
       "cannot stand in one list"},
      {"{logs: {log_record: ['body ==']}}", "body"},
      {"{logs: {log_record: ['nope == 1']}}", "nope"},
      {"{logs: {log_record: ['body == 1'], include: {match_type: strict, bodies: [a]}}}",
       "include and exclude"},
      {"{logs: {include: {match_type: regexp, bodies: ['(']}}}", "("},
      {"{logs: {include: {severity_number: {min: nope}}}}", "severity"},
      {"{logs: {exclude: {severity_number: {min: '25'}}}}", "severity"},
      {"{traces: {span: ['name == \"a\"']}, spans: {include: {match_type: strict, services: [a]}}}",
       "include and exclude"},
      {"{logs: {log_record: ['true']}, log_conditions: ['log.body == \"a\"']}", "any context"},
      {"{logs: {include: {match_type: strict, bodies: [a]}}, log_conditions: ['log.body == "
       "\"a\"']}",
       "any context"},
      {"{logs: {log_record: [], include: {match_type: strict, bodies: [a]}}}",
       "include and exclude"},
      {"{logs: {log_record: []}, log_conditions: ['log.body == 1']}", "any context"},
      {"{logs: {log_record: ['true']}, log_conditions: []}", "any context"},
      {"{error_mode: null}", "ignore, silent or propagate"},
      {"{logs: {include: {match_type: glob, bodies: [a]}}}", "strict or regexp"},
      {"{traces: {include: {match_type: strict, span_names: [a]}}}", "include"},
  };
  for (const auto& [options, expected] : cases) {
    SCOPED_TRACE(options);
    const Rig rig("filter", options, otlp::Signal::Logs);
    EXPECT_NE(rig.problem().find(expected), std::string::npos) << rig.problem();
  }
}

}  // namespace
}  // namespace sluice::components
