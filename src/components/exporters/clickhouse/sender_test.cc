#include "components/exporters/clickhouse/sender.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <mutex>
#include <numeric>
#include <random>
#include <set>
#include <thread>

#include "testing/id_block.h"
#include "testing/native_reader.h"

namespace sluice::components {
namespace {

using clickhouse::Answer;
using clickhouse::ErrorClass;
using clickhouse::InsertRequest;
using mapping::Table;
using pipeline::Outcome;

struct Host : SenderHost {
  std::string columns(Table) const override { return "`id`"; }
  bool schema_missed(Table, int) override { return heals.exchange(false); }
  void reached(bool yes) override { reachable = yes; }
  std::atomic<bool> heals{false};
  std::atomic<bool> reachable{false};
};

Answer answer_of(ErrorClass c, int code = 0) {
  Answer answer;
  answer.error_class = c;
  answer.code = code;
  if (c != ErrorClass::Done) answer.message = "text of " + std::to_string(code);
  return answer;
}

std::vector<uint64_t> ids_of(const InsertRequest& request) {
  std::string bytes;
  for (const auto segment : request.body) bytes += segment;
  std::vector<uint64_t> ids;
  for (const auto& block : testing::read_native(bytes)) {
    for (const auto& value : block.columns.at(0).values) ids.push_back(std::stoull(value));
  }
  return ids;
}

/// An insert of one part with the ids; each request has `step` of them. `done` is called for each
/// request.
std::unique_ptr<Insert> make_insert(Table table, const std::vector<uint64_t>& ids, uint32_t step,
                                    const std::function<void(uint32_t first, Outcome&&)>& done,
                                    std::optional<Insert::Clock::time_point> deadline) {
  auto block = std::make_shared<testing::IdBlock>();
  for (const uint64_t id : ids) block->add(id);
  Part part;
  part.order.resize(ids.size());
  std::iota(part.order.begin(), part.order.end(), 0u);
  for (uint32_t row = 0; row < ids.size(); row += step) {
    const auto rows = std::min<uint32_t>(step, static_cast<uint32_t>(ids.size()) - row);
    part.acks.push_back(
        {pipeline::Ack([done, row](Outcome&& o) { done(row, std::move(o)); }), row, rows});
  }
  const auto encoded = std::make_shared<Buffer>();
  block->append_to(part.order, *encoded);
  part.encoded = encoded;
  std::vector<Part> parts;
  parts.push_back(std::move(part));
  static std::atomic<int> serial{0};
  return std::make_unique<Insert>(table, std::move(parts), "insert" + std::to_string(++serial),
                                  deadline);
}

struct Rig {
  metrics::Registry registry;
  ExporterMetrics metrics{registry};
  InsertQueue queue{delivery::RetryConfig{.initial_interval = std::chrono::milliseconds(20)}};
  Host host;
  SenderOptions options;

  Rig() { options.lz4 = false; }

