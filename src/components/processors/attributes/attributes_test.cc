#include <gtest/gtest.h>

#include <tuple>

#include "testing/rig.h"

namespace sluice::components {
namespace {

using testing::Rig;

struct Case {
  const char* name;
  const char* actions;
  const char* in;   // attributes of a log
  const char* out;  // the same
};

const Case kCases[] = {
    {"insert only where there is none", "{key: a, action: insert, value: 1}", "{a: 2}", "{a: 2}"},
    {"insert adds at the end", "{key: a, action: insert, value: 1}", "{b: 2}", "{b: 2, a: 1}"},
    {"update only where there is one", "{key: a, action: update, value: x}", "{b: 2}", "{b: 2}"},
    {"update", "{key: a, action: update, value: x}", "{a: 2, b: 1}", "{a: x, b: 1}"},
    {"upsert", "{key: a, action: upsert, value: [1, {x: 2.5}]}", "{}", "{a: [1, {x: 2.5}]}"},
    {"from another attribute", "{key: a, action: upsert, from_attribute: b}", "{b: 1}",
     "{b: 1, a: 1}"},
    {"from one that is not there", "{key: a, action: upsert, from_attribute: c}", "{b: 1}",
     "{b: 1}"},
    {"from one that is not there, with a default",
     "{key: a, action: upsert, from_attribute: c, default_value: d}", "{}", "{a: d}"},
    {"delete moves the last into the gap", "{key: a, action: delete}", "{a: 1, b: 2, c: 3}",
     "{c: 3, b: 2}"},
    {"delete by pattern keeps the order", "{action: delete, pattern: '^a'}",
     "{a: 1, b: 2, ab: 3, c: 4}", "{b: 2, c: 4}"},
    {"hash of texts", "{key: a, action: hash}", "{a: x}",
     "{a: '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881'}"},
    {"a key that is hashed by its pattern as well", "{key: a, action: hash, pattern: a}", "{a: x}",
     "{a: a57b5956dbc6e02127bbb40c87cb8244196d6d18e0e141936ffcd8cffad457ad}"},
    {"hash of an empty text", "{key: a, action: hash}", "{a: ''}",
     "{a: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855}"},
    {"hash of lists is empty", "{key: a, action: hash}", "{a: [1]}", "{a: ''}"},
    {"extract", "{key: a, action: extract, pattern: '^(?P<m>\\w+) (?P<p>.*)$'}", "{a: 'GET /x'}",
     "{a: 'GET /x', m: GET, p: '/x'}"},
    {"extract from what is no text", "{key: a, action: extract, pattern: '(?P<m>.)'}", "{a: 1}",
     "{a: 1}"},
    {"convert to int", "{key: a, action: convert, converted_type: int}", "{a: '12'}", "{a: 12}"},
    {"convert cuts off the fraction", "{key: a, action: convert, converted_type: int}", "{a: -1.9}",
     "{a: -1}"},
    {"convert of what is beyond a whole number", "{key: a, action: convert, converted_type: int}",
     "{a: 1.0e300}", "{a: -9223372036854775808}"},
    {"convert of what is no number", "{key: a, action: convert, converted_type: int}", "{a: .nan}",
     "{a: -9223372036854775808}"},
    {"convert of other text", "{key: a, action: convert, converted_type: int}", "{a: 1x}",
     "{a: '1x'}"},
    {"convert to double", "{key: a, action: convert, converted_type: double}", "{a: 1}",
     "{a: 1.0}"},
    {"convert to string", "{key: a, action: convert, converted_type: string}", "{a: [1, b]}",
     "{a: '[1,\"b\"]'}"},
    {"one action after the other",
     "{key: a, action: upsert, value: 1}, {key: b, action: upsert, from_attribute: a}, {key: a, "
     "action: delete}",
     "{}", "{b: 1}"},
    {"case of actions does not count", "{key: a, action: UPSERT, value: 1}", "{}", "{a: 1}"},
};

TEST(Attributes, Actions) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    Rig rig("attributes", "{actions: [" + std::string(c.actions) + "]}", otlp::Signal::Logs);
    ASSERT_EQ(rig.problem(), "");
    const std::string in = std::string("[{body: b, attributes: ") + c.in + "}]";
    const bool none = std::string(c.out) == "{}";
    EXPECT_EQ(rig.change(in), std::string("- {body: b") +
                                  (none ? "" : std::string(", attributes: ") + c.out) + "}\n");
  }
}

constexpr char kSet[] = "actions: [{key: z, action: insert, value: 1}]";

struct Selection {
  const char* options;
  otlp::Signal signal;
  const char* in;
  bool is_meant;
};

