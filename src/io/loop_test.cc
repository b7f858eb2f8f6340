#include "io/loop.h"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace sluice::io {
namespace {

using namespace std::chrono_literals;

TEST(Loop, RunsPostedWorkInOrderOnItsThread) {
  Loop loop;
  std::vector<int> seen;
  std::thread::id where;
  for (int i = 0; i < 100; ++i) loop.post([&seen, i] { seen.push_back(i); });
  loop.post([&] {
    where = std::this_thread::get_id();
    EXPECT_TRUE(loop.is_current());
    loop.stop();
  });
  EXPECT_FALSE(loop.is_current());
  std::thread thread([&] { loop.run(); });
  const std::thread::id runner = thread.get_id();
  thread.join();
  EXPECT_EQ(where, runner);
  ASSERT_EQ(seen.size(), 100u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(seen[static_cast<size_t>(i)], i);
}

TEST(Loop, StopBeforeRunIsHeeded) {
  Loop loop;
  loop.stop();
  loop.run();
}

TEST(LoopTimer, FiresOnceAndCanBeReplacedOrCancelled) {
  Loop loop;
  Loop::Timer replaced(loop);
  Loop::Timer cancelled(loop);
  Loop::Timer last(loop);
  std::vector<int> fired;
  replaced.after(0ms, [&] { fired.push_back(1); });
  replaced.after(1ms, [&] { fired.push_back(2); });
  cancelled.after(0ms, [&] { fired.push_back(3); });
  cancelled.cancel();
  {
    Loop::Timer(loop).after(0ms, [&] { fired.push_back(4); });
  }
  last.after(20ms, [&] { loop.stop(); });
  loop.run();
  EXPECT_EQ(fired, std::vector{2});
}

TEST(LoopTimer, MaySetItselfAgain) {
  Loop loop;
  Loop::Timer timer(loop);
  int rounds = 0;
  std::function<void()> again = [&] {
    if (++rounds == 3) return loop.stop();
    timer.after(0ms, again);
  };
  timer.after(0ms, again);
  loop.run();
  EXPECT_EQ(rounds, 3);
}

}  // namespace
}  // namespace sluice::io
