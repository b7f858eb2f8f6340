#include "pipeline/fan_out.h"

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "otlp/protobuf_encode.h"
#include "pipeline/pass_on.h"
#include "testing/random_records.h"

namespace sluice::pipeline {
namespace {

std::string bytes_of(const otlp::LogsRequest& request) {
  wire::ProtoBackwardWriter writer;
  otlp::encode_protobuf(request, writer);
  return std::string(writer.view());
}

/// Every resource gets an attribute with this key, and the first ones go.
void change(otlp::LogsRequest& request, std::string_view key, Arena& arena) {
  for (auto& group : request.resources) {
    if (!group.resource.attributes.empty()) group.resource.attributes[0] = {};
    group.resource.attributes.emplace_back(arena).key = key;
  }
}

Batch logs_at_random(uint64_t seed) {
  Batch batch;
  batch.logs = batch.arena->create<otlp::LogsRequest>();
  testing::fill_at_random(seed, *batch.arena, *batch.logs);
  return batch;
}

/// The end of a branch: writes down what it gets, and what it takes it spoils for everybody else.
class End final : public Consumer, public Reader {
 public:
  explicit End(bool reads) : reads_(reads) {}

  void consume(Batch&& batch) override {
    got.push_back(bytes_of(*batch.logs));
    seen.insert(batch.logs);
    batch.ack.resolve({});
    if (reads_) return;
    change(*batch.logs, "spoiled", *batch.arena);
    kept.push_back(std::move(batch));
  }
  void read(const BatchView& batch, Ack&& ack) override {
    got.push_back(bytes_of(*batch.logs));
    seen.insert(batch.logs);
    ack.resolve({});
  }
  Reader* reader() override { return reads_ ? this : nullptr; }

  std::vector<std::string> got;
  std::set<const void*> seen;
  std::vector<Batch> kept;

 private:
  const bool reads_;
};

/// How many requests there are after a fan-out to so many of each: one, and the copies.
size_t requests_of(size_t readers, size_t takers) {
  std::deque<End> ends;
  std::vector<Consumer*> next;
  for (size_t i = 0; i < readers + takers; ++i) next.push_back(&ends.emplace_back(i < readers));
  FanOut fan_out(next);
  int answers = 0;
  Batch batch = logs_at_random(1);
  batch.ack = Ack([&](Outcome&& outcome) { answers += outcome.status.ok() ? 1 : 0; });
  fan_out.consume(std::move(batch));
  EXPECT_EQ(answers, 1);
  std::set<const void*> seen;
  for (const End& end : ends) seen.insert(end.seen.begin(), end.seen.end());
  return seen.size();
}

TEST(FanOut, OnlyBranchesThatTakeTheirDataNeedCopiesAndTheLastOfThemDoesNot) {
  EXPECT_EQ(requests_of(2, 0), 1u);
  EXPECT_EQ(requests_of(5, 0), 1u);
  EXPECT_EQ(requests_of(1, 1), 1u);
  EXPECT_EQ(requests_of(3, 1), 1u);
  EXPECT_EQ(requests_of(0, 2), 2u);
  EXPECT_EQ(requests_of(2, 3), 3u);
}

TEST(FanOut, OnlyReadsIfAllItsBranchesDo) {
  End reads(true);
  End takes(false);
  PassOn passes_to_reader(reads);
  PassOn passes_to_taker(takes);
  EXPECT_NE(FanOut({&reads, &passes_to_reader}).reader(), nullptr);
  EXPECT_EQ(FanOut({&reads, &takes}).reader(), nullptr);
  EXPECT_EQ(FanOut({&reads, &passes_to_taker}).reader(), nullptr);
}

TEST(FanOut, TheMemoryOfCopiesIsCountedAsLongAsTheyLive) {
  Budget budget(1 << 30);
  End first(false);
  End last(false);
  FanOut fan_out({&first, &last});
  {
    Batch batch = logs_at_random(1);
    batch.ack = Ack([](Outcome&&) {});
    budget.charge(batch.memory, 1000);
    fan_out.consume(std::move(batch));
  }
  const size_t copied = first.kept[0].memory.bytes();
  EXPECT_GE(copied, Arena::kChunkBytes);
  EXPECT_EQ(budget.used_bytes(), 1000 + copied);
  last.kept.clear();
  EXPECT_EQ(budget.used_bytes(), copied);
  first.kept.clear();
  EXPECT_EQ(budget.used_bytes(), 0u);
}

/// A stage that changes what it gets.
class Changer final : public Consumer {
 public:
  /// Batches that nobody behind has taken go to `kept`.
  Changer(std::string key, Consumer& next, std::vector<Batch>& kept)
      : key_(std::move(key)), next_(next), kept_(kept) {}
  void consume(Batch&& batch) override {
    change(*batch.logs, key_, *batch.arena);
    next_.consume(std::move(batch));
    // NOLINTNEXTLINE(bugprone-use-after-move): only who keeps a batch moves it.
    if (batch.arena != nullptr) kept_.push_back(std::move(batch));
  }

