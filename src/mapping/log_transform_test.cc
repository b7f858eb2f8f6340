#include "mapping/log_transform.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "mapping/severity.h"
#include "mapping/unicode_lower.h"

namespace sluice::mapping {
namespace {

using otlp::LogRecord;
using otlp::Value;

TEST(FindJsonObject, TakesOneLineFromTheFirstBraceToTheLast) {
  const std::pair<const char*, const char*> cases[] = {
      {"", ""},
      {"no braces", ""},
      {"{", ""},
      {"}{", ""},
      {"{}", "{}"},
      {"a {\"b\":1} c", "{\"b\":1}"},
      {"{a} {b}", "{a} {b}"},
      {"{\n\"a\":1\n}", ""},
      {"{ open\n{\"a\":1}", "{\"a\":1}"},
      {"one {\"a\":1}\ntwo {\"b\":2}", "{\"a\":1}"},
      {"}\n{x}", "{x}"},
  };
  for (const auto& [body, json] : cases) EXPECT_EQ(find_json_object(body), json) << body;
}

TEST(Severity, OfALevelText) {
  const std::pair<const char*, int> cases[] = {
      {"Information", 9}, {"critical error", 17}, {"interrupt", 17}, {"traceback", 1},
      {"verbose", 9},     {"  error  ", 17},      {"terror", 17},    {"error info", 9},
      {"WARNING", 13},    {"panic", 9},           {"fatal", 21},     {"dBuG", 5}};
  for (const auto& [text, number] : cases) EXPECT_EQ(severity_number_of_text(text), number) << text;
}

TEST(Severity, OfABody) {
  const std::pair<std::string, int> cases[] = {
      {"", 9},
      {"error then FATAL", 17},
      {"INFO: an error", 17},
      {"backtrace", 9},
      {"_error", 9},
      {"1error", 9},
      {"\xc3\xa9rror is no word, but \xc3\xa9"
       "error is",
       17},
      {"WARNINGS", 13},
      {"this is a Trace", 1},
      {std::string(253, ' ') + "error", 17},
      {std::string(254, ' ') + "error", 9},
      {std::string(256, ' ') + "fatal", 9},
  };
  for (const auto& [body, number] : cases) EXPECT_EQ(infer_severity(body).number, number) << body;
}

TEST(Lower, IsRuneByRune) {
  Arena arena;
  const std::pair<const char*, const char*> cases[] = {
      {"plain", "plain"},
      {"WARN", "warn"},
      {"\xc3\x8eNFO", "\xc3\xaenfo"},            // Î
      {"\xc4\xb0", "i"},                         // İ
      {"\xe1\xba\x9e", "\xc3\x9f"},              // ẞ
      {"\xce\x91\xce\xa3", "\xce\xb1\xcf\x83"},  // ΑΣ, no final sigma
      {"\xc8\xba", "\xe2\xb1\xa5"},              // Ⱥ grows by a byte
      {"a\xff"
       "B",
       "a\xef\xbf\xbd"
       "b"},
  };
  for (const auto& [text, lower] : cases) EXPECT_EQ(to_lower(text, arena), lower) << text;
}

/// The attributes of a record with this body, and of its own, after the transform. The last of
/// equal keys counts.
std::map<std::string, std::string> attributes_of(LogRecord& record) {
  static Arena arena;
  LogTransform transform;
  ValueText text;
  transform.apply(record, arena);
  std::map<std::string, std::string> out;
  for (const auto& kv : record.attributes)
    out[std::string(kv.key)] = std::string(text.text(kv.value));
  return out;
}

std::map<std::string, std::string> attributes_of_body(std::string_view body) {
  LogRecord record;
  record.body = Value::string(body);
  return attributes_of(record);
}

using Map = std::map<std::string, std::string>;

TEST(LogTransform, FlattensAJsonBody) {
  EXPECT_EQ(attributes_of_body(R"({"a":{"b":1},"c":[true,{"d":null}]})"),
            (Map{{"a.b", "1"}, {"c.0", "true"}, {"c.1.d", ""}}));
  EXPECT_EQ(attributes_of_body(R"({"a":[[1,2],[3,[4]]]})"),
            (Map{{"a.00", "1"}, {"a.01", "2"}, {"a.10", "3"}, {"a.11.0", "4"}}));
  EXPECT_EQ(attributes_of_body(R"({"a":{},"b":[]})"), Map{});
  EXPECT_EQ(attributes_of_body("{not json}"), Map{});
}

TEST(LogTransform, TheLastMemberOfAKeyCountsWhole) {
  EXPECT_EQ(attributes_of_body(R"({"a":{"b":1},"a":2})"), (Map{{"a", "2"}}));
  EXPECT_EQ(attributes_of_body(R"({"a":1,"a":{"b":2}})"), (Map{{"a.b", "2"}}));
  EXPECT_EQ(attributes_of_body(R"({"x":{"a":{"b":1},"a":{}}})"), Map{});
}

TEST(LogTransform, AMemberReplacesTheAttributeOfItsNameBeforeFlattening) {
  Arena arena;
  LogRecord record;
  record.attributes.push_back(arena, {"x", Value::string("old")});
  record.attributes.push_back(arena, {"x.y", Value::string("own")});
  record.body = Value::string(R"({"x":{"y":7,"z":8}})");
  EXPECT_EQ(attributes_of(record), (Map{{"x.y", "own"}, {"x.z", "8"}}));
}

TEST(LogTransform, ManyAttributesAndMembersAreMergedAlike) {
  Arena arena;
  LogRecord record;
  std::string json = "{";
  for (int i = 0; i < 500; ++i) {
    const std::string key = "k" + std::to_string(i);
    record.attributes.push_back(arena, {arena.copy(key), Value::string("attribute")});
    json += (i == 0 ? "\"" : ",\"") + ("k" + std::to_string(i + 250)) + "\":{\"in\":1},\"dup\":[1]";
  }
  record.body = Value::string(arena.copy(json + "}"));
  const Map got = attributes_of(record);
  EXPECT_EQ(got.size(), 751U);
  EXPECT_EQ(got.at("k0"), "attribute");
  EXPECT_EQ(got.at("k250.in"), "1");
  EXPECT_EQ(got.at("k749.in"), "1");
  EXPECT_EQ(got.at("dup.0"), "1");
}

TEST(LogTransform, SeverityOfTheProducerWins) {
  LogRecord record;
  record.severity_text = "INFO";
  record.body = Value::string(R"({"level":"warn"})");
  attributes_of(record);
  EXPECT_EQ(record.severity_text, "info");
  EXPECT_EQ(record.severity_number, 0);
}

TEST(SessionEvent, IsARecordWithTheAttributeSet) {
  Arena arena;
  auto with = [&](Value value) {
    LogRecord record;
    record.attributes.push_back(arena, {"rr-web.event", value});
    return is_session_event(record);
  };
  EXPECT_FALSE(is_session_event(LogRecord()));
  EXPECT_FALSE(with(Value()));
  EXPECT_TRUE(with(Value::string("")));
  EXPECT_TRUE(with(Value::boolean(false)));
  EXPECT_TRUE(with(Value::map(nullptr, 0)));
  EXPECT_FALSE(with(Value::real(std::numeric_limits<double>::quiet_NaN())));
}

}  // namespace
}  // namespace sluice::mapping
