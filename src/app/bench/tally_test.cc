#include "app/bench/tally.h"

#include <gtest/gtest.h>

namespace sluice::app::bench {
namespace {

using std::chrono::microseconds;

TEST(Latencies, QuantilesAreWithinAnEighth) {
  for (int64_t us : {1, 2, 7, 8, 9, 15, 16, 100, 999, 1'000'000, 60'000'000}) {
    Latencies latencies;
    latencies.add(microseconds(us));
    const int64_t got = latencies.quantile(1).count();
    EXPECT_GE(got, us);
    EXPECT_LE(got, us + us / 8) << us;
  }
}

TEST(Latencies, QuantilesSplitTheAnswers) {
  Latencies latencies;
  EXPECT_EQ(latencies.quantile(0.5).count(), 0);
  for (int i = 0; i < 99; ++i) latencies.add(microseconds(100));
  latencies.add(microseconds(10'000));
  EXPECT_LT(latencies.quantile(0.5).count(), 120);
  EXPECT_LT(latencies.quantile(0.99).count(), 120);
  EXPECT_GT(latencies.quantile(1).count(), 9'000);
}

}  // namespace
}  // namespace sluice::app::bench