 private:
  const std::string key_;
  Consumer& next_;
  std::vector<Batch>& kept_;
};

/// Stages at random, and what must come out of them if every branch had a copy of its own.
class RandomGraph {
 public:
  explicit RandomGraph(uint64_t seed) : random_(seed), entry_(make(4, {})) {}

  void run(uint64_t seed) {
    const Batch original = logs_at_random(seed);
    Batch batch = logs_at_random(seed);
    int answers = 0;
    batch.ack = Ack([&](Outcome&&) { ++answers; });
    entry_.stage->consume(std::move(batch));
    EXPECT_EQ(answers, 1);
    size_t owners = kept_.size();
    for (const Planned& end : ends_) {
      Batch expected = logs_at_random(seed);
      for (const std::string& key : end.keys) change(*expected.logs, key, *expected.arena);
      ASSERT_EQ(end.end->got.size(), 1u);
      EXPECT_EQ(end.end->got[0], bytes_of(*expected.logs));
      owners += end.end->kept.size();
    }
    EXPECT_EQ(owners, entry_.takers) << "one batch for each that takes it, and no more";
    EXPECT_EQ(entry_.stage->reader() == nullptr, entry_.takers != 0);
  }

 private:
  struct Made {
    Consumer* stage;
    size_t takers;  // who must have the data for themselves
  };
  struct Planned {
    End* end;
    std::vector<std::string> keys;  // of the changers before it
  };

  Made make(int depth, std::vector<std::string> keys) {
    switch (depth == 0 ? 0 : random_() % 5) {
      case 0: return end(keys);
      case 1: {
        const Made next = make(depth - 1, keys);
        return {keep(std::make_unique<PassOn>(*next.stage)), next.takers};
      }
      case 2: {
        keys.push_back("changer " + std::to_string(stages_.size()));
        const Made next = make(depth - 1, keys);
        return {keep(std::make_unique<Changer>(keys.back(), *next.stage, kept_)),
                std::max<size_t>(next.takers, 1)};
      }
      default: break;
    }
    std::vector<Consumer*> next;
    size_t takers = 0;
    for (uint64_t branches = 2 + random_() % 2; branches != 0; --branches) {
      const Made branch = make(depth - 1, keys);
      next.push_back(branch.stage);
      takers += branch.takers;
    }
    return {keep(std::make_unique<FanOut>(next)), takers};
  }
  Made end(const std::vector<std::string>& keys) {
    const bool reads = random_() % 2 == 0;
    auto made = std::make_unique<End>(reads);
    ends_.push_back({made.get(), keys});
    return {keep(std::move(made)), reads ? 0u : 1u};
  }
  Consumer* keep(std::unique_ptr<Consumer> stage) {
    stages_.push_back(std::move(stage));
    return stages_.back().get();
  }

  std::mt19937_64 random_;
  std::vector<std::unique_ptr<Consumer>> stages_;
  std::vector<Planned> ends_;
  std::vector<Batch> kept_;
  const Made entry_;  // last: making it fills the others
};

TEST(FanOut, EveryBranchOfARandomGraphGetsWhatACopyOfItsOwnWouldHold) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    RandomGraph(seed).run(seed);
  }
}

}  // namespace
}  // namespace sluice::pipeline
