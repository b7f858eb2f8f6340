#include "server/url.h"

#include <gtest/gtest.h>

namespace sluice::server {
namespace {

TEST(ParseTarget, DecodesPathAndParameters) {
  const Result<Target> target =
      parse_target("/a%20b+c?query=SELECT+1%2B1&x=%27%00%27&empty=&flag&&x=2#part");
  ASSERT_TRUE(target.ok());
  EXPECT_EQ(target->path, "/a b+c");
  const engine::NameValues expected = {{"query", "SELECT 1+1"},
                                       {"x", std::string("'\0'", 3)},
                                       {"empty", ""},
                                       {"flag", ""},
                                       {"x", "2"}};
  EXPECT_EQ(target->params, expected);
  EXPECT_EQ(*find_last(target->params, "x"), "2");
  EXPECT_EQ(find_last(target->params, "y"), nullptr);
}

TEST(ParseTarget, RefusesBrokenEscapes) {
  for (const char* text : {"/%", "/%4", "/%zz", "/?a=%", "/?a=1%4", "/?%g0=1"}) {
    EXPECT_EQ(parse_target(text).status().code(), Code::InvalidArgument) << text;
  }
}

TEST(ParseTarget, EscapesAtTheVeryEnd) {
  EXPECT_EQ(parse_target("/%41")->path, "/A");
  EXPECT_EQ(parse_target("/?a=%C3%a9")->params[0].second, "\xc3\xa9");
}

}  // namespace
}  // namespace sluice::server
