#include "server/response_headers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(ResponseHeaders, AMapOfStringsBecomesFields) {
  EXPECT_THAT(*parse_response_headers("{}"), IsEmpty());
  EXPECT_THAT(*parse_response_headers("{'Content-Type':'image/png'}"),
              ElementsAre(Pair("Content-Type", "image/png")));
  EXPECT_THAT(*parse_response_headers(" { 'X-A' : 'it\\'s, {1}' , 'X-B':'' } "),
              ElementsAre(Pair("X-A", "it's, {1}"), Pair("X-B", "")));
}

TEST(ResponseHeaders, WhatIsNoMapIsRefused) {
  for (const char* value :
       {"", "x", "{", "{'a'", "{'a':", "{'a':'b'", "{'a':'b',}x", "{'a':1}", "{1:'a'}", "{a:'b'}",
        "{'a'}", "['a','b']", "{'a':'b'} x", "{'a':'b' 'c':'d'}", "'a':'b'", "{'a':{'b':'c'}}"}) {
    const auto fields = parse_response_headers(value);
    ASSERT_FALSE(fields.ok()) << value;
    EXPECT_THAT(fields.status().message(), HasSubstr("must be a Map")) << value;
  }
}

TEST(ResponseHeaders, FieldsThatWouldBreakAnAnswerAreRefused) {
  const std::pair<const char*, const char*> cases[] = {
      {"{'X-A':'a\\r\\nSet-Cookie: b'}", "control characters"},
      {"{'X-A\\n':'a'}", "control characters"},
      {"{'X-A':'a\\0'}", "control characters"},
      {"{'X-A':'\\t'}", "control characters"},
      {"{'':'a'}", "not a name of a header"},
      {"{'X A':'a'}", "not a name of a header"},
      {"{'X-A:':'a'}", "not a name of a header"},
      {"{'X-\xC3\xA4':'a'}", "not a name of a header"},
      {"{'content-LENGTH':'1'}", "which the server sets"},
      {"{'Transfer-Encoding':'chunked'}", "which the server sets"},
      {"{'Connection':'close'}", "which the server sets"},
      {"{'X-A':'1','x-a':'2'}", "two entries"},
  };
  for (const auto& [value, why] : cases) {
    const auto fields = parse_response_headers(value);
    ASSERT_FALSE(fields.ok()) << value;
    EXPECT_THAT(fields.status().message(), HasSubstr(why)) << value;
  }
}

std::string setting(std::string_view sql, std::string_view name) {
  return setting_of(sql, *parse_shape(sql), name).value_or("none");
}

TEST(ResponseHeaders, ASettingOfAStatement) {
  EXPECT_EQ(setting("SELECT 1", "h"), "none");
  EXPECT_EQ(setting("SELECT 1 SETTINGS a = 1", "h"), "none");
  EXPECT_EQ(setting("SELECT 1 SETTINGS h = '{}'", "h"), "{}");
  EXPECT_EQ(setting("SELECT 1 SETTINGS a = 1, `h` = $${'x':'y'}$$, b = 2 FORMAT JSON", "h"),
            "{'x':'y'}");
  EXPECT_EQ(setting("SELECT 1 SETTINGS h = {'x':'y', 'z':'}'}, b = 2", "h"), "{'x':'y', 'z':'}'}");
  EXPECT_EQ(setting("SELECT 1 SETTINGS h = {'x':'y', 'z':'}'}, b = 2", "b"), "2");
  EXPECT_EQ(setting("SELECT 1 SETTINGS h = '1', h = '2'", "h"), "2");
  EXPECT_EQ(setting("INSERT INTO t SETTINGS h = '1' FORMAT CSV 1", "h"), "1");
  EXPECT_EQ(setting("SELECT 'SETTINGS h = 1'", "h"), "none");
  EXPECT_EQ(setting("SELECT * FROM (SELECT 1 SETTINGS h = '1')", "h"), "none");
}

TEST(ResponseHeaders, FieldsOfTheSameNameAreReplaced) {
  http::Fields fields = {{"Content-Type", "text/plain"}, {"X-A", "1"}};
  override_fields(fields, {{"content-type", "image/png"}, {"X-B", "2"}});
  EXPECT_THAT(fields,
              ElementsAre(Pair("Content-Type", "image/png"), Pair("X-A", "1"), Pair("X-B", "2")));
}

}  // namespace
}  // namespace sluice::server
