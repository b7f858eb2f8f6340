#include "delivery/channel.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <future>
#include <string>
#include <vector>

#include "otlp/decode.h"
#include "testing/otlp_samples.h"

namespace sluice::delivery {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)
using pipeline::Outcome;
using Verdict = Attempt::Verdict;

/// Answers by a script, the last answer again and again; keeps what it got.
class Scripted final : public Remote {
 public:
  Attempt send(otlp::Signal, std::string_view body) override {
    std::unique_lock lock(mutex_);
    bodies_.emplace_back(body);
    changed_.notify_all();
    changed_.wait(lock, [this] { return !held_; });
    if (decide) return decide(body);
    Attempt answer = answers_.front();
    if (answers_.size() > 1) answers_.pop_front();
    return answer;
  }
  void answer(std::vector<Attempt> answers) { answers_.assign(answers.begin(), answers.end()); }
  void hold(bool held) {
    const std::lock_guard lock(mutex_);
    held_ = held;
    changed_.notify_all();
  }
  void wait_for(size_t bodies) {
    std::unique_lock lock(mutex_);
    ASSERT_TRUE(changed_.wait_for(lock, 10s, [&] { return bodies_.size() >= bodies; }));
  }
  std::vector<std::string> bodies() {
    const std::lock_guard lock(mutex_);
    return bodies_;
  }

  std::function<Attempt(std::string_view)> decide;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Attempt> answers_{Attempt{}};
  std::vector<std::string> bodies_;
  bool held_ = false;
};

Attempt retry(std::chrono::nanoseconds after = 0s) {
  return {Verdict::Retry, unavailable("busy"), after};
}

class ChannelTest : public ::testing::Test {
 protected:
  ChannelTest() {
    config_.exporter = "otlp/test";
    config_.retry.initial_interval = 1ms;
    config_.retry.max_interval = 5ms;
    config_.retry.max_elapsed_time = 10s;
  }
  ~ChannelTest() override { stop(); }

  Channel& channel() {
    if (!channel_) {
      channel_ = std::make_unique<Channel>(otlp::Signal::Logs, config_, remote_, budget_, metrics_);
    }
    return *channel_;
  }
  std::future<Outcome> send(int records) {
    pipeline::Batch batch;
    batch.signal = otlp::Signal::Logs;
    batch.body = Buffer(testing::sample_logs(records, false));
    batch.logs = batch.arena->create<otlp::LogsRequest>();
    EXPECT_TRUE(otlp::decode_protobuf(batch.body.view(), *batch.arena, *batch.logs).ok());
    auto promise = std::make_shared<std::promise<Outcome>>();
    batch.ack =
        pipeline::Ack([promise](Outcome&& outcome) { promise->set_value(std::move(outcome)); });
    channel().add(batch.view(), std::move(batch.ack));
    return promise->get_future();
  }
  void stop() {
    if (!channel_) return;
    std::promise<void> done;
    channel_->stop([&done] { done.set_value(); });
    done.get_future().wait();
    channel_.reset();
  }
  static Outcome result(std::future<Outcome>& future) {
    EXPECT_EQ(future.wait_for(10s), std::future_status::ready);
    return future.get();
  }
  static bool is_open(std::future<Outcome>& future) {
    return future.wait_for(30ms) == std::future_status::timeout;
  }

  DeliveryConfig config_;
  Scripted remote_;
  Budget budget_{1 << 30};
  metrics::Registry metrics_;
  std::unique_ptr<Channel> channel_;
};

TEST_F(ChannelTest, ASenderIsAnsweredWhenTheRemoteEndHasConfirmedAndNotBefore) {
  remote_.hold(true);
  auto sent = send(3);
  remote_.wait_for(1);
  EXPECT_TRUE(is_open(sent));
  remote_.hold(false);
  EXPECT_TRUE(result(sent).status.ok());
  EXPECT_EQ(budget_.used_bytes(), 0u);
  EXPECT_NE(
      metrics_.render().find("otelcol_exporter_sent_log_records_total{exporter=\"otlp/test\"} 3"),
      std::string::npos)
      << metrics_.render();
}

TEST_F(ChannelTest, RetriesTheSameBytesUntilItSucceeds) {
  config_.encoding = wire::Encoding::Gzip;
  remote_.answer({retry(), retry(), Attempt{}});
  auto sent = send(1);
  EXPECT_TRUE(result(sent).status.ok());
  const auto bodies = remote_.bodies();
  ASSERT_EQ(bodies.size(), 3u);
  EXPECT_EQ(bodies[0], bodies[2]);
  Buffer plain;
  ASSERT_TRUE(wire::decompress(wire::Encoding::Gzip, bodies[0], 1 << 20, plain).ok());
  Arena arena;
  otlp::LogsRequest request;
  EXPECT_TRUE(otlp::decode_protobuf(plain.view(), arena, request).ok());
}

TEST_F(ChannelTest, WaitsAsLongAsItIsAskedTo) {
  remote_.answer({retry(80ms), Attempt{}});
  const auto start = std::chrono::steady_clock::now();
  auto sent = send(1);
  EXPECT_TRUE(result(sent).status.ok());
  EXPECT_GE(std::chrono::steady_clock::now() - start, 80ms);
}

TEST_F(ChannelTest, TellsTheSenderToRetryLaterWhenTimeIsOver) {
  config_.retry.max_elapsed_time = 30ms;
  remote_.answer({retry()});
  auto sent = send(1);
  const Outcome outcome = result(sent);
  EXPECT_EQ(outcome.status.code(), Code::Unavailable);
  EXPECT_EQ(outcome.status.message(), "busy");
  EXPECT_GE(remote_.bodies().size(), 2u);
}

