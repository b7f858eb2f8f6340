#include "ottl/compiler.h"

#include <gtest/gtest.h>

#include "ottl/program.h"
#include "testing/ottl_evaluate.h"

namespace sluice::ottl {
namespace {

using testing::attributes_after;
using testing::evaluate;
using testing::holds;
using testing::refusal;

TEST(Compiler, MessagesShowStatementCaretAndExpectation) {
  constexpr std::pair<std::string_view, std::string_view> kCases[] = {
      {"sett(log.body, 1)", "there is no editor sett (did you mean \"set\"?)"},
      {"set(log.body, Lenn(1))", "there is no converter Lenn (did you mean \"Len\"?)"},
      {"set(log.bod, 1)", "there is no field \"bod\" in the context log (did you mean \"body\"?)"},
      {"set(body, 1)", "is it log.body?"},
      {"set(span.name, 1)", "says no context that is known here"},
      {"set(log.body)", "set: expected 2 arguments, found 1"},
      {"set(log.body, Substring(\"a\"))", "Substring: expected 3 to 4 arguments, found 1"},
      {"set(log.body, Len(targt=1))", "there is no parameter \"targt\" (did you mean \"target\"?)"},
      {"set(log.body, Concat(vals=[], \",\"))",
       "an argument without a name stands behind one with a name"},
      {"set(log.body, Hours(1))", "expected duration but got int"},
      {"set(log.body, NO_SUCH_NAME)", "there is no enumeration value NO_SUCH_NAME"},
      {"set(log.body, SEVERITY_NUMBER_WARM)", "(did you mean \"SEVERITY_NUMBER_WARN\"?)"},
      {"set(1, 1)", "this must be a path"},
      {"set(log.severity_text[0], 1)", "cannot be indexed"},
      {"set(resource.cache, 1)", "use log.cache"},
      {"convert_sum_to_gauge()", "is not there in the context log"},
      {"set(log.body, IsMatch(log.body, \"(\"))", "missing"},
      {"set(log.body, (x) => 1)", "no function takes a lambda expression"},
  };
  for (const auto& [source, expected] : kCases) {
    const std::string message = refusal(source);
    EXPECT_NE(message.find(expected), std::string::npos) << source << "\n" << message;
    EXPECT_NE(message.find(source.substr(0, 20)), std::string::npos) << message;
    EXPECT_NE(message.find("\n    "), std::string::npos) << message;
    EXPECT_EQ(message.back(), '^') << message;
  }
  EXPECT_EQ(refusal("set(log.body, nope)"),
            "statement `set(log.body, nope)`: the path nope says no context that is known here; is "
            "it log.nope?\n    set(log.body, nope)\n                  ^");
}

TEST(Compiler, Arithmetic) {
  constexpr std::pair<std::string_view, std::string_view> kCases[] = {
      {"1 + 2 * 3", "7"},
      {"(1 + 2) * 3", "9"},
      {"7 / 2", "3"},
      {"7 / -2", "-3"},
      {"1 + 0.5", "1.5"},
      {"log.attributes[\"i\"] * 2", "84"},
      {"9223372036854775807 + 1", "-9223372036854775808"},
      {"log.attributes[\"i\"] / 0", "error"},
      {"1.0 / 0.0", "error"},
      {"\"a\" + 1", "refused"},
      {"log.attributes[\"s\"] + 1", "error"},
      {"log.attributes[\"nil\"] + 1", "error"},
      {"-log.attributes[\"i\"]", "-42"},
      {"-\"a\"", "refused"},
      {"-log.attributes[\"s\"]", "error"},
      {"SEVERITY_NUMBER_INFO", "9"},
  };
  for (const auto& [source, expected] : kCases) EXPECT_EQ(evaluate(source), expected) << source;
}

TEST(Compiler, Comparisons) {
  constexpr std::pair<std::string_view, std::string_view> kCases[] = {
      {"1 == 1.0", "true"},
      {"1 < 1.5", "true"},
      {"\"a\" < \"b\"", "true"},
      {"\"1\" == 1", "false"},
      {"\"1\" != 1", "true"},
      {"\"a\" < 1", "false"},
      {"true > false", "true"},
      {"nil == nil", "true"},
      {"nil >= nil", "true"},
      {"nil < nil", "false"},
      {"log.attributes[\"missing\"] == nil", "true"},
      {"log.attributes[\"nil\"] == nil", "true"},
      {"log.attributes[\"e\"] == nil", "false"},
      {"0x00 < 0x01", "true"},
      {"[1, 2] == [1, 2]", "true"},
      {"[1] == [1.0]", "false"},
      {"[] >= []", "false"},
      {"{\"a\": 1, \"b\": 2} == {\"b\": 2, \"a\": 1}", "true"},
      {"{} >= {}", "false"},
      {"log.time == log.time", "true"},
      {"Duration(\"1s\") < Duration(\"2s\")", "true"},
  };
  for (const auto& [source, expected] : kCases) EXPECT_EQ(holds(source), expected) << source;
}

TEST(Compiler, ParametersHaveTheOriginalsNames) {
  constexpr std::pair<std::string_view, std::string_view> kCases[] = {
      {R"(Format(format="%s", vals=["a"]))", R"("a")"},
      {R"(Format(format="%s", args=["a"]))", "refused"},
      {R"(Year(Time(time="2024", format="%Y")))", "2024"},
      {R"(Base64Encode(target="a"))", R"("YQ==")"},
      {R"(Double(target="1"))", "1.0"},
      {R"(GetXML("<a/>", x_path="/a"))", R"("<a></a>")"},
      {R"(GetXML("<a/>", xPath="/a"))", R"("<a></a>")"},
      {R"(GetXML("<a/>", xpath="/a"))", "refused"},
      {R"(ParseCSV("1|2", "a|b", header_delimiter="|", delimiter="|")["b"])", R"("2")"},
  };
  for (const auto& [source, expected] : kCases) EXPECT_EQ(evaluate(source), expected) << source;
}

TEST(Compiler, LiteralListsAndMapsAreChecked) {
  constexpr std::pair<std::string_view, std::string_view> kCases[] = {
      {"Int([1])", "refused"},
      {"Int([])", "refused"},
      {"Int([log.severity_number])", "error"},
      {"Hours({\"a\": 1})", "refused"},
      {"Hours({})", "refused"},
      {"Hours({\"a\": log.severity_number})", "error"},
      {"IsString([\"a\"])", "refused"},
      {"IsMap({\"a\": [1]})", "true"},
      {"ContainsValue({\"a\": 1}, 1)", "refused"},
  };
  for (const auto& [source, expected] : kCases) EXPECT_EQ(evaluate(source), expected) << source;
}

TEST(Compiler, WhatIsComputedFromLiteralsIsNoLiteral) {
  constexpr std::pair<std::string_view, std::string_view> kCases[] = {
      {"IsString(1 + 2)", "false"},
      {"IsString(3)", "refused"},
      {"ToUpperCase((1.5 * 2))", "error"},
      {"Hour([1 + 2])", "error"},
      {"Seconds(Duration(\"1h\") + Duration(\"1s\"))", "3601.0"},
  };
  for (const auto& [source, expected] : kCases) EXPECT_EQ(evaluate(source), expected) << source;
}

TEST(Compiler, WhatShowsItselfAsTextIsFormattedAsText) {
  constexpr std::pair<std::string_view, std::string_view> kCases[] = {
      {R"(Format("%s %v", [SpanID(0x0102030405060708), TraceID("5b8efff798038103d269b633813fc60c")]))",
       R"("0102030405060708 5b8efff798038103d269b633813fc60c")"},
      {R"(Format("%q", [Duration("90s")]))", R"("\"1m30s\"")"},
      {R"(Format("%.3v|%6s", [Duration("90s"), Duration("1s")]))", R"("1m3|    1s")"},
      {R"(Format("%d", [Duration("1us")]))", R"("1000")"},
  };
  for (const auto& [source, expected] : kCases) EXPECT_EQ(evaluate(source), expected) << source;
}

TEST(Compiler, ALineMayEndInsideAText) { EXPECT_EQ(evaluate("\"a\nb\""), "\"a\\nb\""); }

TEST(Compiler, OptionsThatMustBeLiterals) {
  constexpr std::pair<std::string_view, std::string_view> kCases[] = {
      {R"(Trim("xax", "x"))", R"("a")"},
      {R"(Trim("xax", log.severity_text))", "refused"},
      {R"(Substring("abc", 0, 2, true))", R"("ab")"},
      {R"(Substring("abc", 0, 2, log.attributes["t"]))", "refused"},
      {R"(Decode("YQ==", Concat(["base", "64"], "")))", R"("a")"},
      {R"(Decode("YQ==", log.severity_text))", "error"},
      {R"(Decode("YQ==", "Info"))", "refused"},
      {R"(Time("2024", "%Y", "", ""))", "refused"},
      {R"(FormatTime(log.time, "%v"))", "refused"},
      {R"(FormatTime(log.time, "%Y%"))", R"("2023%")"},
      {R"(SpanID(1))", "0000000000000001"},
      {R"(TraceID(1))", "refused"},
      {R"(SliceToMap(log.attributes["l"], value_path=[]))", "error"},
  };
  for (const auto& [source, expected] : kCases) EXPECT_EQ(evaluate(source), expected) << source;
}

TEST(Compiler, BooleansStopEarlyAndLiteralsDecideAtOnce) {
  constexpr std::pair<std::string_view, std::string_view> kCases[] = {
      {"log.severity_number == 9 or Int(log.attributes[\"l\"]) == 1", "true"},
      {"log.severity_number == 8 and Int(log.attributes[\"l\"]) == 1", "false"},
      {"Int(log.attributes[\"l\"]) == 1 or log.severity_number == 9", "error"},
      {"Int(log.attributes[\"l\"]) == 1 or true", "true"},
      {"Int(log.attributes[\"l\"]) == 1 and false", "false"},
      {"not (log.severity_number == 9)", "false"},
      {"not (Int(log.attributes[\"l\"]) == 1)", "error"},
      {"IsMatch(log.body, \"quick\") and not false", "true"},
      {"Len(log.body)", "error"},
  };
  for (const auto& [source, expected] : kCases) EXPECT_EQ(holds(source), expected) << source;
}

TEST(Compiler, Indexes) {
  constexpr std::pair<std::string_view, std::string_view> kCases[] = {
      {"log.attributes[\"m\"][\"sub\"][\"x\"][1]", "\"two\""},
      {"log.attributes[\"m\"][\"no\"]", "nil"},
      {"log.attributes[\"m\"][\"no\"][\"no\"]", "nil"},
      {"log.attributes[\"l\"][2]", "3"},
      {"log.attributes[\"l\"][3]", "error"},
      {"log.attributes[\"l\"][-1]", "error"},
      {"log.attributes[\"l\"][Len(\"ab\") - 1]", "2"},
      {"log.attributes[\"l\"][0 + 1]", "refused"},
      {"log.attributes[nil]", "refused"},
      {"Split(\"a b\", \" \")[-1]", "error"},
      {"log.attributes[\"l\"][log.attributes[\"n\"]]", "error"},
      {"log.attributes[\"l\"][\"a\"]", "error"},
      {"log.attributes[\"s\"][0]", "error"},
      {"log.attributes[Concat([\"s\"], \"\")]", "\"Hello World\""},
      {"log.attributes[log.attributes[\"sl\"][1]]", "nil"},
      {"Split(\"a b\", \" \")[1]", "\"b\""},
      {"Split(\"a b\", \" \")[2]", "error"},
      {"{\"a\": 1}[\"a\"]", "refused"},
  };
  for (const auto& [source, expected] : kCases) EXPECT_EQ(evaluate(source), expected) << source;
}

TEST(Compiler, AListThatIsMadeByAnIndexIsNotMadeElementByElement) {
  const std::string out =
      attributes_after({"set(log.attributes, {})", "set(log.attributes[\"l\"][200000], 1)",
                        "set(log.attributes, {\"n\": Len(log.attributes[\"l\"])})"});
  EXPECT_EQ(out, "{n: 200001}");
  EXPECT_NE(attributes_after({"set(log.attributes[\"new\"][2000000], 1)"}).find("error"),
            std::string::npos);
}

TEST(Compiler, ArgumentsByNameInBothCases) {
  EXPECT_EQ(evaluate("Concat(delimiter=\"-\", vals=[1, 2])"), "\"1-2\"");
  EXPECT_EQ(evaluate("ParseCSV(\"1|2\", \"a;b\", headerDelimiter=\";\", delimiter=\"|\")"),
            "{a: \"1\", b: \"2\"}");
  EXPECT_EQ(evaluate("ParseCSV(\"1|2\", \"a;b\", header_delimiter=\";\", delimiter=\"|\")"),
            "{a: \"1\", b: \"2\"}");
  EXPECT_EQ(evaluate("Len(target=\"abc\")"), "3");
  EXPECT_NE(evaluate("Now(1, 2)"), "refused");  // functions without parameters take anything
}

}  // namespace
}  // namespace sluice::ottl
