#include "delivery/queue.h"

#include <gtest/gtest.h>

#include <thread>

namespace sluice::delivery {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)
using Clock = Queue::Clock;

Parcel parcel(uint64_t items, size_t bytes = 10, std::string partition = {}) {
  Parcel made;
  made.items = items;
  made.bytes = Buffer(std::string(bytes, 'x'));
  made.partition = std::move(partition);
  made.since = Clock::now();
  return made;
}

bool offer(Queue& queue, Parcel made) {
  std::vector<Parcel> parcels;
  parcels.push_back(std::move(made));
  return queue.offer(parcels);
}

std::vector<uint64_t> items_of(const std::vector<Parcel>& parcels) {
  std::vector<uint64_t> items;
  for (const Parcel& p : parcels) items.push_back(p.items);
  return items;
}
using Items = std::vector<uint64_t>;

TEST(Queue, CountsWhatWaitsAndWhatIsOnItsWay) {
  const struct {
    Sizer sizer;
    int64_t limit;
    int fits;
  } cases[] = {{Sizer::Requests, 3, 3}, {Sizer::Items, 10, 2}, {Sizer::Bytes, 35, 3}};
  for (const auto& c : cases) {
    QueueConfig config;
    config.sizer = c.sizer;
    config.queue_size = c.limit;
    Queue queue(config);
    int taken = 0;
    while (taken < 10 && offer(queue, parcel(5))) ++taken;
    EXPECT_EQ(taken, c.fits);
    const std::vector<Parcel> out = queue.take();
    EXPECT_EQ(out.size(), 1u);
    EXPECT_FALSE(offer(queue, parcel(5))) << "it is on its way, and counts";
    queue.release(out);
    EXPECT_TRUE(offer(queue, parcel(5)));
  }
}

TEST(Queue, TakesOneThatIsLargerThanAllWhenItIsEmpty) {
  QueueConfig config;
  config.sizer = Sizer::Items;
  config.queue_size = 10;
  Queue queue(config);
  EXPECT_TRUE(offer(queue, parcel(50)));
  EXPECT_TRUE(queue.full());
  EXPECT_FALSE(offer(queue, parcel(1)));
}

TEST(Queue, HasNoLimitWhereSendersWait) {
  QueueConfig config;
  config.queue_size = 1;
  config.block_on_overflow = true;
  Queue blocking(config);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(offer(blocking, parcel(1)));
  config.block_on_overflow = false;
  config.enabled = false;
  Queue none(config);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(offer(none, parcel(1)));
}

TEST(Queue, WithoutBatchesEachGoesAlone) {
  QueueConfig config;
  Queue queue(config);
  for (uint64_t i = 1; i <= 3; ++i) offer(queue, parcel(i));
  for (uint64_t i = 1; i <= 3; ++i) EXPECT_EQ(items_of(queue.take()), Items{i});
}

TEST(Queue, PutsTogetherUpToTheLeastOrTheMost) {
  QueueConfig config;
  config.batch.emplace();
  config.batch->min_size = 10;
  config.batch->flush_timeout = 1h;
  Queue least(config);
  for (int i = 0; i < 5; ++i) offer(least, parcel(4));
  EXPECT_EQ(items_of(least.take()), (Items{4, 4, 4}));
  config.batch->max_size = 16;
  Queue most(config);
  for (int i = 0; i < 5; ++i) offer(most, parcel(4));
  EXPECT_EQ(items_of(most.take()), (Items{4, 4, 4, 4}));
}

TEST(Queue, WaitsForOthersUntilTheTimeIsOver) {
  QueueConfig config;
  config.batch.emplace();
  config.batch->flush_timeout = 50ms;
  Queue queue(config);
  const auto start = Clock::now();
  offer(queue, parcel(1));
  offer(queue, parcel(2));
  EXPECT_EQ(items_of(queue.take()), (Items{1, 2}));
  EXPECT_GE(Clock::now() - start, 50ms);
}

TEST(Queue, KeepsPartitionsApart) {
  QueueConfig config;
  config.batch.emplace();
  config.batch->flush_timeout = 10ms;
  Queue queue(config);
  offer(queue, parcel(1, 10, "a"));
  offer(queue, parcel(2, 10, "b"));
  offer(queue, parcel(3, 10, "a"));
  EXPECT_EQ(items_of(queue.take()), (Items{1, 3}));
  EXPECT_EQ(items_of(queue.take()), (Items{2}));
}

TEST(Queue, StoppedGivesOutTheRestAndTakesNoMore) {
  QueueConfig config;
  config.batch.emplace();
  config.batch->flush_timeout = 1h;
  Queue queue(config);
  offer(queue, parcel(1));
  std::thread stopper([&queue] {
    std::this_thread::sleep_for(20ms);
    queue.stop();
  });
  EXPECT_EQ(items_of(queue.take()), (Items{1}));
  EXPECT_TRUE(queue.take().empty());
  EXPECT_FALSE(offer(queue, parcel(1)));
  EXPECT_FALSE(queue.pause(1h));
  stopper.join();
}

}  // namespace
}  // namespace sluice::delivery
