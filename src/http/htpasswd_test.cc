#include "http/htpasswd.h"

#include <gtest/gtest.h>

#include "http/basic_check.h"

namespace sluice::http {
namespace {

/// "secret" in every notation that is taken.
constexpr const char* kUsers = R"(# a comment

plain:secret
sha:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=
ssha:{SSHA}gVK8WC9YyFT1gMsQHTGCgT3sSv5zYWx0
bcrypt:$2y$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW
crypt5:$5$salt$kpa26zwgX83BPSR8d7w93OIXbFt/d3UOTZaAu5vsTM6
crypt6:$6$abc$IdWKNKTJEb8LxY7CGg8YBXlvtfZzFw7Mp/r6niK9YB2mdvgY..TKjv1T..8RadRt2qvUHYRLr/TsVArtr91iR1
twice:other
twice:secret
)";

TEST(Htpasswd, TakesEveryNotation) {
  const auto users = Htpasswd::parse(kUsers);
  ASSERT_TRUE(users.ok()) << users.status().message();
  for (const char* user : {"plain", "sha", "ssha", "bcrypt", "crypt5", "crypt6", "twice"}) {
    EXPECT_TRUE(users->matches(user, "secret")) << user;
    for (const char* wrong : {"", "Secret", "secret ", "secre", "other"})
      EXPECT_FALSE(users->matches(user, wrong)) << user << " " << wrong;
    EXPECT_FALSE(users->matches(user, std::string("secret\0", 7))) << user;
  }
  EXPECT_FALSE(users->matches("nobody", "secret"));
  EXPECT_EQ(users->kind_of("nobody"), Htpasswd::Kind::Unknown);
  EXPECT_EQ(users->kind_of("sha"), Htpasswd::Kind::Quick);
  EXPECT_EQ(users->kind_of("bcrypt"), Htpasswd::Kind::Slow);
}

TEST(Htpasswd, RefusesWhatCannotBeChecked) {
  for (const char* text : {"user", ":password", "a:b\nc", "user:$apr1$x$y", "user:$1$x$y"})
    EXPECT_FALSE(Htpasswd::parse(text).ok()) << text;
  EXPECT_EQ(Htpasswd::parse("a:b\nc").status().message(),
            "line 2 of the htpasswd text is not user:password");
}

TEST(Htpasswd, ReadsAndWritesTheHeader) {
  EXPECT_EQ(basic_authorization("Aladdin", "open sesame"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  const auto read = parse_basic("basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->user, "Aladdin");
  EXPECT_EQ(read->password, "open sesame");
  for (const char* bad : {"", "Basic", "Bearer QWxh", "Basic !", "Basic bm9jb2xvbg=="})
    EXPECT_FALSE(parse_basic(bad).has_value()) << bad;
}

TEST(BasicCheck, LetsTheRightOnesIn) {
  const BasicCheck check(std::move(*Htpasswd::parse(kUsers)));
  for (const char* user : {"plain", "sha", "bcrypt"}) {
    EXPECT_TRUE(check.check(basic_authorization(user, "secret")).ok()) << user;
    const Status wrong = check.check(basic_authorization(user, "guess"));
    EXPECT_EQ(wrong.code(), Code::Unauthenticated) << user;
    EXPECT_EQ(wrong.message(), "invalid credentials");
  }
  EXPECT_EQ(check.check({}).message(), "no basic auth provided");
  EXPECT_EQ(check.check("Bearer x").message(), "invalid authorization format");
}

TEST(BasicCheck, GuessesOfSlowHashesAreLimitedAndWhatWasRightIsRemembered) {
  const BasicCheck check(std::move(*Htpasswd::parse(kUsers)));
  ASSERT_TRUE(check.check(basic_authorization("bcrypt", "secret")).ok());
  bool limited = false;
  for (int i = 0; i < 100 && !limited; ++i) {
    const Status guess = check.check(basic_authorization("bcrypt", "guess" + std::to_string(i)));
    limited = guess.code() == Code::Unavailable;
  }
  EXPECT_TRUE(limited);
  EXPECT_TRUE(check.check(basic_authorization("bcrypt", "secret")).ok());
}

}  // namespace
}  // namespace sluice::http