  /// Runs one sender over the queue until it is idle.
  void run(const Sender::Send& send) {
    Sender sender(send, options, queue, host, metrics);
    std::thread thread([&] { sender.run(); });
    while (!queue.idle()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    queue.stop();
    thread.join();
  }
};

struct Told {
  std::map<uint32_t, Outcome> by_row;
  std::function<void(uint32_t, Outcome&&)> note() {
    return [this](uint32_t row, Outcome&& o) {
      EXPECT_TRUE(by_row.emplace(row, std::move(o)).second) << "answered twice";
    };
  }
};

const std::vector<uint64_t> kTenIds = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};

TEST(Sender, StoredRowsAreConfirmedAndCounted) {
  Rig rig;
  Told told;
  rig.queue.push(make_insert(Table::Logs, kTenIds, 5, told.note(), {}));
  rig.run([&](const InsertRequest& request) {
    EXPECT_EQ(request.table, "otel_logs");
    EXPECT_EQ(request.rows, 10u);
    EXPECT_FALSE(request.token.empty());
    return answer_of(ErrorClass::Done);
  });
  ASSERT_EQ(told.by_row.size(), 2u);
  EXPECT_TRUE(told.by_row[0].status.ok());
  EXPECT_EQ(rig.metrics.of(Table::Logs).rows->value(), 10u);
  EXPECT_EQ(rig.metrics.items_of(Table::Logs).sent.value(), 10u);
  EXPECT_TRUE(rig.host.reachable);
}

TEST(Sender, FailuresThatPassAreTriedAgainWithTheSameToken) {
  for (const auto c : {ErrorClass::Transient, ErrorClass::Ambiguous, ErrorClass::BackPressure}) {
    Rig rig;
    Told told;
    std::vector<std::string> tokens;
    rig.queue.push(make_insert(Table::Logs, kTenIds, 10, told.note(), {}));
    rig.run([&](const InsertRequest& request) {
      EXPECT_EQ(ids_of(request), kTenIds);
      tokens.emplace_back(request.token);
      EXPECT_EQ(request.try_number, static_cast<int>(tokens.size()));
      return answer_of(tokens.size() < 2 ? c : ErrorClass::Done);
    });
    EXPECT_EQ(tokens.size(), 2u);
    EXPECT_EQ(tokens[0], tokens[1]);
    EXPECT_TRUE(told.by_row[0].status.ok());
    EXPECT_EQ(rig.metrics.retries.value(), 1u);
    EXPECT_EQ(rig.metrics.in_doubt.value(), c == ErrorClass::Ambiguous ? 1u : 0u);
  }
}

TEST(Sender, APoisonRowIsNamedWithCodeAndMessage) {
  Rig rig;
  Told told;
  rig.queue.push(make_insert(Table::Traces, kTenIds, 5, told.note(), {}));
  std::vector<uint64_t> stored;
  rig.run([&](const InsertRequest& request) {
    const auto ids = ids_of(request);
    for (const uint64_t id : ids) {
      if (id == 7) return answer_of(ErrorClass::Poison, 117);
    }
    stored.insert(stored.end(), ids.begin(), ids.end());
    return answer_of(ErrorClass::Done);
  });
  EXPECT_EQ(stored.size(), 9u);
  EXPECT_EQ(told.by_row[0].rejected, 0u);
  EXPECT_EQ(told.by_row[5].rejected, 1u);
  EXPECT_EQ(told.by_row[5].reason, "otel_traces, code 117: text of 117");
  EXPECT_EQ(rig.metrics.of(Table::Traces).rejected->value(), 1u);
  EXPECT_EQ(rig.metrics.items_of(Table::Traces).sent.value(), 9u);
  EXPECT_EQ(rig.metrics.items_of(Table::Traces).send_failed.value(), 1u);
}

TEST(Sender, AParkedTableTellsWaitingSendersToRetry) {
  Rig rig;
  Told told;
  const auto deadline = Insert::Clock::now() + std::chrono::seconds(60);
  int tries = 0;
  Told second;
  rig.queue.push(make_insert(Table::Logs, kTenIds, 10, told.note(), deadline));
  rig.queue.push(make_insert(Table::Logs, {100}, 1, second.note(), deadline));
  rig.run([&](const InsertRequest&) {
    ++tries;
    return answer_of(ErrorClass::Park, 60);
  });
  EXPECT_EQ(tries, 1);
  EXPECT_EQ(told.by_row[0].status.code(), Code::Unavailable);
  EXPECT_NE(told.by_row[0].status.message().find("code 60"), std::string::npos);
  EXPECT_EQ(second.by_row[0].status.code(), Code::Unavailable);
  EXPECT_EQ(rig.metrics.handed_back.value(), 11u);
  EXPECT_EQ(rig.metrics.items_of(Table::Logs).send_failed.value(), 11u);
}

TEST(Sender, ASchemaThatWasMisjudgedIsTriedAgainAtOnce) {
  Rig rig;
  Told told;
  rig.host.heals = true;
  int tries = 0;
  rig.queue.push(make_insert(Table::Logs, kTenIds, 10, told.note(), {}));
  rig.run([&](const InsertRequest&) {
    ++tries;
    return tries == 1 ? answer_of(ErrorClass::Park, 16) : answer_of(ErrorClass::Done);
  });
  EXPECT_EQ(tries, 2);
  EXPECT_TRUE(told.by_row[0].status.ok());
  EXPECT_EQ(rig.metrics.retries.value(), 0u);
}

TEST(Sender, RowsWhoseSendersWaitedLongEnoughAreDropped) {
  Rig rig;
  Told told;
  rig.queue.push(make_insert(Table::Logs, kTenIds, 10, told.note(),
                             Insert::Clock::now() + std::chrono::milliseconds(50)));
  int tries = 0;
  rig.run([&](const InsertRequest&) {
    ++tries;
    return answer_of(ErrorClass::Transient, 202);
  });
  EXPECT_GE(tries, 1);
  EXPECT_EQ(told.by_row[0].status.code(), Code::Unavailable);
  EXPECT_EQ(
      told.by_row[0].status.message(),
      "ClickHouse did not take the rows in time (otel_logs, code 202: text of 202); send them "
      "again");
}

TEST(Sender, WithoutRetriesAWaitingSenderIsToldToComeAgainAtOnce) {
  Rig rig;
  rig.options.retries = false;
  Told told;
  rig.queue.push(make_insert(Table::Logs, kTenIds, 10, told.note(),
                             Insert::Clock::now() + std::chrono::hours(1)));
  int tries = 0;
  rig.run([&](const InsertRequest&) {
    ++tries;
    return answer_of(ErrorClass::Transient, 202);
  });
  EXPECT_EQ(tries, 1);
  EXPECT_EQ(told.by_row[0].status.code(), Code::Unavailable);
  EXPECT_EQ(told.by_row[0].status.message(),
            "ClickHouse did not take the rows (otel_logs, code 202: text of 202); send them again");
}

TEST(Sender, WithoutRetriesRowsThatNobodyWaitsForAreTriedAgainAllTheSame) {
  Rig rig;
  rig.options.retries = false;
  Told told;
  rig.queue.push(make_insert(Table::Logs, kTenIds, 10, told.note(), {}));
  int tries = 0;
  rig.run([&](const InsertRequest&) {
    return answer_of(++tries == 1 ? ErrorClass::Transient : ErrorClass::Done);
  });
  EXPECT_EQ(tries, 2);
  EXPECT_TRUE(told.by_row[0].status.ok());
}

/// A store that fails at random, from a seed: rows are stored at most when it says so, poison
/// never.
class RandomStore {
 public:
  RandomStore(uint32_t seed, std::set<uint64_t> poison)
      : random_(seed), poison_(std::move(poison)) {}

