#include "ottl/literal_pattern.h"

#include <gtest/gtest.h>
#include <re2/re2.h>

#include <random>

#include "ottl/regex.h"

namespace sluice::ottl {
namespace {

TEST(LiteralPattern, TakesChoicesOfWordsAndBracesOnly) {
  const std::pair<const char*, bool> cases[] = {
      {"error", true},
      {"(?i)(error|err)", true},
      {"(?i)(?P<word>\\b(alert|crit))", true},
      {"(?:error)", true},
      {"\\berror", true},
      {"(?P<0>(\\{.*\\}))", true},
      {"\\{.*\\}", true},
      {"", false},
      {"(a)(b)", false},
      {"\\berr|warn", false},
      {"\\b(a)|(b)", false},
      {"err.", false},
      {"(?i)(task)", false},
      {"(task)", true},
      {"a|", false},
      {"\\{.*?\\}", false},
      {"^error", false},
      {"(?P<a>b", false},
      {"(a|b)c", false},
  };
  for (const auto& [pattern, taken] : cases)
    EXPECT_EQ(LiteralPattern::parse(pattern).has_value(), taken) << pattern;
}

TEST(LiteralPattern, FindsWhatTheRegularExpressionFinds) {
  const char* patterns[] = {"error", "(?i)(error|err|e)", "(?i)(?P<word>\\b(alert|crit|err|error))",
                            "\\b(err|x_1)", "(?P<0>(\\{.*\\}))"};
  const std::string alphabet[] = {"err", "ERROR", "eRr", "alert", "x_1", "_",  " ",  "{",
                                  "}",   "\n",    "a",   "1",     "é",   "日", "\"", "crit"};
  std::mt19937 random(7);
  for (const char* pattern : patterns) {
    const auto literal = LiteralPattern::parse(pattern);
    ASSERT_TRUE(literal) << pattern;
    const RE2 re(pattern);
    for (int round = 0; round < 3000; ++round) {
      std::string text;
      for (auto n = random() % 12; n > 0; --n) text += alphabet[random() % std::size(alphabet)];
      size_t from = text.empty() ? 0 : random() % text.size();
      while ((static_cast<unsigned char>(text[from]) & 0xC0) == 0x80) ++from;
      re2::StringPiece expected;
      const bool found = re.Match(text, from, text.size(), RE2::UNANCHORED, &expected, 1);
      const std::string_view got = literal->find(text, from);
      ASSERT_EQ(got.data() != nullptr, found) << pattern << " in " << text << " from " << from;
      if (!found) continue;
      ASSERT_EQ(got.data(), expected.data()) << pattern << " in " << text << " from " << from;
      ASSERT_EQ(got.size(), expected.size()) << pattern << " in " << text << " from " << from;
    }
  }
}

TEST(Regex, BytesThatAreNotUtf8AreSingleCharactersAsInGo) {
  const auto regex = Regex::compile("a(.)(b+)");
  ASSERT_TRUE(regex.ok());
  const std::string text =
      "\xff\xfe-a\xc3"
      "bb\xff";
  EXPECT_TRUE(regex->matches(text));
  Regex::Groups groups;
  ASSERT_TRUE(regex->find(text, 0, groups));
  EXPECT_EQ(groups[0],
            "a\xc3"
            "bb");
  EXPECT_EQ(groups[1], "\xc3");
  EXPECT_EQ(groups[2], "bb");
  ASSERT_TRUE(regex->find(text, 3, groups));
  EXPECT_EQ(groups[0].data(), text.data() + 3);
  EXPECT_FALSE(regex->find(text, 4, groups));
}

}  // namespace
}  // namespace sluice::ottl
