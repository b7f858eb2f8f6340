#include "http/url.h"

#include <gtest/gtest.h>

namespace sluice::http {
namespace {

TEST(Url, TakesUrlsApart) {
  struct Case {
    const char* text;
    bool https;
    const char* host;
    int port;
    const char* target;
  };
  const Case cases[] = {
      {"http://a", false, "a", 80, "/"},
      {"HTTPS://a.example", true, "a.example", 443, "/"},
      {"http://127.0.0.1:4318/v1/logs", false, "127.0.0.1", 4318, "/v1/logs"},
      {"http://[::1]:4318?x=1", false, "::1", 4318, "/?x=1"},
      {"https://[2001:db8::1]/a/?b#c", true, "2001:db8::1", 443, "/a/?b"},
      {"http://me:se%40cret@a:1/", false, "a", 1, "/"},
      {"http://:4318", false, "localhost", 4318, "/"},
      {"https://a:/", true, "a", 443, "/"},
  };
  for (const Case& c : cases) {
    const auto url = Url::parse(c.text);
    ASSERT_TRUE(url.ok()) << c.text << ": " << url.status().to_string();
    EXPECT_EQ(url->is_https, c.https) << c.text;
    EXPECT_EQ(url->address.host, c.host) << c.text;
    EXPECT_EQ(url->address.port, c.port) << c.text;
    EXPECT_EQ(url->target, c.target) << c.text;
  }
  const auto url = Url::parse("http://me:se%40cret@a:1/");
  ASSERT_TRUE(url.ok());
  EXPECT_EQ(url->user, "me");
  EXPECT_EQ(url->password, "se@cret");
  EXPECT_EQ(url->basic_authorization(), "Basic bWU6c2VAY3JldA==");
}

TEST(Url, RefusesWhatIsNone) {
  for (const char* text :
       {"", "a:4318", "ftp://a", "http://", "http://a:x", "http://a:0", "http://a:65536",
        "http://::1", "http://[::1", "http://a/ b", "http://a/\n", "http://%zz@a", "http://a b/"}) {
    EXPECT_EQ(Url::parse(text).status().code(), Code::InvalidArgument) << text;
  }
}

TEST(HostPort, NeedsAPortWithoutADefault) {
  EXPECT_FALSE(parse_host_port("a").ok());
  EXPECT_FALSE(parse_host_port("").ok());
  EXPECT_FALSE(parse_host_port("::1:4317").ok());
  const auto address = parse_host_port("[::1]:4317");
  ASSERT_TRUE(address.ok());
  EXPECT_EQ(address->host, "::1");
  EXPECT_EQ(address->port, 4317);
}

}  // namespace
}  // namespace sluice::http
