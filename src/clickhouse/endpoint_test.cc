#include "clickhouse/endpoint.h"

#include <gtest/gtest.h>

namespace sluice::clickhouse {
namespace {

TEST(Endpoint, ReadsItsParts) {
  const auto e =
      Endpoint::parse("http://us%3Aer:p%40ss@ch.example:8124/otel?max_threads=2&x=a%20b");
  ASSERT_TRUE(e.ok()) << e.status().to_string();
  EXPECT_EQ(e->address.host, "ch.example");
  EXPECT_EQ(e->address.port, 8124);
  EXPECT_EQ(e->user, "us:er");
  EXPECT_EQ(e->password, "p@ss");
  EXPECT_EQ(e->database, "otel");
  EXPECT_EQ(e->settings, (Settings{{"max_threads", "2"}, {"x", "a b"}}));
  EXPECT_FALSE(e->is_unix());
  EXPECT_EQ(e->to_string(), "http://ch.example:8124");
}

TEST(Endpoint, HasDefaults) {
  for (const char* url : {"http://h", "http://h/", "http://h?"}) {
    const auto e = Endpoint::parse(url);
    ASSERT_TRUE(e.ok()) << url << ": " << e.status().to_string();
    EXPECT_EQ(e->address.host, "h");
    EXPECT_EQ(e->address.port, 8123);
    EXPECT_EQ(e->database, "default");
    EXPECT_EQ(e->user, "");
  }
}

TEST(Endpoint, ReadsIpv6AndUnixSockets) {
  const auto v6 = Endpoint::parse("http://[::1]:9000");
  ASSERT_TRUE(v6.ok()) << v6.status().to_string();
  EXPECT_EQ(v6->address.host, "::1");
  EXPECT_EQ(v6->address.port, 9000);
  const auto unix_socket =
      Endpoint::parse("unix:///run/a%20b.sock?database=otel&user=u&password=p");
  ASSERT_TRUE(unix_socket.ok()) << unix_socket.status().to_string();
  EXPECT_TRUE(unix_socket->is_unix());
  EXPECT_EQ(unix_socket->address.unix_path, "/run/a b.sock");
  EXPECT_EQ(unix_socket->database, "otel");
  EXPECT_EQ(unix_socket->user, "u");
  EXPECT_EQ(unix_socket->password, "p");
}

TEST(Endpoint, HttpsHasItsOwnPortAndIsVerified) {
  const auto cloud = Endpoint::parse("https://u:p@h.example/otel");
  ASSERT_TRUE(cloud.ok()) << cloud.status().to_string();
  EXPECT_EQ(cloud->address.port, 8443);
  EXPECT_NE(cloud->tls, nullptr);
  EXPECT_EQ(cloud->to_string(), "https://h.example:8443");
  const auto other = Endpoint::parse("https://h:1");
  ASSERT_TRUE(other.ok());
  EXPECT_EQ(other->address.port, 1);
  EXPECT_EQ(Endpoint::parse("http://h")->tls, nullptr);
}

TEST(Endpoint, TheUrlOfAUnixSocketIsReadBackWhateverItsPathHolds) {
  for (const std::string path : {"/run/server.sock", "/100%25/a?b=c/with space,comma@x/é"}) {
    const auto e = Endpoint::parse(Endpoint::unix_url(path));
    ASSERT_TRUE(e.ok()) << e.status().message();
    EXPECT_EQ(e->address.unix_path, path);
  }
}

TEST(Endpoint, RefusesWithAReasonAndWithoutThePassword) {
  const struct {
    const char* url;
    const char* says;
  } cases[] = {
      {"", "has no scheme"},
      {"localhost:8123", "has no scheme"},
      {"tcp://h:9000", "native protocol"},
      {"clickhouse://h:9000", "native protocol"},
      {"ftp://h", "unknown scheme"},
      {"http://", "no host"},
      {"http://:8123", "no host"},
      {"http://h:0", "not a port"},
      {"http://h:99999", "not a port"},
      {"http://h:x", "not a port"},
      {"http://::1:8123", "brackets"},
      {"http://[::1", "closing bracket"},
      {"http://[::1]x", "after the host"},
      {"http://a:1,b:2", "brackets"},
      {"http://a,b", "more than one host"},
      {"http://h/a/b", "further slashes"},
      {"http://h/%zz", "damaged %XX"},
      {"http://secret%z:pw@h", "damaged %XX"},
      {"http://h?=1", "damaged parameter"},
      {"http://h?database=", "database's name is empty"},
      {"unix://relative", "full path"},
      {"unix://", "full path"},
  };
  for (const auto& c : cases) {
    const auto e = Endpoint::parse(c.url);
    ASSERT_FALSE(e.ok()) << c.url;
    EXPECT_EQ(e.status().code(), Code::InvalidArgument);
    EXPECT_NE(e.status().message().find(c.says), std::string::npos) << e.status().message();
    EXPECT_EQ(e.status().message().find("secret"), std::string::npos);
  }
}

}  // namespace
}  // namespace sluice::clickhouse
