#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "server/sql.h"

namespace sluice::server {
namespace {

/// "W:select P:( N:1" and so on.
std::string dump(std::string_view sql) {
  constexpr std::string_view kLetters = "WQSHNPCE";
  std::string out;
  Lexer lexer(sql);
  Token token;
  while (lexer.next(token)) {
    out += out.empty() ? "" : " ";
    out += kLetters[static_cast<size_t>(token.type)];
    out += ":";
    out += token.text;
    if (token.type == TokenType::Error) {
      break;
    }
  }
  return out;
}

struct Case {
  std::string_view sql;
  std::string_view tokens;
};

// The borders are the engine's: each line was compared with its function tokenizeQuery.
constexpr Case kCases[] = {
    {"", ""},
    {" \t\r\n\f\v", ""},
    {"select 1", "W:select N:1"},
    {"a.b", "W:a P:. W:b"},
    {"a.1.2", "W:a P:. N:1 P:. N:2"},
    {"1.2.3", "N:1.2 P:. N:3"},
    {"a .5", "W:a P:. N:5"},
    {"(.5)", "P:( N:.5 P:)"},
    {"'x' .5", "S:'x' N:.5"},
    {"._", "N:. W:_"},
    {"1e5x", "W:1e5x"},
    {"1e-5", "N:1e-5"},
    {"1.5a", "E:1.5a"},
    {"1_000", "N:1_000"},
    {"1__0", "W:1__0"},
    {"0x1F 0x1p3 0b01", "N:0x1F N:0x1p3 N:0b01"},
    {"0x1Fg", "W:0x1Fg"},
    {"t.1e5", "W:t P:. W:1e5"},
    {"'a''b'", "S:'a''b'"},
    {"'a\\'b'", "S:'a\\'b'"},
    {"'a\\\\' x", "S:'a\\\\' W:x"},
    {"'a", "E:'a"},
    {"\"a\\\"b\" `c``d`", "Q:\"a\\\"b\" Q:`c``d`"},
    {"`a", "E:`a"},
    {"x'4142' b'01' X'4A'", "S:x'4142' S:b'01' S:X'4A'"},
    {"x'zz'", "E:x'zz'"},
    {"\xE2\x80\x9C"
     "a\xE2\x80\x9D"
     "b",
     "Q:\xE2\x80\x9C"
     "a\xE2\x80\x9D W:b"},
    {"\xE2\x80\x98"
     "a\\\xE2\x80\x99",
     "S:\xE2\x80\x98"
     "a\\\xE2\x80\x99"},
    {"$a$ 'x $a$ y", "H:$a$ 'x $a$ W:y"},
    {"$$;$$;", "H:$$;$$ C:;"},
    {"$a b$", "W:$a W:b$"},
    {"$ a", "P:$ W:a"},
    {"a$b$c", "W:a$b$c"},
    {"-- x\n1 --y", "N:1"},
    {"--x", ""},
    {"// x\n1", "N:1"},
    {"# x\n1", "N:1"},
    {"#! x\n1", "N:1"},
    {"#x", "E:#x"},
    {"/* a /* ' */ b */ 1", "N:1"},
    {"/* a", "E:/* a"},
    {"1/*/ 2*/3", "N:1 N:3"},
    {"a\xC2\xA0"
     "b\xE2\x80\x8B"
     "c",
     "W:a W:b W:c"},
    {"a->b::c||d@@e", "W:a P:-> W:b P::: W:c P:|| W:d P:@@ W:e"},
    {"a<=>b<>c", "W:a P:<=> W:b P:<> W:c"},
    {"a\xE2\x88\x92"
     "b",
     "W:a P:\xE2\x88\x92 W:b"},
    {"a\\G", "W:a P:\\G"},
    {"a&b", "W:a E:&b"},
    {"\xC3\xA9", "E:\xC3\xA9"},
};

TEST(LexerTest, CutsAsTheEngineDoes) {
  for (const Case& c : kCases) {
    EXPECT_EQ(dump(c.sql), c.tokens) << c.sql;
  }
}

TEST(LexerTest, ResolvesEscapes) {
  struct {
    std::string_view token;
    std::string_view value;
  } const cases[] = {
      {"word", "word"},
      {"'a''b'", "a'b"},
      {"'a\\'b\\\\'", "a'b\\"},
      {"'\\x66\\n\\t\\0'", std::string_view("f\n\t\0", 4)},
      {"'\\q\\%\\/\\N'", "\\q\\%/"},
      {"`fi\\x6ce`", "file"},
      {"`rem\\x7zte`", "remote"},
      {"`a\\x7\\`b`", "ao"},  // cut as one token, but read only as far as the second backquote
      {"\"a\"\"b\"", "a\"b"},
      {"x'666F6F'", "foo"},
      {"b'01100110'", "f"},
      {"$t$a'b$t$", "a'b"},
      {"\xE2\x80\x9C"
       "a\\n\xE2\x80\x9D",
       "a\\n"},
  };
  for (const auto& c : cases) {
    Lexer lexer(c.token);
    Token token;
    ASSERT_TRUE(lexer.next(token)) << c.token;
    ASSERT_NE(token.type, TokenType::Error) << c.token;
    EXPECT_EQ(unquoted(token), c.value) << c.token;
  }
}

TEST(LexerTest, KeywordsAreBareWordsInAnyCase) {
  EXPECT_TRUE((Token{TokenType::Word, "sElEcT"}.is_keyword("SELECT")));
  EXPECT_FALSE((Token{TokenType::QuotedIdentifier, "SELECT"}.is_keyword("SELECT")));
  EXPECT_FALSE((Token{TokenType::Word, "SELECTS"}.is_keyword("SELECT")));
}

}  // namespace
}  // namespace sluice::server