  Answer insert(const InsertRequest& request) {
    const std::lock_guard lock(mutex_);
    const auto ids = ids_of(request);
    switch (random_() % 8) {
      case 0: return answer_of(ErrorClass::Transient, 202);
      case 1: {  // stored or not, nobody knows
        if (random_() % 2 == 0 && !poisoned(ids)) store(ids);
        return answer_of(ErrorClass::Ambiguous, 209);
      }
      case 2: return answer_of(ErrorClass::BackPressure, 241);
      case 3:
        if (ids.size() > 4) return answer_of(ErrorClass::Split, 241);
        break;
      default: break;
    }
    if (poisoned(ids)) return answer_of(ErrorClass::Poison, 117);
    store(ids);
    return answer_of(ErrorClass::Done);
  }

  std::map<uint64_t, int> stored;

 private:
  bool poisoned(const std::vector<uint64_t>& ids) const {
    for (const uint64_t id : ids) {
      if (poison_.count(id) != 0) return true;
    }
    return false;
  }
  void store(const std::vector<uint64_t>& ids) {
    for (const uint64_t id : ids) ++stored[id];
  }

  std::mutex mutex_;
  std::mt19937 random_;
  const std::set<uint64_t> poison_;
};

struct Request {
  std::vector<uint64_t> ids;
  std::vector<Outcome> answers;
};

/// Every request is answered exactly once; one that was confirmed has all rows in the store but the
/// rejected ones, and those are exactly its poison rows.
void check_request(const Request& request, const std::set<uint64_t>& poison,
                   const std::map<uint64_t, int>& stored) {
  ASSERT_EQ(request.answers.size(), 1u);
  if (!request.answers[0].status.ok()) return;
  uint64_t bad = 0;
  for (const uint64_t id : request.ids) {
    if (poison.count(id) != 0) {
      ++bad;
      EXPECT_EQ(stored.count(id), 0u) << id;
    } else {
      EXPECT_EQ(stored.count(id), 1u) << "confirmed but missing: " << id;
    }
  }
  EXPECT_EQ(request.answers[0].rejected, bad);
}

TEST(Sender, UnderRandomFailuresNothingConfirmedIsMissing) {
  for (uint32_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    Rig rig;
    std::mutex mutex;
    std::vector<std::unique_ptr<Request>> requests;
    std::set<uint64_t> poison;
    uint64_t next_id = 0;
    for (int i = 0; i < 12; ++i) {
      std::vector<uint64_t> ids(1 + random() % 40);
      for (uint64_t& id : ids) {
        id = next_id++;
        if (random() % 50 == 0) poison.insert(id);
      }
      const uint32_t step = 1 + random() % 10;
      std::vector<Request*> mine;
      for (size_t at = 0; at < ids.size(); at += step) {
        requests.push_back(std::make_unique<Request>());
        const size_t end = std::min(ids.size(), at + step);
        requests.back()->ids.assign(ids.begin() + at, ids.begin() + end);
        mine.push_back(requests.back().get());
      }
      std::optional<Insert::Clock::time_point> deadline;
      if (random() % 2 == 0) {
        deadline = Insert::Clock::now() + std::chrono::milliseconds(100 + random() % 400);
      }
      rig.queue.push(make_insert(
          static_cast<Table>(random() % mapping::kTableCount), ids, step,
          [mine, step, &mutex](uint32_t row, Outcome&& o) {
            const std::lock_guard lock(mutex);
            mine[row / step]->answers.push_back(std::move(o));
          },
          deadline));
    }
    RandomStore store(seed, poison);
    std::vector<std::unique_ptr<Sender>> senders;
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) {
      senders.push_back(std::make_unique<Sender>(
          [&store](const InsertRequest& request) { return store.insert(request); }, rig.options,
          rig.queue, rig.host, rig.metrics));
    }
    for (auto& sender : senders) threads.emplace_back([&s = *sender] { s.run(); });
    // The back-offs are real time; a run that would take longer is ended as a shutdown ends it.
    const auto end = Insert::Clock::now() + std::chrono::milliseconds(700);
    while (!rig.queue.idle() && Insert::Clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    rig.queue.stop();
    for (auto& thread : threads) thread.join();
    for (auto& left : rig.queue.take_all()) left->resolve(unavailable("shutting down"));
    for (const auto& request : requests) check_request(*request, poison, store.stored);
  }
}

}  // namespace
}  // namespace sluice::components
