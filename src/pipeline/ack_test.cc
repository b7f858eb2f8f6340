#include "pipeline/ack.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "pipeline/batch.h"

namespace sluice::pipeline {
namespace {

struct Answers {
  std::vector<Outcome> all;
  Ack ack() {
    return Ack([this](Outcome&& outcome) { all.push_back(std::move(outcome)); });
  }
};

TEST(Ack, AnswersOnceWithWhatItWasResolvedWith) {
  Answers answers;
  Ack ack = answers.ack();
  ack.resolve({Status(), 2, "two were bad"});
  EXPECT_TRUE(ack.empty());
  ASSERT_EQ(answers.all.size(), 1U);
  EXPECT_EQ(answers.all[0].rejected, 2U);
  EXPECT_EQ(answers.all[0].reason, "two were bad");
}

TEST(Ack, SplitWaitsForAllAndAnswersTheWorst) {
  Answers answers;
  Ack first = answers.ack();
  Ack second = first.split();
  Ack third = second.split();
  second.resolve({Status(), 1, "a row"});
  third.resolve({unavailable("later"), 0, {}});
  EXPECT_TRUE(answers.all.empty());
  first.resolve({Status(), 1, "another row"});
  ASSERT_EQ(answers.all.size(), 1U);
  EXPECT_EQ(answers.all[0].status, unavailable("later"));
  EXPECT_EQ(answers.all[0].rejected, 2U);
  EXPECT_EQ(answers.all[0].reason, "a row");
}

TEST(Ack, ARefusalForGoodDoesNotHideOneThatMayBeRetried) {
  Answers answers;
  Ack first = answers.ack();
  Ack second = first.split();
  first.resolve({unavailable("later"), 0, {}});
  second.resolve({invalid_argument("never"), 0, {}});
  EXPECT_EQ(answers.all.at(0).status.code(), Code::Unavailable);
}

TEST(Ack, DroppedUnresolvedAsksTheSenderToTryAgain) {
  Answers answers;
  { const Ack dropped = answers.ack(); }
  ASSERT_EQ(answers.all.size(), 1U);
  EXPECT_EQ(answers.all[0].status.code(), Code::Unavailable);
}

TEST(Ack, MovingKeepsThePromise) {
  Answers answers;
  Ack a = answers.ack();
  Ack b = std::move(a);
  a = std::move(b);
  EXPECT_TRUE(answers.all.empty());
  a.resolve({});
  EXPECT_EQ(answers.all.size(), 1U);
}

TEST(Ack, ManyThreadsResolveOneSenderOnce) {
  for (int round = 0; round < 50; ++round) {
    std::atomic<int> answered{0};
    Ack ack([&](Outcome&& outcome) {
      EXPECT_EQ(outcome.rejected, 8U);
      ++answered;
    });
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([part = ack.split()]() mutable { part.resolve({Status(), 1, "x"}); });
    }
    ack.resolve({});
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(answered, 1);
  }
}

TEST(ArenaPool, GivesAnArenaOutAgainEmptied) {
  const auto pool = std::make_shared<ArenaPool>();
  Arena* first = nullptr;
  {
    PooledArena arena = pool->take();
    first = arena.get();
    arena->copy("something");
  }
  const PooledArena again = pool->take();
  EXPECT_EQ(again.get(), first);
  EXPECT_EQ(again->capacity_bytes(), Arena::kChunkBytes);  // memory is kept, contents are not
}

TEST(ArenaPool, ArenasOutliveTheirPoolsOwner) {
  auto pool = std::make_shared<ArenaPool>();
  const PooledArena arena = pool->take();
  pool.reset();
  EXPECT_EQ(arena->copy("still here"), "still here");
}

}  // namespace
}  // namespace sluice::pipeline
