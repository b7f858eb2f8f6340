// RE2 against what Go documents (https://pkg.go.dev/regexp/syntax, https://pkg.go.dev/regexp). The
// one difference that is left: a byte of the text that is not UTF-8 matches nothing here, while Go
// takes it for U+FFFD.

#include "ottl/regex.h"

#include <gtest/gtest.h>

namespace sluice::ottl {
namespace {

/// All matches, as regexp.FindAllString has them: "a|b"; "-" for none, "refused" for a wrong
/// pattern.
std::string find_all(std::string_view pattern, std::string_view text) {
  const auto regex = Regex::compile(pattern);
  if (!regex.ok()) return "refused";
  std::string out;
  bool any = false;
  regex->for_each(text, [&](const Regex::Groups& groups) {
    out += any ? "|" : "";
    out += groups[0];
    any = true;
  });
  return any ? out : "-";
}

struct RegexCase {
  std::string_view pattern;
  std::string_view text;
  std::string_view matches;
};

TEST(Regex, SyntaxAsGoDocumentsIt) {
  constexpr RegexCase kCases[] = {
      {"a.c", "abc a\nc", "abc"},
      {"(?s)a.c", "a\nc", "a\nc"},
      {"(?i)AB", "ab aB", "ab|aB"},
      {"(?i:a)B", "aB AB ab", "aB|AB"},
      {"(?m)^a$", "a\na", "a|a"},
      {"^a$", "a\n", "-"},
      {"a$", "ba", "a"},
      {"(?U)a+", "aaa", "a|a|a"},
      {"(?U)a+?", "aaa", "aaa"},
      {"a*?", "aa", "||"},
      {"a{2,3}", "aaaaa", "aaa|aa"},
      {"a{2,}", "aaaa", "aaaa"},
      {"x{1001}", "", "refused"},
      {"a**", "", "refused"},
      {"*a", "", "refused"},
      {"(a", "", "refused"},
      {"a)", "", "refused"},
      {"[a", "", "refused"},
      {"[z-a]", "", "refused"},
      {"a|b|", "ab", "a|b"},
      {"(?:a|ab)(?:c|bcd)", "abcd", "abcd"},
      {R"(\d+)", "12 ٣", "12"},
      {R"(\w+)", "a_1 ż", "a_1"},
      {R"(\s)", " \t\v", " |\t"},
      {R"(\bfoo\b)", "foo food", "foo"},
      {R"(\Bo)", "foo", "o|o"},
      {R"(\Aa)", "aa", "a"},
      {R"(a\z)", "aa", "a"},
      {R"(\Z)", "", "refused"},
      {R"(\pL+)", "aż1", "aż"},
      {R"(\p{Greek})", "aα", "α"},
      {R"(\PL)", "a1", "1"},
      {R"([^\pL])", "a1", "1"},
      {R"(\p{Nope})", "", "refused"},
      {"[[:alpha:]]+", "ab1", "ab"},
      {"[[:^alpha:]]", "a1", "1"},
      {"[[:word:]]", "_", "_"},
      {"[[:nope:]]", "", "refused"},
      {"[]a]", "]a", "]|a"},
      {"[^]a]", "]ab", "b"},
      {R"([\]a])", "]", "]"},
      {R"(\Qa.b*\E+)", "a.b**", "a.b**"},
      {R"(\Q(?<n>\E)", "(?<n>", "(?<n>"},
      {R"([\Q]\E])", "", "refused"},
      {R"(\x41\x{142}\101)", "AłA", "AłA"},
      {R"(\a\f\t\n\r\v)", "\a\f\t\n\r\v", "\a\f\t\n\r\v"},
      {R"(\C)", "", "refused"},
      {R"(\1)", "", "refused"},
      {R"(\q)", "", "refused"},
      {"a(?=b)", "", "refused"},
      {"a(?!b)", "", "refused"},
      {"(?<=a)b", "", "refused"},
      {"(?>a)", "", "refused"},
      {"(?P<n>a)(?<m>b)", "ab", "ab"},
      {"(?P<n>a)(?P<n>b)", "ab", "ab"},
      {"(?P<é>a)", "", "refused"},
      {"(?P<n-m>a)", "", "refused"},
      {"[(?<n>]", "(", "("},
      {"ż+", "żż", "żż"},
      {".", "日", "日"},
      {"", "ab", "||"},
      {"b*", "abc", "|b|"},
      {"\xff", "", "refused"},
  };
  for (const auto& [pattern, text, matches] : kCases)
    EXPECT_EQ(find_all(pattern, text), matches) << pattern;
}

TEST(Regex, ReplacementsExpandGroupsAsGoDoes) {
  struct Case {
    std::string_view pattern, text, replacement, expected;
  };
  constexpr Case kCases[] = {
      {"a(b)", "ab", "$1", "b"},          {"a(b)", "ab", "${1}x", "bx"},
      {"a(b)", "ab", "$1x", ""},  // the group named "1x"
      {"(?P<n>b)", "ab", "<$n>", "a<b>"}, {"b", "ab", "$$", "a$"},
      {"b", "ab", "$0$0", "abb"},         {"b", "ab", "$9", "a"},
      {"b", "ab", "$ x", "a$ x"},         {"b", "ab", "${", "a${"},
      {"", "ab", "-", "-a-b-"},           {"b*", "abc", "x", "xaxcx"},
      {"(x)?b", "ab", "[$1]", "a[]"},
  };
  for (const Case& one : kCases) {
    const auto regex = Regex::compile(one.pattern);
    ASSERT_TRUE(regex.ok()) << one.pattern;
    EXPECT_EQ(regex->replace_all(one.text, one.replacement), one.expected)
        << one.pattern << " " << one.replacement;
  }
}

TEST(Regex, GroupsThatTookNoPartHaveNoData) {
  const auto regex = Regex::compile("(a)|(?P<two>b)");
  ASSERT_TRUE(regex.ok());
  Regex::Groups groups;
  ASSERT_TRUE(regex->find("b", 0, groups));
  EXPECT_EQ(groups[1].data(), nullptr);
  EXPECT_EQ(groups[2], "b");
  EXPECT_EQ(regex->group_names(), (std::vector<std::string>{"", "two"}));
  EXPECT_FALSE(regex->find("ab", 2, groups));
}

TEST(Regex, NoPatternTakesMoreThanLinearTime) {
  // A backtracking engine takes 2^64 steps for the first of these.
  const std::string text(100'000, 'a');
  for (const std::string_view pattern : {"(a|a)*$b", "(a*)*$b", "(a+)+$b", "a?a?a?a?a?a?a?a?$b"})
    EXPECT_FALSE(Regex::compile(pattern)->matches(text)) << pattern;
}

}  // namespace
}  // namespace sluice::ottl
