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
md5:$1$abcdefgh$cHJi5PXp/ki/ktXzqlk6I1
apr1:$apr1$abcdefgh$h9FWgUz3n9YxylKLlR5SQ/
braces:{PLAIN}secret
twice:other
twice:secret
)";

Htpasswd users_of(std::string_view text) {
  Htpasswd users;
  EXPECT_TRUE(users.add(text).ok()) << text;
  return users;
}

TEST(Htpasswd, TakesEveryNotation) {
  const Htpasswd users = users_of(kUsers);
  for (const char* user :
       {"plain", "sha", "ssha", "bcrypt", "crypt5", "crypt6", "md5", "apr1", "braces", "twice"}) {
    EXPECT_TRUE(users.matches(user, "secret")) << user;
    for (const char* wrong : {"", "Secret", "secret ", "secre", "other"})
      EXPECT_FALSE(users.matches(user, wrong)) << user << " " << wrong;
    EXPECT_FALSE(users.matches(user, std::string("secret\0", 7))) << user;
  }
  EXPECT_FALSE(users.matches("nobody", "secret"));
  EXPECT_EQ(users.kind_of("nobody"), Htpasswd::Kind::Unknown);
  EXPECT_EQ(users.kind_of("sha"), Htpasswd::Kind::Quick);
  for (const char* user : {"bcrypt", "md5", "apr1"})
    EXPECT_EQ(users.kind_of(user), Htpasswd::Kind::Slow) << user;
}

/// As `openssl passwd -apr1 -salt SALT PASSWORD` has them.
TEST(Htpasswd, ApacheMd5AsOpenSslMakesIt) {
  const std::pair<const char*, const char*> cases[] = {
      {"myPassword", "$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/"},
      {"a", "$apr1$x$16j9.5e7KiXmuYFAYpPJM/"},
      {"", "$apr1$12345678$sHuPAw7VA9xjRbJz7zKV7/"},
      {"0123456789abcdef", "$apr1$saltsalt$noZiBycUL1t9WTQEO7/nr1"},
      {"0123456789abcdef0", "$apr1$saltsalt$P1pmVujRVrzjQyn1aY1oX1"},
      {"Grüße, 世界", "$apr1$./Az09$zabTTdSBdT5NnpeWcFbZ10"},
      {"thirty-three characters of a text", "$apr1$abc$C5jOWAf6hd94/NCccpC6K0"},
  };
  for (const auto& [password, hash] : cases)
    EXPECT_TRUE(users_of(std::string("u:") + hash).matches("u", password)) << password;
  for (const char* damaged : {"$apr1$", "$apr1$x", "$apr1$x$y"})
    EXPECT_FALSE(users_of(std::string("u:") + damaged).matches("u", "y")) << damaged;
}

TEST(Htpasswd, NamesAllLinesThatAreNone) {
  Htpasswd users;
  EXPECT_EQ(users.add("a:b\nc").message(), "line 2 is not user:password");
  EXPECT_EQ(users.add(":x\n# c\n\nd\r\ne:f\n  g").message(), "lines 1, 4, 6 are not user:password");
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
  const BasicCheck check(users_of(kUsers));
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
  const BasicCheck check(users_of(kUsers));
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
