#include "wire/json_reader.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace sluice::wire {
namespace {

/// Text, reader and arena together; the text is a heap copy without a terminator, so that
/// sanitizers see a read past it.
struct Input {
  explicit Input(std::string_view text)
      : bytes(text.begin(), text.end()), in({bytes.data(), bytes.size()}, arena) {}
  std::vector<char> bytes;
  Arena arena;
  JsonReader in;
};

/// What a read gives: its value as text, or the error.
template <typename T>
std::string read(std::string_view text, bool (JsonReader::*read_value)(T&)) {
  Input input(text);
  T value{};
  if (!(input.in.*read_value)(value)) return input.in.error();
  if constexpr (std::is_same_v<T, std::string_view>) {
    return std::string(value);
  } else {
    return std::to_string(value);
  }
}
std::string read_string(std::string_view text) {
  return read<std::string_view>(text, &JsonReader::string);
}
template <typename T>
std::string read_integer(std::string_view text) {
  return read<T>(text, &JsonReader::integer);
}

TEST(JsonReader, WalksObjectsAndArrays) {
  Input input(R"( {"a" : [1, 2 ] ,"b":{"c":null,"d":[]},"\u0065":3} trailing)");
  JsonReader& in = input.in;
  std::string seen;
  for (bool more = in.begin_object(); more; more = in.next_member()) {
    seen.append(in.key()).append(":");
    if (in.key() == "a") {
      for (bool element = in.begin_array(); element; element = in.next_element()) {
        int64_t n = 0;
        in.integer(n);
        seen += std::to_string(n) + " ";
      }
    } else {
      in.skip();
    }
  }
  EXPECT_TRUE(in.ok());
  EXPECT_EQ(seen, "a:1 2 b:e:");
}

TEST(JsonReader, NullIsAnEmptyObjectAndAnEmptyArray) {
  Input object("null");
  EXPECT_FALSE(object.in.begin_object());
  EXPECT_TRUE(object.in.ok());
  Input array(" null");
  EXPECT_FALSE(array.in.begin_array());
  EXPECT_TRUE(array.in.ok());
}

TEST(JsonReader, Strings) {
  EXPECT_EQ(read_string(R"("")"), "");
  EXPECT_EQ(read_string("null"), "");
  EXPECT_EQ(read_string(R"( "plain")"), "plain");
  EXPECT_EQ(read_string(R"("\"\\\/\b\f\n\r\t")"), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(read_string(R"("\u00e9\u65e5\ud83c\udf89")"), "é日🎉");
  EXPECT_EQ(read_string("\"\xff\xc3(\""), "\xff\xc3(");
}

TEST(JsonReader, ASurrogateAloneTakesTheEscapeAfterItAlong) {
  EXPECT_EQ(read_string(R"("a\ud83cb")"), "a\uFFFDb");
  EXPECT_EQ(read_string(R"("\ud83c\n")"), "\uFFFD\n");
  EXPECT_EQ(read_string(R"("\ud83c\u0041")"), "\uFFFDA");
  EXPECT_EQ(read_string(R"("\udf89\ud83c")"), "\uFFFD\uFFFD");
  EXPECT_EQ(read_string(R"("\ud83c\ud83c\udf89")"), "\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(read_string(R"("\udf89\ud83c\udf89")"), "\uFFFD\uFFFD\uFFFD");
}

TEST(JsonReader, ControlCharactersAreRefusedUpToTheFirstEscape) {
  EXPECT_EQ(read_string("\"a\tb\""),
            "byte 2: expected no bare control character in a string, found byte 0x09");
  EXPECT_EQ(read_string("\"a\\nb\tc\""), "a\nb\tc");
}

TEST(JsonReader, Integers) {
  EXPECT_EQ(read_integer<uint64_t>("18446744073709551615"), "18446744073709551615");
  EXPECT_EQ(read_integer<uint64_t>(R"("18446744073709551615")"), "18446744073709551615");
  EXPECT_EQ(read_integer<uint64_t>(R"("007")"), "7");
  EXPECT_EQ(read_integer<uint64_t>(R"("\u0031")"), "1");
  EXPECT_EQ(read_integer<int64_t>("-9223372036854775808"), "-9223372036854775808");
  EXPECT_EQ(read_integer<int64_t>("-0"), "0");
  EXPECT_EQ(read_integer<int64_t>(R"("+5")"), "5");
  EXPECT_EQ(read_integer<uint32_t>("4294967295"), "4294967295");
  EXPECT_EQ(read_integer<int32_t>("-2147483648"), "-2147483648");
}

TEST(JsonReader, IntegersAreRefused) {
  const std::string bare = "byte 0: expected a whole number, bare or in a string, found ";
  EXPECT_EQ(read_integer<uint64_t>("null"), bare + "'n'");
  EXPECT_EQ(read_integer<uint64_t>("true"), bare + "'t'");
  EXPECT_EQ(read_integer<uint64_t>("[]"), bare + "'['");
  EXPECT_EQ(read_integer<uint64_t>(""), bare + "the end");
  EXPECT_EQ(read_integer<uint64_t>("\xff"), bare + "byte 0xff");
  const std::string range = "byte 0: expected a whole number within the field's range, found ";
  EXPECT_EQ(read_integer<uint64_t>("-1"), range + "'-'");
  EXPECT_EQ(read_integer<uint64_t>("42.0"), range + "'4'");
  EXPECT_EQ(read_integer<uint64_t>("1e3"), range + "'1'");
  EXPECT_EQ(read_integer<uint64_t>("18446744073709551616"), range + "'1'");
  EXPECT_EQ(read_integer<uint32_t>("4294967296"), range + "'4'");
  EXPECT_EQ(read_integer<int32_t>("2147483648"), range + "'2'");
  const std::string in_string =
      "byte 0: expected a whole number in the string, within the field's range, found '\"'";
  for (const char* text : {R"("")", R"("4x")", R"("1.0")", R"(" 1")", R"("0x1")"}) {
    EXPECT_EQ(read_integer<int64_t>(text), in_string) << text;
  }
  EXPECT_EQ(read_integer<uint64_t>(R"("+5")"), in_string);
  EXPECT_EQ(read_integer<uint64_t>("01"),
            "byte 1: expected no digit after a leading zero, found '1'");
}

TEST(JsonReader, Doubles) {
  const struct {
    const char* text;
    double value;
  } cases[] = {
      {"0", 0},
      {"-1.5", -1.5},
      {"1e5", 1e5},
      {"1E-2", 0.01},
      {R"("1.5")", 1.5},
      {R"("inf")", std::numeric_limits<double>::infinity()},
      {R"("0x1p-2")", 0.25},
      {R"("1_0")", 10},
      {"5e-324", 5e-324},
      {"1e-400", 0},
  };
  for (const auto& c : cases) {
    Input input(c.text);
    double value = -1;
    EXPECT_TRUE(input.in.real(value)) << c.text;
    EXPECT_EQ(value, c.value) << c.text;
  }
  Input nan(R"("NaN")");
  double value = 0;
  EXPECT_TRUE(nan.in.real(value));
  EXPECT_TRUE(std::isnan(value));
}

TEST(JsonReader, DoublesAreRefused) {
  for (const char* text : {"null",  "true",   "NaN",        "Infinity", "-Infinity", "1e400", "1.",
                           "1.e5",  ".5",     "01",         "--1",      "+1",        "-",     "1e",
                           R"("")", R"("x")", R"("1e400")", R"(" 1")",  "[]",        ""}) {
    Input input(text);
    double value = 0;
    EXPECT_FALSE(input.in.real(value)) << text;
  }
}

TEST(JsonReader, Booleans) {
  for (const char* text : {"null", "0", "1", R"("true")", "True", "tru", "falsy", ""}) {
    Input input(text);
    bool value = false;
    EXPECT_FALSE(input.in.boolean(value)) << text;
  }
  Input yes("true");
  bool value = false;
  EXPECT_TRUE(yes.in.boolean(value) && value);
  Input no(" false");
  EXPECT_TRUE(no.in.boolean(value) && !value);
}

TEST(JsonReader, Bytes) {
  EXPECT_EQ(read<std::string_view>(R"("Zm9vYg==")", &JsonReader::bytes), "foob");
  EXPECT_EQ(read<std::string_view>(R"("")", &JsonReader::bytes), "");
  EXPECT_EQ(read<std::string_view>("null", &JsonReader::bytes),
            "byte 0: expected a string, found 'n'");
  const std::string refused = "byte 1: expected standard base64 with padding, found ";
  EXPECT_EQ(read<std::string_view>(R"("_-8=")", &JsonReader::bytes), refused + "'_'");
  EXPECT_EQ(read<std::string_view>(R"("\/+8=")", &JsonReader::bytes), refused + "'\\'");
}

TEST(JsonReader, Enumerations) {
  constexpr JsonEnumName kNames[] = {{"NONE", 0}, {"SOME", 7}};
  auto read_enum = [&](std::string_view text) {
    Input input(text);
    int32_t value = -1;
    return input.in.enumeration(kNames, value) ? std::to_string(value) : "refused";
  };
  EXPECT_EQ(read_enum(R"("SOME")"), "7");
  EXPECT_EQ(read_enum("7"), "7");
  EXPECT_EQ(read_enum("-99"), "-99");
  for (const char* text : {R"("7")", R"("some")", R"("")", "null", "7.0", "2147483648", "[]"}) {
    EXPECT_EQ(read_enum(text), "refused") << text;
  }
}

TEST(JsonReader, SkipsAnyValue) {
  for (const char* text :
       {"null", "true", "false", "0", "-1.5e-3", "1e400", R"("s\u00e9\"")", "[]", "{}",
        "[1,[2,[]],{}]", R"({"":1,"a":{"b":[{"c":"}"}]}})", " [ 1 , 2 ] "}) {
    Input input(std::string("[") + text + ",7]");
    ASSERT_TRUE(input.in.begin_array());
    EXPECT_TRUE(input.in.skip()) << text;
    EXPECT_TRUE(input.in.next_element()) << text;
    int64_t next = 0;
    EXPECT_TRUE(input.in.integer(next)) << text;
    EXPECT_EQ(next, 7);
  }
}

TEST(JsonReader, SkippingRefusesWhatIsNotJson) {
  for (const char* text : {"",         "nul",         "NaN",      "01",          "1.",
                           "+1",       "'s'",         "\"s",      "\"a\tb\"",    R"("\x")",
                           "[1,]",     "[,1]",        "[1 2]",    "[",           "{",
                           "{]",       "[}",          R"({"a"})", R"({"a":1,})", R"({"a":1 "b":2})",
                           R"({a:1})", R"({null:1})", "[[1]"}) {
    Input input(text);
    EXPECT_FALSE(input.in.skip()) << text;
    EXPECT_FALSE(input.in.ok());
  }
}

TEST(JsonReader, SkippingIsLimitedInDepth) {
  Input deepest(std::string(kJsonSkipDepthMax, '[') + std::string(kJsonSkipDepthMax, ']'));
  EXPECT_TRUE(deepest.in.skip());
  Input deeper(std::string(kJsonSkipDepthMax + 1, '[') + std::string(kJsonSkipDepthMax + 1, ']'));
  EXPECT_FALSE(deeper.in.skip());
  EXPECT_EQ(deeper.in.error(), "byte 10000: expected no deeper nesting, found '['");
}

/// Walks an object, skipping its members. The error, or "ok".
std::string walk(std::string_view text) {
  Input input(text);
  for (bool more = input.in.begin_object(); more; more = input.in.next_member()) input.in.skip();
  return input.in.ok() ? "ok" : input.in.error();
}

TEST(JsonReader, ErrorsNamePlaceMemberAndExpectation) {
  EXPECT_EQ(walk(""), "byte 0: expected an object or null, found the end");
  EXPECT_EQ(walk("  \n "), "byte 4: expected an object or null, found the end");
  EXPECT_EQ(walk("5"), "byte 0: expected an object or null, found '5'");
  EXPECT_EQ(walk("nul"), "byte 0: expected an object or null, found 'n'");
  EXPECT_EQ(walk("}"), "byte 0: expected an object or null, found '}'");
  EXPECT_EQ(walk("{"), "byte 1: expected a member's name in double quotes, found the end");
  EXPECT_EQ(walk("{'a':1}"), "byte 1: expected a member's name in double quotes, found '''");
  EXPECT_EQ(walk("{/*x*/}"), "byte 1: expected a member's name in double quotes, found '/'");
  EXPECT_EQ(walk(R"({"a":1,})"),
            "byte 7, in \"a\": expected a member's name in double quotes, found '}'");
  EXPECT_EQ(walk(R"({"a" 1})"), "byte 5, in \"a\": expected ':' after a member's name, found '1'");
  EXPECT_EQ(walk(R"({"a":1 "b":2})"),
            "byte 7, in \"a\": expected ',' or '}' after a member, found '\"'");
  EXPECT_EQ(walk(R"({"a":})"), "byte 5, in \"a\": expected a value, found '}'");
  EXPECT_EQ(walk(R"({"a":"\x"})"),
            "byte 6, in \"a\": expected an escape: one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t "
            "\\uXXXX, found '\\'");
  EXPECT_EQ(walk(R"({"a":"b)"), "byte 7, in \"a\": expected a closing quote, found the end");
  EXPECT_EQ(walk(R"({"a":"b\)"), "byte 8, in \"a\": expected a closing quote, found the end");
  EXPECT_EQ(walk(R"({"":1})"), "byte 1: expected a member's name that is not empty, found '\"'");
  EXPECT_EQ(walk("{\"a\xff\":x}"), "byte 6: expected a value, found 'x'");
}

TEST(JsonReader, TheFirstErrorSticks) {
  Input input(R"({"a":x,"b":1})");
  ASSERT_TRUE(input.in.begin_object());
  EXPECT_FALSE(input.in.skip());
  const std::string first = input.in.error();
  EXPECT_FALSE(input.in.next_member());
  int64_t number = 0;
  EXPECT_FALSE(input.in.integer(number));
  EXPECT_EQ(input.in.error(), first);
}

}  // namespace
}  // namespace sluice::wire
