#include "web/health.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::web {
namespace {

using testing::MatchesRegex;

Status yes() { return {}; }

TEST(Health, AnswersAsTheCollectorDoes) {
  Health health(yes);
  http::Response before = health.answer("/");
  EXPECT_EQ(before.status, 503);
  EXPECT_EQ(before.body,
            R"({"status":"Server not available","upSince":"0001-01-01T00:00:00Z","uptime":""})");

  health.set_serving();
  http::Response serving = health.answer("/any/path");
  EXPECT_EQ(serving.status, 200);
  EXPECT_THAT(serving.body, MatchesRegex("\\{\"status\":\"Server available\",\"upSince\":"
                                         "\"20[0-9-]+T[0-9:.]+Z\",\"uptime\":\"[0-9.ms]+\"\\}"));
  ASSERT_EQ(serving.headers.size(), 1u);
  EXPECT_EQ(serving.headers[0].value, "application/json");

  health.set_draining();
  EXPECT_EQ(health.answer("/").status, 503);
}

TEST(Health, ReadyNamesTheReasonWhyNot) {
  Status store = unavailable("no \"answer\"\n");
  Health health([&] { return store; });
  EXPECT_EQ(health.answer("/ready").body, R"({"ready":false,"reason":"the process is starting"})");

  health.set_serving();
  http::Response waiting = health.answer("/ready");
  EXPECT_EQ(waiting.status, 503);
  EXPECT_EQ(waiting.body, R"({"ready":false,"reason":"no \"answer\"\u000a"})");

  store = {};
  EXPECT_EQ(health.answer("/ready").status, 200);
  health.set_draining();
  EXPECT_EQ(health.answer("/ready").status, 503);
}

TEST(Health, DurationsReadAsGoWritesThem) {
  using std::chrono::milliseconds;
  EXPECT_EQ(go_duration(milliseconds(0)), "0s");
  EXPECT_EQ(go_duration(milliseconds(250)), "250ms");
  EXPECT_EQ(go_duration(milliseconds(1500)), "1.5s");
  EXPECT_EQ(go_duration(milliseconds(60'000)), "1m0s");
  EXPECT_EQ(go_duration(milliseconds(3'723'004)), "1h2m3.004s");
}

}  // namespace
}  // namespace sluice::web
