#include "config/load.h"

#include <gtest/gtest.h>

#include <map>

#include "config/codec.h"

namespace sluice::config {
namespace {

const std::map<std::string, std::string> kVariables = {
    {"STR", "text"},
    {"NUM", "42"},
    {"EMPTY", ""},
    {"LIST", "[1, two]"},
    {"MAP", "{a: 1}"},
    {"REF", "${env:STR}"},
    {"DOLLARS", "a$$b"},
    {"QUOTED", "\"42\""},
    {"TAG", "!x"},
    {"BROKEN", "{"},
    {"NAME", "STR"},
    {"SELF", "${env:SELF}"},
    {"ESCAPED_LIST", "['$$A','$${A}','$${env:A}']"},
    {"NULL", "null"},
    {"TYPED", "!!int 5"}};

Environment variables() {
  return [](const std::string& name) -> std::optional<std::string> {
    const auto found = kVariables.find(name);
    return found == kVariables.end() ? std::nullopt : std::optional(found->second);
  };
}

std::string show(const Node& node) {
  std::string out;
  switch (node.kind) {
    case Node::Kind::Null: return "null";
    case Node::Kind::Int: return std::to_string(node.integer);
    case Node::Kind::String: return "'" + node.text + "'";
    case Node::Kind::List:
      for (const Node& item : node.items) out += (out.empty() ? "" : ", ") + show(item);
      return "[" + out + "]";
    case Node::Kind::Map:
      for (const auto& [key, value] : node.members)
        out += (out.empty() ? "" : ", ") + key + ": " + show(value);
      return "{" + out + "}";
    default: return node.text;
  }
}

std::string loaded(const std::vector<std::string>& texts,
                   const std::vector<std::string>& settings = {}) {
  std::vector<std::string> sources;
  for (const std::string& text : texts) sources.push_back("yaml:" + text);
  Diagnostics diagnostics;
  const Node node = load(sources, settings, variables(), diagnostics);
  return diagnostics.ok() ? show(node) : "refused";
}

/// All that is said about sources: the errors, then the warnings, a line each.
std::string said_of(const std::vector<std::string>& sources) {
  Diagnostics diagnostics;
  load(sources, {}, variables(), diagnostics);
  std::string out = diagnostics.to_string();
  for (const auto& warning : diagnostics.warnings())
    out += "warning: " + warning.to_string() + "\n";
  return out;
}

struct ExpandCase {
  const char* yaml;
  const char* expected;
};

class Expand : public testing::TestWithParam<ExpandCase> {};

TEST_P(Expand, AsTheOriginalDoes) {
  EXPECT_EQ(loaded({GetParam().yaml}), GetParam().expected) << GetParam().yaml;
}

INSTANTIATE_TEST_SUITE_P(
    Values, Expand,
    testing::Values(
        ExpandCase{"x: ${env:NUM}", "{x: 42}"}, ExpandCase{"x: '${NUM}'", "{x: 42}"},
        ExpandCase{"x: a${NUM}b", "{x: 'a42b'}"},
        ExpandCase{"x: ${env:NUM}${env:NUM}", "{x: '4242'}"},
        ExpandCase{"x: ${env:LIST}", "{x: [1, 'two']}"}, ExpandCase{"x: ${env:MAP}", "{x: {a: 1}}"},
        ExpandCase{"x: a${env:LIST}", "{x: 'a[1, two]'}"},
        ExpandCase{"x: ${env:REF}", "{x: 'text'}"}, ExpandCase{"x: ${env:QUOTED}", "{x: '\"42\"'}"},
        ExpandCase{"x: ${env:TAG}", "{x: '!x'}"}, ExpandCase{"x: ${env:TYPED}", "{x: 5}"},
        ExpandCase{"x: ${env:BROKEN}", "{x: '{'}"}, ExpandCase{"x: ${env:EMPTY}", "{x: null}"},
        ExpandCase{"x: ${env:UNSET}", "{x: null}"},
        ExpandCase{"x: [\"${env:STR}\", \"${env:NUM}\"]", "{x: ['text', 42]}"},
        ExpandCase{"x: ${yaml:[1, 2]}", "{x: [1, 2]}"}));

INSTANTIATE_TEST_SUITE_P(Defaults, Expand,
                         testing::Values(ExpandCase{"x: ${env:UNSET:-d}", "{x: 'd'}"},
                                         ExpandCase{"x: ${env:UNSET:-5}", "{x: 5}"},
                                         ExpandCase{"x: ${env:UNSET:-}", "{x: null}"},
                                         ExpandCase{"x: ${env:EMPTY:-d}", "{x: null}"},
                                         ExpandCase{"x: ${env:UNSET:-${env:STR}}", "{x: 'text'}"},
                                         ExpandCase{"x: ${env:UNSET:-a:-b}", "{x: 'a:-b'}"},
                                         ExpandCase{"x: ${env:UNSET:-d % v}", "{x: 'd % v'}"},
                                         ExpandCase{"x: ${env:UNSET:-a:?b}", "{x: 'a:?b'}"},
                                         ExpandCase{"x: ${env:STR:?why}", "{x: 'text'}"},
                                         ExpandCase{"x: ${env:EMPTY:?why}", "{x: null}"},
                                         ExpandCase{"x: ${env:UNSET:?why}", "refused"},
                                         ExpandCase{"x: ${env:UNSET:?}", "refused"},
                                         ExpandCase{"x: ${env:${env:NAME}}", "{x: 'text'}"}));

INSTANTIATE_TEST_SUITE_P(
    Dollars, Expand,
    testing::Values(ExpandCase{"x: $NUM", "{x: '$NUM'}"}, ExpandCase{"x: $$", "{x: '$'}"},
                    ExpandCase{"x: $${env:STR}", "{x: '${env:STR}'}"},
                    ExpandCase{"x: $$$${env:STR}", "{x: '$${env:STR}'}"},
                    ExpandCase{"x: ${env:DOLLARS}", "{x: 'a$b'}"}, ExpandCase{"x: ${", "{x: '${'}"},
                    ExpandCase{"x: {\"${env:STR}\": 1}", "{x: {${env:STR}: 1}}"}));

INSTANTIATE_TEST_SUITE_P(
    Braces, Expand,
    testing::Values(
        ExpandCase{"x: 'env:STR}'", "{x: 'env:STR}'}"}, ExpandCase{"x: 'a{b}'", "{x: 'a{b}'}"},
        ExpandCase{"x: '${env:STR${env:NUM?os=${env:STR'",
                   "{x: '${env:STR${env:NUM?os=${env:STR'}"},
        ExpandCase{"x: 'env:STR}${env:NUM'", "{x: 'env:STR}${env:NUM'}"},
        ExpandCase{"x: 'env:STR}${env:NUM}'", "{x: 'env:STR}42'}"},
        ExpandCase{"x: '${env:STR}env:NUM}'", "{x: 'textenv:NUM}'}"},
        ExpandCase{"x: '${env:STR${env:NUM}'", "{x: '${env:STR42'}"},
        ExpandCase{"x: '${env:STR}${env:NUM'", "{x: 'text${env:NUM'}"},
        ExpandCase{"x: '${env:STR}}}}${env:NUM?os=${env:STR}'", "{x: 'text}}}${env:NUM?os=text'}"},
        ExpandCase{"x: '${env:STR}${${${${env:NUM}?os=${env:STR}'", "{x: 'text${${${42?os=text'}"},
        ExpandCase{"x: 'env:STR}${env:NUM}?os=env:OS}&p=${env:STR}'",
                   "{x: 'env:STR}42?os=env:OS}&p=text'}"},
        ExpandCase{"x: '${yaml:1${yaml:2${yaml:3}}}'", "{x: 123}"},
        ExpandCase{"x: '${yaml:a:${env:NUM}}?os=${env:STR}'", "{x: 'a:42?os=text'}"}));

INSTANTIATE_TEST_SUITE_P(EscapedDollars, Expand,
                         testing::Values(ExpandCase{"x: $$$$NUM", "{x: '$$NUM'}"},
                                         ExpandCase{"x: $$${STR}", "{x: '$text'}"},
                                         ExpandCase{"x: a$${STR}b", "{x: 'a${STR}b'}"},
                                         ExpandCase{"x: $${ONE}$${TWO}", "{x: '${ONE}${TWO}'}"},
                                         ExpandCase{"x: $${1}$${env:2}", "{x: '${1}${env:2}'}"},
                                         ExpandCase{"x: $${env:${STR}}", "{x: '${env:text}'}"},
                                         ExpandCase{"x: $${env:$${STR}}", "{x: '${env:${STR}}'}"},
                                         ExpandCase{"x: 'env:A}$${STR}{'", "{x: 'env:A}${STR}{'}"},
                                         ExpandCase{"x: here are 2 $$$", "{x: 'here are 2 $$'}"},
                                         ExpandCase{"x: ${env:ESCAPED_LIST}",
                                                    "{x: ['$A', '${A}', '${env:A}']}"}));

/// What an option that takes a text gets from a value of an environment variable.
struct TextCase {
  const char* value;
  const char* expected;
};

TEST(Load, ATextIsWhatTheVariableSaysExpanded) {
  constexpr TextCase kCases[] = {
      {"0123", "0123"},
      {"0xdeadbeef", "0xdeadbeef"},
      {"\"0123\"", "\"0123\""},
      {"!!str 0123", "!!str 0123"},
      {"1111:1111::", "1111:1111::"},
      {"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z07:00"},
      {"[\"a\",", "[\"a\","},
      {"[a,b/c]", "[a,b/c]"},
      {"$$ENV", "$ENV"},
      {"$${env:ENV}", "${env:ENV}"},
      {"[a,${env:STR}]", "[a,text]"},
      {"[a,${STR}]", "[a,text]"},
      {"[\"a\",\"$${STR}\"]", "[\"a\",\"${STR}\"]"},
      {"[\"a\",\"$STR\"]", "[\"a\",\"$STR\"]"},
      {"# with ${STR}\na: b", "# with text\na: b"},
      {"{a: \"${env:MAP}\", b: \"c ${env:MAP}\"}", "{a: \"{a: 1}\", b: \"c {a: 1}\"}"},
      {"true # a ${env:hello.world} reference", "refused"},
  };
  for (const TextCase& one : kCases) {
    // As it is, and by way of another variable.
    for (const char* name : {"DIRECT", "INDIRECT"}) {
      const Environment environment = [&](const std::string& variable) {
        if (variable == "DIRECT") return std::optional<std::string>(one.value);
        if (variable == "INDIRECT") return std::optional<std::string>("${env:DIRECT}");
        return variables()(variable);
      };
      Diagnostics diagnostics;
      const Node node =
          load({std::string("yaml:x: ${env:") + name + "}"}, {}, environment, diagnostics);
      ASSERT_TRUE(diagnostics.ok()) << one.value << diagnostics.to_string();
      std::string text = "refused";
      Diagnostics said;
      Codec<std::string>::decode(*node.find("x"), text, Place(said, "x", {}));
      EXPECT_EQ(text, one.expected) << one.value << " by " << name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Refused, Expand,
    testing::Values(ExpandCase{"x: ${env:1a}", "refused"}, ExpandCase{"x: ${a b}", "refused"},
                    ExpandCase{"x: ${}", "refused"}, ExpandCase{"x: ${ftp:STR}", "refused"},
                    ExpandCase{"x: ${ENV:STR}", "refused"}, ExpandCase{"x: ${env:SELF}", "refused"},
                    ExpandCase{"x: ${file:/nonexistent}", "refused"},
                    ExpandCase{"x: ${env:UNSET:-$a}", "refused"}));

struct MergeCase {
  const char* first;
  const char* second;
  const char* expected;
};

class Merging : public testing::TestWithParam<MergeCase> {};

TEST_P(Merging, MapsMergeAndTheRestReplaces) {
  EXPECT_EQ(loaded({GetParam().first, GetParam().second}), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    All, Merging,
    testing::Values(
        MergeCase{"x: {a: 1, b: 2}", "x: {b: 3, c: 4}", "{x: {a: 1, b: 3, c: 4}}"},
        MergeCase{"x: [1, 2]", "x: [3]", "{x: [3]}"}, MergeCase{"x: [1]", "x: []", "{x: []}"},
        MergeCase{"x: {a: 1}", "x:", "{x: null}"}, MergeCase{"x: {a: 1}", "x: {}", "{x: {a: 1}}"},
        MergeCase{"x: {a: 1}", "x: t", "{x: 't'}"}, MergeCase{"x: t", "x: {a: 1}", "{x: {a: 1}}"},
        MergeCase{"x: {a: {b: 1}}", "x::a::c: 2", "{x: {a: {b: 1, c: 2}}}"},
        MergeCase{"x: {a: 1}", "", "{x: {a: 1}}"}, MergeCase{"x: 1", "[2]", "refused"},
        MergeCase{"x: 1", "text", "refused"},
        MergeCase{"x: {a: 1}", "x: {a: '${env:NUM}'}", "{x: {a: 42}}"}));

TEST(Load, APathMayStandInAnyMapButDotsAreNoPath) {
  EXPECT_EQ(loaded({"p: {b/foo::t: 3s, b::t: 2s}"}), "{p: {b/foo: {t: '3s'}, b: {t: '2s'}}}");
  EXPECT_EQ(loaded({"p::b/foo::t: 3s\np::b::t: 2s"}), "{p: {b/foo: {t: '3s'}, b: {t: '2s'}}}");
  EXPECT_EQ(loaded({"p.b.t: 4s"}), "{p.b.t: '4s'}");
  EXPECT_EQ(loaded({"[invalid,"}), "refused");
}

TEST(Load, SettingsComeLast) {
  EXPECT_EQ(loaded({"x: {a: 1}"}, {"x.a=5", "x::b=[1, 2]", "y=${env:NUM}"}),
            "{x: {a: 5, b: [1, 2]}, y: 42}");
  EXPECT_EQ(loaded({"x: 1"}, {"x"}), "refused");
}

TEST(Load, SaysWhatIsWrongWithEachSource) {
  EXPECT_EQ(
      said_of({"/nonexistent.yaml", "/", "", "file:", "env:UNSET", "yaml:[1]"}),
      "cannot read the configuration /nonexistent.yaml: No such file or directory\n"
      "the configuration / is a directory; name a YAML file\n"
      "--config names no file: its value is empty\n"
      "--config names no file: its value is empty\n"
      "the configuration env:UNSET: there is no environment variable of this name\n"
      "yaml:[1]: a configuration is a map with the keys receivers, exporters, service …; this "
      "is a list\n");
  EXPECT_EQ(said_of({"yaml:", "env:EMPTY"}), "yaml:, env:EMPTY: the configuration is empty\n");
}

TEST(Load, SaysWhereAVariableIsWrong) {
  EXPECT_EQ(said_of({"yaml:x: ${env:a-b}"}),
            "yaml:x: ${env:a-b}:1:4: x: \"a-b\" is no name of an environment variable, in "
            "${env:a-b}: letters, digits and _, no digit first\n");
  EXPECT_EQ(said_of({"yaml:{x: [{y: '${file:/nonexistent}'}], z: '${ftp:x}'}"}),
            "yaml:{x: [{y: '${file:/nonexistent}'}], z: '${ftp:x}'}:1:10: x[0]::y: cannot read the "
            "file /nonexistent: No such file or directory\n"
            "yaml:{x: [{y: '${file:/nonexistent}'}], z: '${ftp:x}'}:1:39: z: the scheme \"ftp\" in "
            "${ftp:x} is none of env, file, yaml\n");
}

TEST(Load, AVariableThatMustBeSetSaysWhy) {
  EXPECT_EQ(said_of({"yaml:x: ${env:UNSET:?the password of the store}"}),
            "yaml:x: ${env:UNSET:?the password of the store}:1:4: x: the environment variable "
            "UNSET is not set: the password of the store\n");
}

TEST(Load, AVariableThatIsNotSetIsNamedWithItsPlace) {
  EXPECT_EQ(
      said_of({"yaml:x: {y: 'a${UNSET}'}"}),
      "warning: yaml:x: {y: 'a${UNSET}'}:1:8: x::y: the environment variable UNSET is not set "
      "and stands for nothing; ${env:UNSET:-TEXT} gives it a default\n");
  EXPECT_EQ(said_of({"yaml:{x: '${env:UNSET:-d}', y: '${env:EMPTY}'}"}), "");
}

TEST(Load, WhatIsEscapedIsLoadedAsItWas) {
  for (const char* text : {"$", "$$", "${env:STR}", "a$b${", "$${env:NUM}$"}) {
    Node tree = Node::map();
    tree.set("x", Node::list()).items.push_back(Node::string(text));
    escape(tree);
    Diagnostics diagnostics;
    expand(tree, variables(), diagnostics);
    EXPECT_EQ(tree.find("x")->items.front().text, text);
    EXPECT_TRUE(diagnostics.ok()) << diagnostics.to_string();
  }
}

}  // namespace
}  // namespace sluice::config