const Selection kSelections[] = {
    {"include: {match_type: strict, services: [s]}", otlp::Signal::Traces,
     "[{resource: {service.name: s}}]", true},
    {"include: {match_type: strict, services: [s]}", otlp::Signal::Traces,
     "[{resource: {service.name: st}}]", false},
    {"include: {match_type: regexp, span_names: [e]}", otlp::Signal::Traces, "[{name: GET e}]",
     true},
    {"include: {match_type: strict, span_kinds: [SPAN_KIND_SERVER]}", otlp::Signal::Traces,
     "[{kind: 2}]", true},
    {"include: {match_type: strict, attributes: [{key: a, value: 1}]}", otlp::Signal::Traces,
     "[{attributes: {a: 1}}]", true},
    {"include: {match_type: strict, attributes: [{key: a, value: 1}]}", otlp::Signal::Traces,
     "[{attributes: {a: '1'}}]", false},
    {"include: {match_type: strict, attributes: [{key: a}]}", otlp::Signal::Traces,
     "[{attributes: {a: x}}]", true},
    {"exclude: {match_type: strict, attributes: [{key: a}]}", otlp::Signal::Traces,
     "[{attributes: {a: x}}]", false},
    {"include: {match_type: strict, log_bodies: [b]}", otlp::Signal::Logs, "[{body: b}]", true},
    {"include: {match_type: strict, log_bodies: ['1']}", otlp::Signal::Logs, "[{body: 1}]", true},
    {"include: {match_type: strict, log_severity_texts: [e]}", otlp::Signal::Logs,
     "[{severity_text: e}]", true},
    {"include: {match_type: strict, log_severity_number: {min: 13}}", otlp::Signal::Logs,
     "[{severity: 13}]", true},
    {"include: {match_type: strict, log_severity_number: {min: 13}}", otlp::Signal::Logs,
     "[{severity: 12}]", false},
    {"include: {match_type: strict, log_severity_number: {min: 13, match_undefined: true}}",
     otlp::Signal::Logs, "[{}]", true},
    {"include: {match_type: strict, resources: [{key: r, value: x}]}", otlp::Signal::Logs,
     "[{resource: {r: x}}]", true},
    {"include: {match_type: regexp, libraries: [{name: '^l'}]}", otlp::Signal::Logs,
     "[{scope: lib}]", true},
    {"include: {match_type: strict, libraries: [{name: lib, version: '1'}]}", otlp::Signal::Logs,
     "[{scope: lib}]", false},
    {"include: {match_type: regexp, libraries: [{name: lib, version: ''}]}", otlp::Signal::Logs,
     "[{scope: lib}]", true},
    {"include: {match_type: regexp, libraries: [{name: l}, {name: x}]}", otlp::Signal::Logs,
     "[{scope: lib}]", false},
    {"include: {attributes: [{key: a}]}", otlp::Signal::Logs, "[{attributes: {a: 1}}]", true},
    {"include: {match_type: regexp, attributes: [{key: a, value: '^1.5$'}]}", otlp::Signal::Logs,
     "[{attributes: {a: 1.5}}]", true},
    {"include: {match_type: regexp, attributes: [{key: a, value: '^10{21}$'}]}", otlp::Signal::Logs,
     "[{attributes: {a: 1.0e21}}]", true},
    {"include: {match_type: regexp, attributes: [{key: a, value: '.*'}]}", otlp::Signal::Logs,
     "[{attributes: {a: [1]}}]", false},
    {"include: {match_type: regexp, services: [nil]}", otlp::Signal::Traces, "[{name: a}]", true},
    {"include: {match_type: regexp, span_kinds: ['^$']}", otlp::Signal::Traces, "[{kind: 9}]",
     true},
    {"include: {match_type: strict, metric_names: [m]}", otlp::Signal::Metrics,
     "[{name: m, points: [{}]}]", true},
    {"include: {match_type: strict, metric_names: [m]}", otlp::Signal::Metrics,
     "[{name: n, points: [{}]}]", false},
    {"include: {match_type: strict, resources: [{key: r}]}", otlp::Signal::Metrics,
     "[{name: n, points: [{}]}]", true},
    {"include: null", otlp::Signal::Metrics, "[{name: n, points: [{}]}]", true},
    {"exclude: null", otlp::Signal::Logs, "[{body: b}]", true},
};

TEST(Attributes, IncludeAndExclude) {
  for (const Selection& c : kSelections) {
    SCOPED_TRACE(std::string(c.options) + " " + c.in);
    Rig rig("attributes", "{" + std::string(c.options) + ", " + kSet + "}", c.signal);
    ASSERT_EQ(rig.problem(), "");
    EXPECT_EQ(rig.change(c.in).find("z: 1") != std::string::npos, c.is_meant);
  }
}

