#include "otlp/json_body_flattener.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "otlp/value_text.h"

namespace sluice::otlp {
namespace {

/// Keeps what the flattener learns from text to text.
class JsonBodyFlattenerTest : public testing::Test {
 protected:
  /// "key=value key=value", or "refused" if nothing was done.
  std::string flattened(std::string_view text, const std::vector<KeyValue>& attributes = {}) {
    const std::vector<char> exact(text.begin(), text.end());  // sanitizers see its end
    Arena arena;
    ArenaVector<KeyValue> out;
    for (const KeyValue& attribute : attributes) out.push_back(arena, attribute);
    if (!flattener_.append({exact.data(), exact.size()}, arena, out)) {
      EXPECT_EQ(out.size(), attributes.size());
      return "refused";
    }
    std::string shown;
    Buffer scratch;
    for (const KeyValue& member : out) {
      shown += (shown.empty() ? "" : " ") + std::string(member.key) + '=';
      shown += value_text(member.value, scratch);
    }
    return shown;
  }

 private:
  JsonBodyFlattener flattener_;
};

TEST_F(JsonBodyFlattenerTest, NamesMembersByTheirPaths) {
  for (int i = 0; i < 3; ++i) {  // unknown, then known
    EXPECT_EQ(
        flattened(R"({"level":"info","req":{"method":"GET","h":{"x":1}},"n":null,"ok":true})"),
        "level=info req.method=GET req.h.x=1 n= ok=true");
    EXPECT_EQ(flattened(R"({"tags":["a","b",{"c":2}],"nest":[[1,[2]],3],"none":{},"no":[]})"),
              "tags.0=a tags.1=b tags.2.c=2 nest.00=1 nest.01.0=2 nest.1=3");
    EXPECT_EQ(flattened(R"({"":{"a":1,"b":[2]}})"), "a=1 b.0=2");
  }
}

TEST_F(JsonBodyFlattenerTest, MembersMayComeGoAndChangePlaces) {
  EXPECT_EQ(flattened(R"({"a":1,"b":2,"c":3})"), "a=1 b=2 c=3");
  EXPECT_EQ(flattened(R"({"a":1,"c":3})"), "a=1 c=3");
  EXPECT_EQ(flattened(R"({"c":3,"b":{"a":2},"a":1})"), "c=3 b.a=2 a=1");
  EXPECT_EQ(flattened(" { \"a\" : 1 ,\t\"b\":\n2 } "), "a=1 b=2");
  EXPECT_EQ(flattened("{}"), "");
}

TEST_F(JsonBodyFlattenerTest, FollowsTheAttributesThatAreThere) {
  const std::vector<KeyValue> two = {{"x", Value::integer(1)}, {"a.b", Value::string("y")}};
  EXPECT_EQ(flattened(R"({"a":1,"b":{"c":2}})", two), "x=1 a.b=y a=1 b.c=2");
  EXPECT_EQ(flattened(R"({"x":1})", two), "refused");
  EXPECT_EQ(flattened(R"({"x":{"y":1}})", two), "refused");
  EXPECT_EQ(flattened(R"({"a":{"b":1}})", two), "refused");
  EXPECT_EQ(flattened("{}", {{"x", Value()}, {"x", Value()}}), "refused");
  EXPECT_EQ(flattened("{}", {{"x", Value::array(nullptr, 0)}}), "refused");
}

TEST_F(JsonBodyFlattenerTest, LeavesNamesThatStandTwiceToOthers) {
  EXPECT_EQ(flattened(R"({"a":1,"a":2})"), "refused");
  EXPECT_EQ(flattened(R"({"a":{"x":1},"b":1,"a":{"y":2}})"), "refused");
  EXPECT_EQ(flattened(R"({"a":1,"\u0061":2})"), "refused");
  EXPECT_EQ(flattened(R"({"p.q":1,"p":{"q":2}})"), "refused");
  EXPECT_EQ(flattened(R"({"a":{"x":1},"b":{"x":2}})"), "a.x=1 b.x=2");
}

TEST_F(JsonBodyFlattenerTest, AQuoteInAKeyIsNotTheEndOfAName) {
  const std::vector<KeyValue> odd = {{"a\"b", Value::integer(1)}};
  EXPECT_EQ(flattened(R"({"c":1})", odd), "a\"b=1 c=1");
  EXPECT_EQ(flattened(R"({"a"b":1})"), "refused");
  EXPECT_EQ(flattened(R"({"a\"b":1})"), "a\"b=1");
}

TEST_F(JsonBodyFlattenerTest, TakesTheGrammarOfBodies) {
  EXPECT_EQ(flattened(std::string_view("{\"a\":01}\0rest", 13)), "a=1");
  for (const char* bad : {"", "[]", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}",
                          "{\"a\":1}x", "{a:1}", "{\"a\":[1,]}", "{\"a\":tru}", "{\"a\" 1}"})
    EXPECT_EQ(flattened(bad), "refused") << bad;
  EXPECT_EQ(flattened(R"({null:1})"), "refused");  // it is accepted, but not here
}

TEST_F(JsonBodyFlattenerTest, EndlessNewNamesAreForgotten) {
  int refused = 0;  // those after which learning starts anew
  for (int i = 0; i < 20'000; ++i) {
    const std::string name = "k" + std::to_string(i);
    const std::string shown = flattened("{\"" + name + "\":{\"a\":1}}");
    if (shown == "refused") {
      ++refused;
    } else {
      ASSERT_EQ(shown, name + ".a=1");
    }
  }
  EXPECT_LT(refused, 40);
  std::string wide = "{\"k\":0";
  for (size_t i = 0; i < JsonBodyFlattener::kFieldsMax; ++i)
    wide += ",\"w" + std::to_string(i) + "\":0";
  EXPECT_EQ(flattened(wide + "}"), "refused");
  EXPECT_EQ(flattened("{\"a\":1}"), "a=1");
}

TEST_F(JsonBodyFlattenerTest, IsGivenUpWhereItDoesNotHelp) {
  for (uint64_t i = 0; i <= JsonBodyFlattener::kTrial; ++i)
    ASSERT_EQ(flattened("{no json}"), "refused");
  EXPECT_EQ(flattened("{\"a\":1}"), "refused");
}

TEST_F(JsonBodyFlattenerTest, DeepTextsAreLeftToOthers) {
  std::string deep = "1";
  for (int i = 0; i < JsonBodyFlattener::kDepthMax; ++i) deep = "{\"a\":" + deep + "}";
  EXPECT_NE(flattened(deep), "refused");
  EXPECT_EQ(flattened("{\"a\":" + deep + "}"), "refused");
}

}  // namespace
}  // namespace sluice::otlp
