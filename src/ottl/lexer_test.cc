#include "ottl/lexer.h"

#include <gtest/gtest.h>

namespace sluice::ottl {
namespace {

/// The kinds of the tokens, a letter each.
std::string kinds(std::string_view source) {
  constexpr std::string_view kLetters = "xfisNOA?+*bA=.Ul";
  const auto tokens = tokenize(source);
  if (!tokens.ok()) return "refused";
  std::string out;
  for (const Token& token : *tokens) {
    if (token.kind == Token::Kind::Arrow)
      out += '>';
    else if (token.kind != Token::Kind::End)
      out += kLetters[static_cast<size_t>(token.kind)];
  }
  return out;
}

TEST(Lexer, Tokens) {
  constexpr std::pair<std::string_view, std::string_view> kCases[] = {
      {"", ""},
      {"set(log.body, 1)", "l.l.l.i."},
      {"1.5 .5 1.e3 1.5E-3 7", "ffffi"},
      {"0x00ff 0xA1", "xx"},
      {R"("a" "\"" "")", "sss"},
      {"not or and", "NOA"},
      {"== != < <= > >=", "??????"},
      {"+ - * /", "++**"},
      {"true false", "bb"},
      {"=> =", ">="},
      {"( ) , . [ ] { } :", "........."},
      {"IsMatch SEVERITY_NUMBER_INFO lower _x", "UUll"},
      {"nothing android trueish", "lll"},
      {"a\n\tb", "ll"},
      {"$", "refused"},
      {"\"open", "refused"},
      {"żółć", "refused"},
      {"a;b", "refused"},
  };
  for (const auto& [source, expected] : kCases) EXPECT_EQ(kinds(source), expected) << source;
}

TEST(Lexer, StringsKnowGosEscapesOnly) {
  constexpr std::pair<std::string_view, std::string_view> kCases[] = {
      {R"("plain żółć")", "plain żółć"},
      {R"("\n\t\\\"")", "\n\t\\\""},
      {R"("\x41\u0142\101")", "AłA"},
      {R"("\U0001F389")", "🎉"},
      {R"("\xff")", "ÿ"},
      {R"("")", ""},
  };
  for (const auto& [source, expected] : kCases) {
    std::string out;
    EXPECT_TRUE(unquote(source, out)) << source;
    EXPECT_EQ(out, expected) << source;
  }
  for (const std::string_view source :
       {R"("\/")", R"("\'")", R"("\q")", R"("\x4")", R"("\u12")", R"("\U00110000")", R"("\9")"}) {
    std::string out;
    EXPECT_FALSE(unquote(source, out)) << source;
  }
}

TEST(Lexer, ErrorsShowTheLineAndACaretBelowThePlace) {
  EXPECT_EQ(syntax_error("set(a, $)", 7, "wrong").message(), "wrong\n    set(a, $)\n           ^");
  EXPECT_EQ(syntax_error("a\nb $ c\nd", 4, "wrong").message(), "wrong\n    b $ c\n      ^");
}

TEST(Lexer, AQuoteThatIsNotClosedIsShown) {
  EXPECT_EQ(tokenize("set(a, \"b)").status().message(),
            "the quote is not closed\n    set(a, \"b)\n           ^");
  EXPECT_EQ(tokenize("\"a\\\"").status().message(), "the quote is not closed\n    \"a\\\"\n    ^");
  EXPECT_NE(tokenize("set(a, 'b')").status().message().find("double quotes"), std::string::npos);
}

}  // namespace
}  // namespace sluice::ottl
