#include <gtest/gtest.h>

#include <regex>

#include "testing/rig.h"

namespace sluice::components {
namespace {

using testing::Rig;

/// Times differ from run to run.
std::string without_times(const std::string& text) {
  std::string out = std::regex_replace(text, std::regex("time: \\d+, observed: \\d+"), "T");
  return std::regex_replace(out, std::regex("'\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ'"), "T");
}

constexpr char kTimes[] = ", first_observed_timestamp: T, last_observed_timestamp: T";

/// What comes out in the end.
std::string counted(const char* options, std::initializer_list<const char*> sent) {
  Rig rig("logdedup", options, otlp::Signal::Logs);
  EXPECT_EQ(rig.problem(), "");
  for (const char* records : sent) EXPECT_TRUE(rig.send(records).status.ok());
  EXPECT_EQ(rig.take(), "") << "before the interval is over";
  rig.stop();
  return without_times(rig.take());
}

TEST(LogDedup, CountsWhatIsAlikeOverRequests) {
  EXPECT_EQ(counted("{}", {"[{body: a, attributes: {x: 1}}, {body: a, attributes: {x: 2}}]",
                           "[{body: a, attributes: {x: 1}}]"}),
            std::string("- {T, body: a, attributes: {x: 1, log_count: 2") + kTimes + "}}\n" +
                "- {T, body: a, attributes: {x: 2, log_count: 1" + kTimes + "}}\n");
}

TEST(LogDedup, TellsApartWhatDiffers) {
  const char* const pairs[][2] = {
      {"[{body: a}]", "[{body: b}]"},
      {"[{body: 1}]", "[{body: 1.0}]"},
      {"[{body: '1'}]", "[{body: 1}]"},
      {"[{body: a, severity: 1}]", "[{body: a, severity: 2}]"},
      {"[{body: a, severity_text: x}]", "[{body: a, severity_text: y}]"},
      {"[{body: a, attributes: {x: 1}}]", "[{body: a}]"},
      {"[{resource: {r: 1}, body: a}]", "[{resource: {r: 2}, body: a}]"},
      {"[{scope: s, body: a}]", "[{scope: t, body: a}]"},
      {"[{scope_attributes: {s: 1}, body: a}]", "[{scope_attributes: {s: 2}, body: a}]"},
      {"[{body: {x: 1, y: 2}}]", "[{body: {x: 12}}]"},
  };
  for (const auto& pair : pairs) {
    SCOPED_TRACE(pair[0]);
    const std::string out = counted("{}", {pair[0], pair[1]});
    EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 2) << out;
    EXPECT_EQ(out.find("log_count: 2"), std::string::npos) << out;
  }
}

TEST(LogDedup, TakesAsAlikeWhatDiffersInOrderAndTimeOnly) {
  const std::string out =
      counted("{}", {"[{time: 1, body: {a: 1, b: 2}, attributes: {x: 1, y: 2}, trace: 1}]",
                     "[{time: 2, body: {b: 2, a: 1}, attributes: {y: 2, x: 1}, trace: 2}]"});
  EXPECT_NE(out.find("log_count: 2"), std::string::npos) << out;
}

TEST(LogDedup, LeavesOutExcludedFields) {
  EXPECT_EQ(
      counted(R"({exclude_fields: [body.t, 'attributes.a\.b', attributes.m.n]})",
              {"[{body: {t: 1, u: 2}, attributes: {a.b: 1, m: {n: 1, o: 2}}}]",
               "[{body: {t: 3, u: 2}, attributes: {a.b: 2, m: {n: 5, o: 2}}}]"}),
      std::string("- {T, body: {u: 2}, attributes: {m: {o: 2}, log_count: 2") + kTimes + "}}\n");
  EXPECT_EQ(counted("{exclude_fields: [attributes]}", {"[{body: a, attributes: {x: 1}}]"}),
            std::string("- {T, body: a, attributes: {log_count: 1") + kTimes + "}}\n");
}

TEST(LogDedup, GoesByIncludedFieldsOnly) {
  const std::string out = counted("{include_fields: [attributes.id, body.code]}",
                                  {"[{body: {code: 1, x: 1}, attributes: {id: a}}]",
                                   "[{body: {code: 1, x: 2}, "
                                   "attributes: {id: a, y: 1}}]",
                                   "[{body: {code: 2}, attributes: {id: a}}]"});
  EXPECT_NE(out.find("log_count: 2"), std::string::npos) << out;
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 2) << out;
}

TEST(LogDedup, GoesByAllWhereNoIncludedFieldIsThere) {
  const std::string out =
      counted("{include_fields: [attributes.id]}", {"[{body: a}, {body: b}, {body: a}]"});
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 2) << out;
}

