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

// What statements can do is tested beside OTTL; here is what the processor makes of their groups.
const Case kCases[] = {
    {"statements of one list, in their order",
     R"({log_statements: ['set(log.attributes["a"], 1)', 'set(log.body, log.attributes["a"])']})",
     otlp::Signal::Logs, "[{}]", "- {body: 1, attributes: {a: 1}}\n"},
    {"only where the group's condition holds",
     R"({log_statements: [{conditions: ['log.body == "a"'], statements: ['set(log.severity_text, "x")']}]})",
     otlp::Signal::Logs, "[{body: a}, {body: b}]", "- {severity_text: x, body: a}\n- {body: b}\n"},
    {"a group runs over all records before the next",
     R"({trace_statements: [{context: span, statements: ['set(resource.attributes["n"], name)']},
         {context: resource, statements: ['set(attributes["m"], attributes["n"])']}]})",
     otlp::Signal::Traces, "[{name: a}, {name: b}]",
     "- {resource: {n: b, m: b}, name: a}\n- {resource: {n: b, m: b}, name: b}\n"},
    {"also one that may run together with others",
     R"({log_statements: [{statements: ['set(resource.attributes["n"], log.body)']},
         {statements: ['set(log.attributes["m"], resource.attributes["n"])']}]})",
     otlp::Signal::Logs, "[{body: a}, {body: b}]",
     "- {resource: {n: b}, body: a, attributes: {m: b}}\n"
     "- {resource: {n: b}, body: b, attributes: {m: b}}\n"},
    {"groups that run together have caches of their own",
     R"({log_statements: [{statements: ['set(log.cache["a"], log.body)', 'set(log.attributes["a"], log.cache["a"])']},
         {statements: ['set(log.attributes["b"], log.cache["a"])', 'set(log.body, 1)']}]})",
     otlp::Signal::Logs, "[{body: a}, {body: b}]",
     "- {body: 1, attributes: {a: a}}\n- {body: 1, attributes: {a: b}}\n"},
    {"data points", R"({metric_statements: ['set(datapoint.value_int, 7)']})",
     otlp::Signal::Metrics, "[{name: m, type: gauge, points: [{value: 1}, {value: 2}]}]",
     "- {name: m, type: gauge, points: [{value: 7}, {value: 7}]}\n"},
    {"statements of other signals do nothing", R"({log_statements: ['set(log.body, 1)']})",
     otlp::Signal::Traces, "[{name: a}]", "- {name: a}\n"},
    {"statements may stand behind groups",
     R"({error_mode: IGNORE, log_statements: [{context: log, statements: ['set(body, 1)']},
         {context: log}, 'set(log.attributes["a"], log.body)']})",
     otlp::Signal::Logs, "[{}]", "- {body: 1, attributes: {a: 1}}\n"},
    {"an error does not keep the next statement from running",
     R"({log_statements: ['set(log.body, ParseJSON(log.body))', 'set(log.severity_text, "x")']})",
     otlp::Signal::Logs, "[{body: a}]", "- {severity_text: x, body: a}\n"},
};

TEST(Transform, RunsGroups) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    Rig rig("transform", c.options, c.signal);
    ASSERT_EQ(rig.problem(), "");
    EXPECT_EQ(rig.change(c.in), c.out);
  }
}

TEST(Transform, PropagatesErrors) {
  Rig rig("transform",
          R"({error_mode: propagate, log_statements: ['set(log.body, ParseJSON(log.body))']})",
          otlp::Signal::Logs);
  EXPECT_EQ(rig.send("[{body: a}]").status.code(), Code::Unavailable);
  EXPECT_EQ(rig.sink().batches(), 0U);
}

TEST(Transform, AGroupHasItsOwnErrorMode) {
  Rig rig(
      "transform",
      R"({error_mode: propagate, log_statements: [{error_mode: ignore, statements: ['set(log.body, ParseJSON(log.body))']}]})",
      otlp::Signal::Logs);
  EXPECT_TRUE(rig.send("[{body: a}]").status.ok());
}

TEST(Transform, RefusesWhatCannotWork) {
  const std::pair<const char*, const char*> cases[] = {
      {"{error_mode: loud}", "ignore, silent or propagate"},
      {"{error_mode: null}", "ignore, silent or propagate"},
      {"{log_statements: [{context: log, error_mode: null}]}", "ignore, silent or propagate"},
      {"{log_statements: [{context: '', statements: ['set(log.body, 1)']}]}", "no context \"\""},
      {"{log_statements: [{context: null, statements: ['set(log.body, 1)']}]}", "no context \"\""},
      {"{log_statements: ['set(log.body']}", "set(log.body"},
      {"{log_statements: ['nope(log.body)']}", "nope"},
      {"{log_statements: [{context: span, statements: ['set(name, 1)']}]}", "span"},
      {"{log_statements: 1}", "list"},
      {"{log_statements: null}", "list"},
      {"{log_statements: [null]}", "an OTTL text, or a group"},
      {"{log_statements: ['set(log.body, 1)', {context: log}]}", "cannot stand in one list"},
      {"{log_statements: [{}]}", "a group without statements"},
      {"{log_statements: [{context: nope}]}", "no context \"nope\""},
  };
  for (const auto& [options, expected] : cases) {
    SCOPED_TRACE(options);
    const Rig rig("transform", options, otlp::Signal::Logs);
    EXPECT_NE(rig.problem().find(expected), std::string::npos) << rig.problem();
  }
}

}  // namespace
}  // namespace sluice::components
