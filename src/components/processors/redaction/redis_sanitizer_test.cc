#include "components/processors/redaction/redis_sanitizer.h"

#include <gtest/gtest.h>

namespace sluice::components::redaction_processor {
namespace {

TEST(RedisSanitizer, MasksWhatIsStored) {
  const std::pair<const char*, const char*> cases[] = {
      {"SET user:123 john", "SET user:123 ?"},
      {"set user:123 john EX 60 NX", "set user:123 ? EX 60 NX"},
      {"GET user:123", "GET user:123"},
      {"AUTH name password", "AUTH ?"},
      {"SETEX key 60 value", "SETEX key 60 ?"},
      {"LINSERT key BEFORE pivot value", "LINSERT key BEFORE pivot ?"},
      {"LPUSH key a b c", "LPUSH key ?"},
      {"SADD key", "SADD key"},
      {"GEOADD key 13.3 38.1 Palermo 15.0 37.5 Catania", "GEOADD key 13.3 38.1 ? 15.0 37.5 ?"},
      {"HSET key a 1 b 2", "HSET key a ? b ?"},
      {"HMSET key a 1 b", "HMSET key a ? b"},
      {"MSET a 1 b 2", "MSET a ? b ?"},
      {"CONFIG SET requirepass secret", "CONFIG SET requirepass ?"},
      {"CONFIG GET requirepass", "CONFIG GET requirepass"},
      {"CONFIG", "CONFIG"},
      {"BITFIELD key GET u8 0 SET u8 0 255 SET u8 8 1",
       "BITFIELD key GET u8 0 SET u8 0 ? SET u8 8 1"},
      {"ZADD key NX CH 1 one 2 two", "ZADD key NX CH 1 ? 2 ?"},
      {"ZADD key 1 one", "ZADD key 1 ?"},
      {"ZADD key", "ZADD key"},
      {"UNKNOWN a b", "UNKNOWN a b"},
      {"", ""},
  };
  for (const auto& [command, expected] : cases) EXPECT_EQ(sanitized_redis(command), expected);
}

TEST(RedisSanitizer, ReadsQuotesAndLines) {
  const std::pair<const char*, const char*> cases[] = {
      {"SET key \"a b\nc\" EX 1", "SET key ? EX 1"},
      {"SET key \"a \\\" b\" EX 1", "SET key ? EX 1"},
      {"SET key \"a \\\\\" EX 1", "SET key ? EX 1"},
      {"SET key \"not ended EX 1", "SET key ?"},
      {" SET  key \t value \n\n\nGET key\n", "SET key ?\nGET key"},
      {"SET a b\r\nSET c d", "SET a ?\nSET c ?"},
  };
  for (const auto& [commands, expected] : cases) EXPECT_EQ(sanitized_redis(commands), expected);
}

}  // namespace
}  // namespace sluice::components::redaction_processor
