#include "config/yaml.h"

#include <gtest/gtest.h>

namespace sluice::config {
namespace {

using Kind = Node::Kind;

struct ScalarCase {
  const char* text;
  Kind kind;
  const char* value;
};

/// What the value is, as text: a number for every notation of it.
std::string value_of(const Node& node) {
  switch (node.kind) {
    case Kind::Bool: return node.boolean ? "true" : "false";
    case Kind::Int: return std::to_string(node.integer);
    case Kind::Float: return std::to_string(node.real);
    case Kind::Null: return "";
    default: return node.text;
  }
}

class Scalars : public testing::TestWithParam<ScalarCase> {};

TEST_P(Scalars, AreWhatGoTakesThemFor) {
  const ScalarCase& expected = GetParam();
  const Node node = resolve_plain_scalar(expected.text, {});
  EXPECT_EQ(node.kind, expected.kind) << expected.text;
  EXPECT_EQ(value_of(node), expected.value) << expected.text;
}

INSTANTIATE_TEST_SUITE_P(
    Numbers, Scalars,
    testing::Values(
        ScalarCase{"5", Kind::Int, "5"}, ScalarCase{"+5", Kind::Int, "5"},
        ScalarCase{"-0", Kind::Int, "0"}, ScalarCase{"0x1F", Kind::Int, "31"},
        ScalarCase{"0X1f", Kind::Int, "31"}, ScalarCase{"-0x5", Kind::Int, "-5"},
        ScalarCase{"0755", Kind::Int, "493"}, ScalarCase{"0o17", Kind::Int, "15"},
        ScalarCase{"0b101", Kind::Int, "5"}, ScalarCase{"1_000", Kind::Int, "1000"},
        ScalarCase{"08", Kind::Float, "8.000000"}, ScalarCase{"1e3", Kind::Float, "1000.000000"},
        ScalarCase{"1_0.5", Kind::Float, "10.500000"}, ScalarCase{".5", Kind::Float, "0.500000"},
        ScalarCase{"5.", Kind::Float, "5.000000"}, ScalarCase{"-.Inf", Kind::Float, "-inf"},
        ScalarCase{".NAN", Kind::Float, "nan"},
        ScalarCase{"9223372036854775807", Kind::Int, "9223372036854775807"},
        ScalarCase{"-9223372036854775808", Kind::Int, "-9223372036854775808"},
        ScalarCase{"18446744073709551615", Kind::Int, "-1"},
        ScalarCase{"18446744073709551616", Kind::Float, "18446744073709551616.000000"}));

INSTANTIATE_TEST_SUITE_P(Texts, Scalars,
                         testing::Values(ScalarCase{"_1", Kind::String, "_1"},
                                         ScalarCase{"1e400", Kind::String, "1e400"},
                                         ScalarCase{"0x", Kind::String, "0x"},
                                         ScalarCase{"+-5", Kind::String, "+-5"},
                                         ScalarCase{"1.5s", Kind::String, "1.5s"},
                                         ScalarCase{"yes", Kind::String, "yes"},
                                         ScalarCase{"on", Kind::String, "on"},
                                         ScalarCase{"tRUE", Kind::String, "tRUE"},
                                         ScalarCase{"nULL", Kind::String, "nULL"},
                                         ScalarCase{"inf", Kind::String, "inf"},
                                         ScalarCase{"12:30", Kind::String, "12:30"},
                                         ScalarCase{"2024-02-30", Kind::String, "2024-02-30"},
                                         ScalarCase{"2024-01-02x", Kind::String, "2024-01-02x"}));

INSTANTIATE_TEST_SUITE_P(
    Words, Scalars,
    testing::Values(ScalarCase{"", Kind::Null, ""}, ScalarCase{"~", Kind::Null, ""},
                    ScalarCase{"NULL", Kind::Null, ""}, ScalarCase{"TRUE", Kind::Bool, "true"},
                    ScalarCase{"False", Kind::Bool, "false"},
                    ScalarCase{"2024-1-2", Kind::Time, "2024-1-2"},
                    ScalarCase{"2024-02-29", Kind::Time, "2024-02-29"},
                    ScalarCase{"2024-01-02T03:04:05.6Z", Kind::Time, "2024-01-02T03:04:05.6Z"},
                    ScalarCase{"2024-01-02t03:04:05+01:00", Kind::Time,
                               "2024-01-02t03:04:05+01:00"},
                    ScalarCase{"2024-01-02 03:04:05", Kind::Time, "2024-01-02 03:04:05"}));

Node parsed(std::string_view text) {
  auto node = parse_yaml(text, "c.yaml");
  EXPECT_TRUE(node.ok()) << text << ": " << node.status().message();
  return node.ok() ? std::move(node).value() : Node();
}

TEST(Yaml, KeepsTheOrderAndSaysWhereThingsAre) {
  const Node node = parsed("b: 1\na:\n  - x\n  - {c: true}\n");
  ASSERT_EQ(node.members.size(), 2u);
  EXPECT_EQ(node.members[0].first, "b");
  const Node& list = node.members[1].second;
  ASSERT_EQ(list.items.size(), 2u);
  EXPECT_EQ(list.items[0].mark.to_string(), "c.yaml:3:5");
  EXPECT_EQ(list.items[1].find("c")->mark.to_string(), "c.yaml:4:9");
}

TEST(Yaml, TagsAndQuotesDecideTheKind) {
  const Node node =
      parsed("a: \"5\"\nb: !!str 5\nc: !!int \"7\"\nd: !!float 3\ne: !x 5\nf: !!null ''\n");
  EXPECT_EQ(node.find("a")->kind, Kind::String);
  EXPECT_EQ(node.find("b")->kind, Kind::String);
  EXPECT_EQ(node.find("c")->integer, 7);
  EXPECT_EQ(node.find("d")->kind, Kind::Float);
  EXPECT_EQ(node.find("e")->kind, Kind::String);
  EXPECT_TRUE(node.find("f")->is_null());
}

TEST(Yaml, AliasesAndMergeKeys) {
  const Node node = parsed("a: &x {k: 1, l: 2}\nb: {<<: *x, k: 3}\nc: *x\n");
  EXPECT_EQ(node.find("b")->find("k")->integer, 3);
  EXPECT_EQ(node.find("b")->find("l")->integer, 2);
  EXPECT_EQ(node.find("c")->find("k")->integer, 1);
}

TEST(Yaml, KeysThatAreNoTextsReadAsGoPrintsThem) {
  const Node node = parsed("{1.50: a, 0x10: b, true: c, ~: d}");
  for (const char* key : {"1.5", "16", "true", "<nil>"}) EXPECT_NE(node.find(key), nullptr) << key;
}

TEST(Yaml, OnlyTheFirstDocumentCounts) {
  EXPECT_EQ(parsed("a: 1\n---\na: 2\n").find("a")->integer, 1);
  EXPECT_EQ(parsed("a: 1\n...\n\n").find("a")->integer, 1);
  EXPECT_EQ(parsed("a: 1\n---\n\"unfinished").find("a")->integer, 1);
}

TEST(Yaml, WhatIsNoYamlIsRefusedWithItsPlace) {
  for (const char* text : {"a: 1\na: 2", "{a: 1", "a: *nope", "a:\n\tb: 1", "{[a]: b}", "%x", ", a",
                           "a: !!int x", "a: &b [*b]", "<<: 5"}) {
    const auto node = parse_yaml(text, "c.yaml");
    ASSERT_FALSE(node.ok()) << text;
    EXPECT_EQ(node.status().message().rfind("c.yaml", 0), 0u) << node.status().message();
  }
  EXPECT_EQ(parse_yaml("a: 1\nb: 2\na: 3\n", "c.yaml").status().message(),
            "c.yaml:3:1: this is no YAML: the key \"a\" stands twice in this map");
}

TEST(Yaml, NeitherDepthNorAliasesGrowWithoutBound) {
  EXPECT_FALSE(parse_yaml(std::string(100'000, '['), "c.yaml").ok());
  std::string laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int j = 0; j < 9; ++j) laughs += ", " + before;
    laughs += "]\n";
  }
  EXPECT_FALSE(parse_yaml(laughs, "c.yaml").ok());
}

}  // namespace
}  // namespace sluice::config
