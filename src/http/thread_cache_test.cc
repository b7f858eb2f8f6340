#include "http/thread_cache.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace sluice::http {
namespace {

TEST(ThreadCache, NothingWaitsBehindWorkThatBlocks) {
  constexpr int kSlow = 20;
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  std::promise<void> quick;
  ThreadCache threads;
  for (int i = 0; i < kSlow; ++i) threads.run([released] { released.wait(); });
  threads.run([&] { quick.set_value(); });
  quick.get_future().wait();  // would hang if the slow ones were in its way
  release.set_value();
}

TEST(ThreadCache, DestructorWaitsForAllWork) {
  std::atomic<int> done{0};
  {
    ThreadCache threads;
    for (int i = 0; i < 100; ++i) threads.run([&] { ++done; });
  }
  EXPECT_EQ(done, 100);
}

TEST(ThreadCache, ReusesIdleThreads) {
  ThreadCache threads;
  std::thread::id first;
  for (int i = 0; i < 2; ++i) {
    std::promise<std::thread::id> id;
    threads.run([&] { id.set_value(std::this_thread::get_id()); });
    first = id.get_future().get();
  }
  EXPECT_NE(first, std::this_thread::get_id());
}

}  // namespace
}  // namespace sluice::http
