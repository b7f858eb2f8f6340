#include "clickhouse/backoff.h"

#include <gtest/gtest.h>

#include <set>

namespace sluice::clickhouse {
namespace {

TEST(Backoff, StaysInItsBoundsAndGrows) {
  std::set<int64_t> seen;
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    Backoff backoff(seed);
    auto last = Backoff::kLeast;
    for (int i = 0; i < 200; ++i) {
      const auto wait = backoff.next();
      EXPECT_GE(wait, Backoff::kLeast);
      EXPECT_LE(wait, Backoff::kMost);
      EXPECT_LE(wait, last * 3);
      last = wait;
      seen.insert(wait.count());
    }
  }
  EXPECT_GT(seen.size(), 1000u);
  EXPECT_TRUE(seen.count(Backoff::kMost.count()) != 0);
}

TEST(Backoff, BeginsAnewAfterASuccess) {
  Backoff backoff(3);
  for (int i = 0; i < 50; ++i) (void)backoff.next();
  backoff.reset();
  EXPECT_LE(backoff.next(), Backoff::kLeast * 3);
}

}  // namespace
}  // namespace sluice::clickhouse
