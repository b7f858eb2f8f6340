#include "components/exporters/clickhouse/sealer.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

namespace sluice::components {
namespace {

constexpr mapping::Table kTable = mapping::Table::Logs;

/// A sealer whose rounds are answered by hand.
struct Rounds {
  Rounds() {
    sealer->set_ask([this](size_t lane, std::shared_ptr<SealRound> round) {
      asked.emplace_back(lane, std::move(round));
    });
  }
  /// The lane that was asked last gives its rows.
  void answer(uint32_t rows) {
    const auto [lane, round] = asked.back();
    sealer->taken(lane, kTable, rows, rows);
    round->join({});
  }

  std::vector<std::pair<size_t, std::shared_ptr<SealRound>>> asked;
  std::shared_ptr<Sealer> sealer = std::make_shared<Sealer>(
      2, SealLimits{100, 100, std::chrono::seconds(1), true}, [](std::unique_ptr<Insert>) {});
};

TEST(Sealer, AsksTheLanesThatHaveRows) {
  Rounds rounds;
  rounds.sealer->grew(1, kTable, 5, 5);
  EXPECT_TRUE(rounds.sealer->seal(kTable));
  ASSERT_EQ(rounds.asked.size(), 1U);
  EXPECT_EQ(rounds.asked[0].first, 1U);
  rounds.answer(5);
  EXPECT_TRUE(rounds.sealer->empty());
}

/// Rows of a lane whose timer ran out during another lane's round once stayed until more came.
TEST(Sealer, RowsThatCameDuringARoundAreNotForgotten) {
  Rounds rounds;
  rounds.sealer->grew(0, kTable, 9, 9);
  ASSERT_TRUE(rounds.sealer->seal(kTable));
  rounds.sealer->grew(1, kTable, 5, 5);
  EXPECT_FALSE(rounds.sealer->seal(kTable));  // so that the lane sets its timer again
  rounds.answer(9);
  EXPECT_TRUE(rounds.sealer->seal(kTable));
  ASSERT_EQ(rounds.asked.size(), 2U);
  EXPECT_EQ(rounds.asked[1].first, 1U);
  rounds.answer(5);
  EXPECT_TRUE(rounds.sealer->empty());
}

TEST(Sealer, ATableThatIsFullAtTheEndOfARoundBeginsAnother) {
  Rounds rounds;
  rounds.sealer->grew(0, kTable, 9, 9);
  ASSERT_TRUE(rounds.sealer->seal(kTable));
  rounds.sealer->grew(1, kTable, 100, 100);
  EXPECT_EQ(rounds.asked.size(), 1U);
  rounds.answer(9);
  ASSERT_EQ(rounds.asked.size(), 2U);
  EXPECT_EQ(rounds.asked[1].first, 1U);
}

}  // namespace
}  // namespace sluice::components