TEST_F(ChannelTest, DoesNotRetryWhereThatIsSwitchedOff) {
  config_.retry.enabled = false;
  remote_.answer({retry()});
  auto sent = send(1);
  EXPECT_EQ(result(sent).status.code(), Code::Unavailable);
  EXPECT_EQ(remote_.bodies().size(), 1u);
}

TEST_F(ChannelTest, PassesOnWhatIsRefusedForGood) {
  remote_.answer({{Verdict::Refused, invalid_argument("bad bytes")}});
  auto refused = send(1);
  EXPECT_EQ(result(refused).status, invalid_argument("bad bytes"));
  EXPECT_EQ(remote_.bodies().size(), 1u);
}

TEST_F(ChannelTest, DoesNotBlameTheSenderForOurCredentials) {
  remote_.answer({{Verdict::Barred, {Code::Unauthenticated, "no token"}}});
  auto barred = send(1);
  EXPECT_EQ(result(barred).status.code(), Code::FailedPrecondition);
}

TEST_F(ChannelTest, PassesOnWhatWasRejected) {
  remote_.answer({{Verdict::Done, {}, 0s, 2, "too old"}});
  auto sent = send(5);
  const Outcome outcome = result(sent);
  EXPECT_TRUE(outcome.status.ok());
  EXPECT_EQ(outcome.rejected, 2u);
  EXPECT_EQ(outcome.reason, "too old");
}

TEST_F(ChannelTest, AFullQueueSendsSendersAway) {
  config_.queue.queue_size = 2;
  config_.queue.num_consumers = 1;
  remote_.hold(true);
  auto first = send(1);
  auto second = send(1);
  auto third = send(1);
  EXPECT_EQ(result(third).status.code(), Code::Unavailable);
  EXPECT_TRUE(is_open(second));
  remote_.hold(false);
  EXPECT_TRUE(result(first).status.ok());
  EXPECT_TRUE(result(second).status.ok());
  auto fourth = send(1);
  EXPECT_TRUE(result(fourth).status.ok());
}

TEST_F(ChannelTest, SendsAsManyAtOnceAsItMay) {
  config_.queue.num_consumers = 3;
  remote_.hold(true);
  std::vector<std::future<Outcome>> sent;
  for (int i = 0; i < 6; ++i) sent.push_back(send(1));
  remote_.wait_for(3);
  std::this_thread::sleep_for(30ms);
  EXPECT_EQ(remote_.bodies().size(), 3u);
  remote_.hold(false);
  for (auto& future : sent) EXPECT_TRUE(result(future).status.ok());
}

TEST_F(ChannelTest, OneSendersBadRecordsDoNotTakeThoseOfOthersAlong) {
  config_.queue.batch.emplace();
  config_.queue.batch->flush_timeout = 100ms;
  const std::string bad = testing::sample_logs(7, false);
  remote_.decide = [&](std::string_view body) -> Attempt {
    if (body.find(bad) == std::string_view::npos) return {};
    return {Verdict::Refused, invalid_argument("seven is a bad number")};
  };
  auto good = send(1);
  auto poisoned = send(7);
  auto also_good = send(2);
  EXPECT_TRUE(result(good).status.ok());
  EXPECT_EQ(result(poisoned).status.code(), Code::InvalidArgument);
  EXPECT_TRUE(result(also_good).status.ok());
  EXPECT_EQ(remote_.bodies().size(), 4u);
}

TEST_F(ChannelTest, AnswersEarlyOnlyWhereTheProcessWasToldTo) {
  config_.answers_early = true;
  config_.queue.queue_size = 1;
  remote_.hold(true);
  auto taken = send(1);
  EXPECT_TRUE(result(taken).status.ok());
  auto turned_away = send(1);
  EXPECT_EQ(result(turned_away).status.code(), Code::Unavailable);
  remote_.hold(false);
  remote_.wait_for(1);
}

TEST_F(ChannelTest, PutsTogetherWhatThePipelineAsksForUnlessTheQueueSaysHow) {
  BatchConfig wanted;
  wanted.min_size = 3;
  wanted.flush_timeout = 1h;
  channel().batch_by(wanted);
  auto first = send(1);
  auto second = send(2);
  EXPECT_TRUE(result(first).status.ok());
  EXPECT_TRUE(result(second).status.ok());
  EXPECT_EQ(remote_.bodies().size(), 1u);

  stop();
  config_.queue.batch.emplace();
  config_.queue.batch->enabled = false;
  channel().batch_by(wanted);
  auto alone = send(1);
  EXPECT_TRUE(result(alone).status.ok());
}

TEST_F(ChannelTest, WhenTheProcessEndsSoonNobodyWaitsForAnotherTry) {
  config_.retry.initial_interval = 1min;
  config_.retry.max_interval = 1min;
  config_.retry.max_elapsed_time = 0s;
  remote_.answer({retry(), Attempt{}});
  auto waits = send(1);
  remote_.wait_for(1);
  channel().hurry();
  EXPECT_EQ(result(waits).status.code(), Code::Unavailable);
  auto later = send(1);
  EXPECT_TRUE(result(later).status.ok());
}

TEST_F(ChannelTest, StoppingTriesOnceMoreAndAnswersEverybody) {
  config_.retry.initial_interval = 1min;
  config_.retry.max_interval = 1min;
  config_.retry.max_elapsed_time = 0s;
  config_.queue.num_consumers = 1;
  remote_.answer({retry()});
  auto waits = send(1);
  auto behind = send(1);
  remote_.wait_for(1);
  stop();
  EXPECT_EQ(result(waits).status.code(), Code::Unavailable);
  EXPECT_EQ(result(behind).status.code(), Code::Unavailable);
}

}  // namespace
}  // namespace sluice::delivery