TEST(LogDedup, PassesAtOnceWhatNoConditionHoldsFor) {
  Rig rig("logdedup", R"({conditions: ['attributes["x"] == 1', 'body == "b"']})",
          otlp::Signal::Logs);
  ASSERT_EQ(rig.problem(), "");
  rig.send("[{body: a, attributes: {x: 1}}, {body: b}, {body: c}]");
  EXPECT_EQ(rig.take(), "- {body: c}\n");
  rig.stop();
  const std::string out = rig.take();
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 2) << out;
}

TEST(LogDedup, CountsWhatComesOnSeveralLanesTogether) {
  Rig rig("logdedup", "{}", otlp::Signal::Logs, 3);
  for (size_t lane = 0; lane < 3; ++lane) rig.send("[{body: a}]", lane);
  rig.stop();
  EXPECT_NE(rig.take(0, 0).find("log_count: 3"), std::string::npos);
}

TEST(LogDedup, CountsApartByMetadata) {
  Rig rig("logdedup", "{metadata_keys: [X-Tenant], metadata_cardinality_limit: 2}",
          otlp::Signal::Logs);
  EXPECT_TRUE(rig.send("[{body: a}]", 0, {{"x-tenant", "one"}}).status.ok());
  EXPECT_TRUE(rig.send("[{body: a}]", 0, {{"x-tenant", "two"}}).status.ok());
  EXPECT_EQ(rig.send("[{body: a}]", 0, {{"x-tenant", "three"}}).status.code(),
            Code::InvalidArgument);
  rig.stop();
  EXPECT_EQ(rig.sink().batches(), 2U);
}

TEST(LogDedup, PassesOnAfterTheInterval) {
  Rig rig("logdedup", "{interval: 20ms, log_count_attribute: n}", otlp::Signal::Logs);
  rig.send("[{body: a}]");
  for (int i = 0; i < 500 && rig.sink().batches() == 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_NE(rig.take().find("n: 1"), std::string::npos);
}

TEST(LogDedup, HoldsNoMoreThanItsBound) {
  Rig rig("logdedup", "{}", otlp::Signal::Logs);
  constexpr int kPerRequest = 5'000;
  for (int request = 0; request < 21; ++request) {
    std::string records;
    for (int i = 0; i < kPerRequest; ++i)
      records += "- {body: " + std::to_string(request * kPerRequest + i) + "}\n";
    rig.send(records);
  }
  EXPECT_EQ(rig.sink().batches(), 1U) << "passed on early";
  rig.stop();
  EXPECT_EQ(rig.sink().batches(), 2U);
}

TEST(LogDedup, GivesItsMemoryBack) {
  Rig rig("logdedup", "{}", otlp::Signal::Logs);
  rig.send("[{body: a}]");
  EXPECT_GT(rig.budget().used_bytes(), 0U);
  rig.stop();
  EXPECT_EQ(rig.budget().used_bytes(), 0U);
}

TEST(LogDedup, ALimitOfValuesNeedsKeys) {
  const Rig alone("logdedup", "{metadata_cardinality_limit: 5}", otlp::Signal::Logs);
  EXPECT_NE(alone.warnings().find("metadata_cardinality_limit: this option has no effect without "
                                  "metadata_keys"),
            std::string::npos)
      << alone.warnings();
  const Rig with_keys("logdedup", "{metadata_keys: [a], metadata_cardinality_limit: 5}",
                      otlp::Signal::Logs);
  EXPECT_EQ(with_keys.warnings(), "");
}

TEST(LogDedup, RefusesWhatCannotWork) {
  const std::pair<const char*, const char*> cases[] = {
      {"{interval: 0s}", "interval"},
      {"{interval: -1s}", "interval"},
      {"{log_count_attribute: ''}", "log_count_attribute"},
      {"{timezone: Mars/Base}", "timezone"},
      {"{exclude_fields: [body]}", "whole body"},
      {"{include_fields: [body]}", "whole body"},
      {"{exclude_fields: [timestamp]}", "must begin with"},
      {"{exclude_fields: [attributes.a, attributes.a]}", "twice"},
      {"{exclude_fields: [attributes.a], include_fields: [attributes.b]}", "not both"},
      {"{conditions: ['nope ==']}", "conditions"},
      {"{metadata_keys: [A, a]}", "twice"},
  };
  for (const auto& [options, expected] : cases) {
    SCOPED_TRACE(options);
    const Rig rig("logdedup", options, otlp::Signal::Logs);
    EXPECT_NE(rig.problem().find(expected), std::string::npos) << rig.problem();
  }
}

}  // namespace
}  // namespace sluice::components
