#include "clickhouse/dsn.h"

#include <gtest/gtest.h>

namespace sluice::clickhouse {
namespace {

std::string described(std::string_view url, uint16_t http_port = 0) {
  const auto dsn = parse_dsn(url, http_port);
  if (!dsn.ok()) return "error";
  std::string out;
  for (const Endpoint& endpoint : dsn->endpoints) {
    out += endpoint.to_string() + "/" + endpoint.database + " " + endpoint.user + ":" +
           endpoint.password;
    for (const auto& [name, value] : endpoint.settings) out += " " + name + "=" + value;
    out += ";";
  }
  return out;
}

TEST(Dsn, ReadsTheFormsOfTheDriver) {
  struct Case {
    std::string_view url;
    std::string_view expected;
  };
  const Case cases[] = {
      {"http://h:8123", "http://h:8123/default :;"},
      {"http://u:p@h:1/db?async_insert=true&x=2", "http://h:1/db u:p async_insert=1 x=2;"},
      {"http://a:1,b:2/db", "http://a:1/db :;http://b:2/db :;"},
      {"tcp://h:9000", "http://h:8123/default :;"},
      {"tcp://h", "http://h:8123/default :;"},
      {"clickhouse://u:p@h:9000/db", "http://h:8123/db u:p;"},
      {"tcp://[::1]:9000", "http://[::1]:8123/default :;"},
      {"tcp://h:9000?dial_timeout=10s&max_open_conns=5", "http://h:8123/default :;"},
      {"unix:///run/ch.sock", "unix:///run/ch.sock/default :;"},
      {"tcp://h:9001", "error"},
      {"ftp://h", "error"},
      {"h:9000", "error"},
      {"http://h:1?secure=true", "error"},
      {"http://h:1?connection_open_strategy=best", "error"},
      {"https://h:1", "https://h:1/default :;"},
      {"https://h:1?secure=T", "https://h:1/default :;"},
      {"https://h:1?secure=false", "error"},
      {"https://h:1?secure=yes", "error"},
      {"https://h:1?skip_verify=maybe", "error"},
      {"tcp://h:9000?secure", "https://h:8443/default :;"},
  };
  for (const Case& c : cases) EXPECT_EQ(described(c.url), c.expected) << c.url;
}

TEST(Dsn, AnotherHttpPortCanBeNamed) {
  EXPECT_EQ(described("tcp://h:9001", 18123), "http://h:18123/default :;");
  EXPECT_EQ(described("http://h:1", 18123), "http://h:1/default :;");
}

TEST(Dsn, WarnsOfTheNativeProtocolAndOfParametersWithoutEffect) {
  const auto dsn = parse_dsn("tcp://h:9000?read_timeout=1s");
  ASSERT_TRUE(dsn.ok());
  ASSERT_EQ(dsn->warnings.size(), 2u);
  EXPECT_NE(dsn->warnings[0].find("read_timeout"), std::string::npos);
  EXPECT_NE(dsn->warnings[1].find("http://h:8123"), std::string::npos);
  EXPECT_TRUE(parse_dsn("http://h:8123")->warnings.empty());
}

TEST(Dsn, SaysWhomToTrust) {
  const auto plain = parse_dsn("https://h:1");
  ASSERT_TRUE(plain.ok());
  EXPECT_FALSE(plain->tls.insecure_skip_verify);
  const auto dsn = parse_dsn("https://h:1?skip_verify=true&tls_server_name=name&x=1");
  ASSERT_TRUE(dsn.ok());
  EXPECT_TRUE(dsn->tls.insecure_skip_verify);
  EXPECT_EQ(dsn->tls.server_name_override, "name");
  EXPECT_NE(dsn->endpoints[0].tls, nullptr);
  EXPECT_EQ(dsn->endpoints[0].settings, (Settings{{"x", "1"}})) << "they are no settings";
  EXPECT_TRUE(dsn->warnings.empty());
  EXPECT_FALSE(parse_dsn("https://h:1?skip_verify=0")->tls.insecure_skip_verify);
  const auto without = parse_dsn("http://h:1?skip_verify=true");
  ASSERT_TRUE(without.ok());
  ASSERT_EQ(without->warnings.size(), 1u);
  EXPECT_NE(without->warnings[0].find("without TLS"), std::string::npos);
}

TEST(Dsn, ErrorsDoNotRepeatThePassword) {
  const auto dsn = parse_dsn("tcp://user:geheim@h:9001");
  ASSERT_FALSE(dsn.ok());
  EXPECT_EQ(dsn.status().message().find("geheim"), std::string::npos);
}

}  // namespace
}  // namespace sluice::clickhouse
