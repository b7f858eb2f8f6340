#include "delivery/backoff.h"

#include <gtest/gtest.h>

namespace sluice::delivery {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)
using Clock = Backoff::Clock;

constexpr Clock::time_point kStart{};

TEST(Backoff, GrowsToItsLimit) {
  RetryConfig config;
  config.randomization_factor = 0;
  config.initial_interval = 1s;
  config.multiplier = 2;
  config.max_interval = 5s;
  config.max_elapsed_time = 0s;
  Backoff backoff(config, 1, kStart);
  for (const auto expected : {1s, 2s, 4s, 5s, 5s}) EXPECT_EQ(backoff.next(kStart, 0s), expected);
}

TEST(Backoff, BeginsAnewAfterASuccess) {
  RetryConfig config;
  config.randomization_factor = 0;
  config.initial_interval = 1s;
  Backoff backoff(config, 1);
  for (int i = 0; i < 5; ++i) EXPECT_GE(backoff.pause(0s), 1s);
  backoff.reset();
  EXPECT_EQ(backoff.pause(0s), 1s);
}

TEST(Backoff, PausesWithoutEndWhereNobodyGivesUp) {
  RetryConfig config;
  config.enabled = false;
  config.max_elapsed_time = 1ns;
  Backoff backoff(config, 1);
  for (int i = 0; i < 100; ++i) EXPECT_GT(backoff.pause(0s), 0s);
}

TEST(Backoff, DrawsAroundTheInterval) {
  RetryConfig config;
  config.initial_interval = 1s;
  config.multiplier = 1;
  bool shorter = false;
  bool longer = false;
  for (uint64_t seed = 1; seed < 200; ++seed) {
    Backoff backoff(config, seed * 0x9e3779b97f4a7c15, kStart);
    const auto pause = backoff.next(kStart, 0s);
    ASSERT_TRUE(pause.has_value());
    ASSERT_GE(*pause, 500ms);
    ASSERT_LE(*pause, 1500ms);
    shorter |= *pause < 800ms;
    longer |= *pause > 1200ms;
  }
  EXPECT_TRUE(shorter && longer);
}

TEST(Backoff, WaitsAsLongAsTheOtherEndAsksFor) {
  RetryConfig config;
  config.initial_interval = 1ms;
  EXPECT_EQ(Backoff(config, 1, kStart).next(kStart, 7s), 7s);
}

TEST(Backoff, EndsWithTheElapsedTime) {
  RetryConfig config;
  config.randomization_factor = 0;
  Backoff backoff(config, 1, kStart);
  EXPECT_TRUE(backoff.next(kStart + 4min, 0s).has_value());
  EXPECT_FALSE(backoff.next(kStart + 299s, 0s).has_value());
  EXPECT_FALSE(backoff.next(kStart, 10min).has_value());
  config.max_elapsed_time = 0s;
  EXPECT_TRUE(Backoff(config, 1, kStart).next(kStart + 24h, 0s).has_value());
  config.enabled = false;
  EXPECT_FALSE(Backoff(config, 1, kStart).next(kStart, 0s).has_value());
}

TEST(Backoff, NoConfigurationMakesABusyLoop) {
  RetryConfig config;
  config.initial_interval = 0s;
  config.multiplier = 0;
  Backoff backoff(config, 1, kStart);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(backoff.next(kStart, 0s), Backoff::kLeast);
}

}  // namespace
}  // namespace sluice::delivery
