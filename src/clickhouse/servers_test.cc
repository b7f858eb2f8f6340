#include "clickhouse/servers.h"

#include <gtest/gtest.h>

namespace sluice::clickhouse {
namespace {

const auto kNow = Servers::Clock::now();
constexpr std::chrono::seconds kFine{0};

TEST(Servers, TheLeastLoadedIsPicked) {
  Servers servers(3, OpenStrategy::LeastLoaded);
  std::vector<int> picked(3);
  for (int i = 0; i < 6; ++i) ++picked[servers.pick(kNow)];
  EXPECT_EQ(picked, (std::vector<int>{2, 2, 2}));
  servers.done(1, kFine, kNow);
  EXPECT_EQ(servers.pick(kNow), 1u);
}

TEST(Servers, InOrderTakesTheNextOneOnlyWhileTheFirstRests) {
  Servers servers(2, OpenStrategy::InOrder);
  EXPECT_EQ(servers.pick(kNow), 0u);
  servers.done(0, Servers::kRest, kNow);
  EXPECT_EQ(servers.pick(kNow), 1u);
  EXPECT_EQ(servers.pick(kNow + Servers::kRest), 0u);
}

TEST(Servers, OneRestsAsLongAsItIsTold) {
  Servers servers(2, OpenStrategy::InOrder);
  servers.done(servers.pick(kNow), std::chrono::seconds(30), kNow);
  EXPECT_EQ(servers.pick(kNow + std::chrono::seconds(29)), 1u);
  EXPECT_EQ(servers.pick(kNow + std::chrono::seconds(30)), 0u);
  servers.done(0, kFine, kNow);
  EXPECT_EQ(servers.pick(kNow), 0u);
}

TEST(Servers, WhereAllRestOneIsTriedAllTheSame) {
  Servers servers(2, OpenStrategy::LeastLoaded);
  servers.done(servers.pick(kNow), Servers::kRest, kNow);
  servers.done(servers.pick(kNow), Servers::kRest, kNow);
  EXPECT_LT(servers.pick(kNow), 2u);
}

TEST(Servers, TheOneThatWasJustTriedIsNotPickedAgain) {
  Servers servers(2, OpenStrategy::InOrder);
  EXPECT_EQ(servers.pick(kNow, 0), 1u);
  Servers alone(1, OpenStrategy::InOrder);
  EXPECT_EQ(alone.pick(kNow, 0), 0u);
}

}  // namespace
}  // namespace sluice::clickhouse