TEST(Attributes, TakesValuesFromTheRequest) {
  Rig rig("attributes",
          "{actions: [{key: t, action: insert, from_context: metadata.X-Tenant}, {key: u, action: "
          "insert, from_context: metadata.none}]}",
          otlp::Signal::Logs);
  rig.send("[{body: b}]", 0, {{"x-tenant", "acme"}});
  EXPECT_EQ(rig.take(), "- {body: b, attributes: {t: acme}}\n");
}

TEST(Attributes, SaysOfAllActionsWhatIsWrong) {
  const Rig rig(
      "attributes",
      "{actions: [{key: a, action: put}, {key: a, action: delete}, {action: delete}, {key: "
      "a, action: extract, pattern: '('}]}",
      otlp::Signal::Logs);
  for (const char* place : {"attributes::actions[0]::action: expected insert",
                            "attributes::actions[2]: ", "attributes::actions[3]::pattern: "})
    EXPECT_NE(rig.problem().find(place), std::string::npos) << place << "\n" << rig.problem();
}

TEST(Attributes, RefusesWhatCannotWork) {
  const std::pair<const char*, const char*> cases[] = {
      {"{}", "actions"},
      {"{actions: [{key: a}]}", "action"},
      {"{actions: [{action: insert, value: 1}]}", "key"},
      {"{actions: [{key: a, action: put, value: 1}]}", "insert, update"},
      {"{actions: [{key: a, action: insert}]}", "from_attribute"},
      {"{actions: [{key: a, action: insert, value: 1, from_attribute: b}]}", "only one"},
      {"{actions: [{key: a, action: insert, value: 2024-01-01}]}", "date"},
      {"{actions: [{key: a, action: delete, value: 1}]}",
       "actions[0]::value: this action takes no such option"},
      {"{actions: [{key: a, action: extract}]}", "pattern"},
      {"{actions: [{key: a, action: extract, pattern: '.'}]}",
       "actions[0]::pattern: it has no named group"},
      {"{actions: [{key: a, action: extract, pattern: '('}]}", "pattern"},
      {"{actions: [{key: a, action: convert, converted_type: bool}]}", "int, double or string"},
      {"{actions: [{key: a, action: delete}], include: {}}", "at least one"},
      {"{actions: [{key: a, action: delete}], include: {log_bodies: [a]}}", "match_type"},
      {"{actions: [{key: a, action: delete}], include: {match_type: strict, metric_names: [a]}}",
       "metric_names are not for logs"},
      {"{actions: [{key: a, action: delete}], include: {log_severity_number: {min: INFO}}}", "min"},
      {"{actions: [{key: a, action: delete}], include: {log_severity_number: null}}",
       "at least one"},
      {"{actions: [{key: a, action: delete}], include: {attributes: [{key: a}], metric_names: "
       "[a]}}",
       "metric_names are not for logs"},
      {"{actions: [{key: a, action: extract, pattern: '(?P<b>.)', from_context: b}]}",
       "actions[0]::from_context: this action takes no such option"},
      {"{actions: [{key: a, action: delete}], include: {attributes: [{key: a}], regexp: {x: 1}}}",
       "regexp::x"},
  };
  for (const auto& [options, expected] : cases) {
    SCOPED_TRACE(options);
    const Rig rig("attributes", options, otlp::Signal::Logs);
    EXPECT_NE(rig.problem().find(expected), std::string::npos) << rig.problem();
  }
}

TEST(Attributes, RefusesOptionsOfOtherSignals) {
  const std::tuple<otlp::Signal, const char*, const char*> cases[] = {
      {otlp::Signal::Metrics, "services: [a]", "only metric_names and resources"},
      {otlp::Signal::Metrics, "attributes: [{key: a}]", "only metric_names and resources"},
      {otlp::Signal::Metrics, "libraries: [{name: a}]", "only metric_names and resources"},
      {otlp::Signal::Metrics, "services: []", "at least one of metric_names"},
      {otlp::Signal::Traces, "services: [a], metric_names: [a]", "metric_names are not for spans"},
  };
  for (const auto& [signal, options, expected] : cases) {
    SCOPED_TRACE(options);
    const Rig rig("attributes",
                  "{" + std::string(kSet) + ", include: {match_type: strict, " + options + "}}",
                  signal);
    EXPECT_NE(rig.problem().find(expected), std::string::npos) << rig.problem();
  }
}

TEST(Attributes, DeleteAndHashTakeAContextThatHasNoEffect) {
  for (const char* action : {"delete", "hash"}) {
    SCOPED_TRACE(action);
    const Rig rig("attributes",
                  "{actions: [{key: a, action: " + std::string(action) + ", from_context: b}]}",
                  otlp::Signal::Logs);
    EXPECT_EQ(rig.problem(), "");
  }
}

}  // namespace
}  // namespace sluice::components
