#include "config/mask.h"

#include <gtest/gtest.h>

#include "config/yaml.h"
#include "config/yaml_writer.h"

namespace sluice::config {
namespace {

TEST(Mask, PasswordsInUrls) {
  const std::pair<const char*, const char*> cases[] = {
      {"", ""},
      {"http://h:8123", "http://h:8123"},
      {"http://user@h:8123/a:b@c", "http://user@h:8123/a:b@c"},
      {"http://user:@h", "http://user:@h"},
      {"https://user:p%40:x@y@h:1,i:2/db?a=b", "https://user:[REDACTED]@h:1,i:2/db?a=b"},
      {"tcp://h:9000?username=u&password=X", "tcp://h:9000?username=u&password=[REDACTED]"},
      {"tcp://h?password=X&password=&b=password&password=Y",
       "tcp://h?password=[REDACTED]&password=&b=password&password=[REDACTED]"},
      {"tcp://u:p@h?password=X&password", "tcp://u:[REDACTED]@h?password=[REDACTED]&password"},
      {"u:p@h:1", "u:[REDACTED]@h:1"},
  };
  for (const auto& [url, shown] : cases) {
    Node node = Node::string(url);
    mask_passwords(node);
    EXPECT_EQ(node.text, shown);
  }
}

TEST(Mask, PasswordsAmongParameters) {
  Node node = parse_yaml("{password: X, max_threads: '4'}", "").value();
  mask_passwords(node);
  EXPECT_EQ(to_yaml(node), "password: \"[REDACTED]\"\nmax_threads: \"4\"\n");
}

}  // namespace
}  // namespace sluice::config
