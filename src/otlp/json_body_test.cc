#include "otlp/json_body.h"

#include <gtest/gtest.h>

#include <string>

#include "wire/json_write.h"
#include "wire/number_format.h"

namespace sluice::otlp {
namespace {

void append(const Value& value, Buffer& out) {
  switch (value.kind) {
    case ValueKind::Bool: return out.append(value.bool_value ? "true" : "false");
    case ValueKind::Double:
      out.commit(wire::format_double(value.double_value, out.tail(wire::kNumberTextMax)));
      return;
    case ValueKind::String: return wire::append_json_string(value.view(), out);
    case ValueKind::Array:
      out.push_back('[');
      for (uint32_t i = 0; i < value.size; ++i) {
        if (i != 0) out.push_back(',');
        append(value.elements[i], out);
      }
      return out.push_back(']');
    case ValueKind::Map:
      out.push_back('{');
      for (uint32_t i = 0; i < value.size; ++i) {
        if (i != 0) out.push_back(',');
        wire::append_json_string(value.members[i].key, out);
        out.push_back(':');
        append(value.members[i].value, out);
      }
      return out.push_back('}');
    default: return out.append("null");
  }
}

/// The parsed object written again, or "refused".
std::string parsed(std::string_view text) {
  // A heap copy without a terminator, so that sanitizers see a read past the end.
  const std::vector<char> exact(text.begin(), text.end());
  Arena arena;
  JsonBodyParser parser;
  Value root;
  if (!parser.parse({exact.data(), exact.size()}, arena, root)) return "refused";
  Buffer out;
  append(root, out);
  return std::string(out.view());
}

std::string nested(size_t depth, const char* open, const char* close) {
  std::string text;
  for (size_t i = 0; i < depth; ++i) text += open;
  for (size_t i = 0; i < depth; ++i) text += close;
  return text;
}

TEST(JsonBody, ReadsValuesOfEveryKind) {
  const struct {
    const char* text;
    const char* value;
  } cases[] = {
      {"{}", "{}"},
      {" \t\r\n{ \"a\" :\n1 } ", R"({"a":1})"},
      {R"({"a":null,"b":true,"c":false,"d":"s","e":[],"f":{}})",
       R"({"a":null,"b":true,"c":false,"d":"s","e":[],"f":{}})"},
      {R"({"a":[1,[2,{"b":[3]}],{}]})", R"({"a":[1,[2,{"b":[3]}],{}]})"},
      {R"({"":1,"a":{"":2}})", R"({"":1,"a":{"":2}})"},
      {R"({"b":1,"a":2,"b":3})", R"({"b":1,"a":2,"b":3})"},
      {R"({"a.b":1,"a":{"b":2}})", R"({"a.b":1,"a":{"b":2}})"},
  };
  for (const auto& c : cases) EXPECT_EQ(parsed(c.text), c.value) << c.text;
}

TEST(JsonBody, ReadsNumbersAsDoubles) {
  const struct {
    const char* text;
    const char* value;
  } cases[] = {
      {"0", "0"},
      {"-0", "-0"},
      {"01", "1"},
      {"1.", "1"},
      {"-.5", "-0.5"},
      {"1.50", "1.5"},
      {"1e5", "100000"},
      {"1E-7", "1e-7"},
      {"1e+21", "1e+21"},
      {"123456789012345678901", "123456789012345680000"},
      {"9007199254740993", "9007199254740992"},
      {"0.1", "0.1"},
      {"12345678.90123456789", "12345678.901234567"},
      {"1e-400", "0"},
      {"1790000000123", "1790000000123"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(parsed("{\"n\":" + std::string(c.text) + "}"), "{\"n\":" + std::string(c.value) + "}")
        << c.text;
    EXPECT_EQ(parsed("{\"n\":[" + std::string(c.text) + ",1]}"),
              "{\"n\":[" + std::string(c.value) + ",1]}")
        << c.text;
  }
}

TEST(JsonBody, UnescapesStrings) {
  const struct {
    const char* text;
    const char* value;  // as append_json_string() writes it
  } cases[] = {
      {R"("\"\\\/\b\f\n\r\t")", R"("\"\\/\b\f\n\r\t")"},
      {R"("\u00e9\u65e5\ud83c\udf89\u0000")", "\"é日🎉\\u0000\""},
      {R"("\uD83C\uDF89")", "\"🎉\""},
      {R"("x\ud83cy")", "\"x\uFFFDy\""},
      {R"("\udf89\ud83c")", "\"\uFFFD\uFFFD\""},
      {R"("\ud83c\ud83c\udf89")", "\"\uFFFD🎉\""},
      {R"("\ud83c\n")", "\"\uFFFD\\n\""},
      {R"("\ud83c\u0041")", "\"\uFFFDA\""},
      {"\"a\tb\x01\x1f\"", R"("a\tb\u0001\u001f")"},
      {"\"a\xff\xfe\"", R"("a\ufffd\ufffd")"},
      {"\"\x7f\"", "\"\x7f\""},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(parsed("{\"s\":" + std::string(c.text) + "}"), "{\"s\":" + std::string(c.value) + "}")
        << c.text;
    EXPECT_EQ(parsed("{" + std::string(c.text) + ":0}"), "{" + std::string(c.value) + ":0}")
        << c.text;
  }
}

TEST(JsonBody, BytesThatAreNotUtf8PassThrough) {
  Arena arena;
  JsonBodyParser parser;
  Value root;
  ASSERT_TRUE(parser.parse("{\"\xc3\":\"\xff\\n\xfe\"}", arena, root));
  EXPECT_EQ(root.members[0].key, "\xc3");
  EXPECT_EQ(root.members[0].value.view(), "\xff\n\xfe");
}

TEST(JsonBody, RefusesWhatIsNotTheGrammar) {
  for (const char* text : {
           "",
           " ",
           "{",
           "}",
           "[]",
           "[1]",
           "1",
           "\"s\"",
           "null",
           "{]",
           "{}}",
           "{}{}",
           "{} x",
           "{\"a\":1} {\"b\":2}",
           R"({"a"})",
           R"({"a":})",
           R"({"a" 1})",
           R"({"a":1,})",
           R"({,"a":1})",
           R"({"a":1 "b":2})",
           R"({"a":1;"b":2})",
           R"({a:1})",
           R"({'a':1})",
           R"({"a":'b'})",
           R"({1:2})",
           R"({"a":[1,]})",
           R"({"a":[,1]})",
           R"({"a":[1 2]})",
           R"({"a":[1})",
           R"({"a":{]})",
           R"({"a":NaN})",
           R"({"a":Infinity})",
           R"({"a":-Infinity})",
           R"({"a":+1})",
           R"({"a":.5})",
           R"({"a":-})",
           R"({"a":1e})",
           R"({"a":1e400})",
           R"({"a":-1e400})",
           R"({"a":1.2.3})",
           R"({"a":1-2})",
           R"({"a":0x10})",
           R"({"a":1_0})",
           R"({"a":True})",
           R"({"a":TRUE})",
           R"({"a":tru})",
           R"({"a":truex})",
           R"({"a":nul})",
           R"({"a":undefined})",
           R"({"a":1/*c*/})",
           "{\"a\":1//c\n}",
           R"({"a":"b)",
           R"({"a":"b\"})",
           R"({"a":"\x41"})",
           R"({"a":"\u12"})",
           R"({"a":"\u12g4"})",
           R"({"a":"\U0041"})",
           R"({"a":"\)",
           "{\"a\"\x0b:1}",
           "{\"a\":\xc2\xa0 1}",
           "\xef\xbb\xbf{}",
       }) {
    EXPECT_EQ(parsed(text), "refused") << text;
  }
}

TEST(JsonBody, NullMayStandForAName) {
  EXPECT_EQ(parsed("{null:1}"), R"({"":1})");
  EXPECT_EQ(parsed("{nul:1}"), "refused");
}

TEST(JsonBody, NulEndsTheTextAfterTheObjectAndSpoilsItBefore) {
  using namespace std::string_view_literals;
  EXPECT_EQ(parsed("{\"a\":1}\0 anything }"sv), R"({"a":1})");
  EXPECT_EQ(parsed("{\"a\":1\0}"sv), "refused");
  EXPECT_EQ(parsed("{\"a\":\"b\0c\"}"sv), "refused");
  EXPECT_EQ(parsed("{\"a\":\"\\n b\0c\"}"sv), "refused");
}

TEST(JsonBody, DepthIsLimited) {
  const std::string deepest = nested(kJsonBodyDepthMax, "{\"a\":", "}");
  EXPECT_EQ(parsed(std::string(deepest).insert(deepest.find('}'), "1")).size(), deepest.size() + 1);
  EXPECT_EQ(parsed("{\"a\":" + nested(kJsonBodyDepthMax - 1, "[", "]") + "}").substr(0, 6),
            "{\"a\":[");
  EXPECT_EQ(parsed("{\"a\":" + nested(kJsonBodyDepthMax, "[", "]") + "}"), "refused");
}

TEST(JsonBody, NumberOfValuesIsLimited) {
  std::string text = "{\"a\":[0";
  for (size_t i = 0; i < kJsonBodyValuesMax - 3; ++i) text += ",0";
  Arena arena;
  JsonBodyParser parser;
  Value root;
  ASSERT_TRUE(parser.parse(text + "]}", arena, root));
  EXPECT_EQ(root.members[0].value.size, kJsonBodyValuesMax - 2);
  EXPECT_FALSE(parser.parse(text + ",0]}", arena, root));
}

TEST(JsonBody, AParserIsUsedManyTimes) {
  Arena arena;
  JsonBodyParser parser;
  Value first;
  Value second;
  ASSERT_TRUE(parser.parse(R"({"a":{"b":["\u00e9",2]}})", arena, first));
  ASSERT_FALSE(parser.parse(R"({"a":[[[)", arena, second));
  ASSERT_TRUE(parser.parse(R"({"c":{"d":3}})", arena, second));
  Buffer out;
  append(first, out);
  append(second, out);
  EXPECT_EQ(out.view(), "{\"a\":{\"b\":[\"é\",2]}}{\"c\":{\"d\":3}}");
}

}  // namespace
}  // namespace sluice::otlp
