#pragma once

// The clickhouse exporter with running lanes against a fake.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "components/exporters/clickhouse/exporter.h"
#include "testing/fake_clickhouse.h"

namespace sluice::testing {

inline constexpr uint64_t kDayNanos = 86'400'000'000'000;
inline constexpr uint64_t kSomeDay = 20'000 * kDayNanos;

/// A request with a log record for each body.
inline pipeline::Batch logs(const std::vector<std::string>& bodies, uint64_t time = kSomeDay) {
  pipeline::Batch batch;
  Arena& arena = *batch.arena;
  batch.signal = otlp::Signal::Logs;
  batch.logs = arena.create<otlp::LogsRequest>();
  auto& resource = batch.logs->resources.emplace_back(arena);
  auto& scope = resource.scopes.emplace_back(arena);
  for (const std::string& body : bodies) {
    otlp::LogRecord& record = scope.records.emplace_back(arena);
    record.time_unix_nano = time;
    record.body = otlp::Value::string(arena.copy(body));
  }
  return batch;
}

/// Answers that came, in order of arrival.
class Answers {
 public:
  pipeline::Ack ack() {
    ++expected_;
    return pipeline::Ack([this](pipeline::Outcome&& o) {
      const std::lock_guard lock(mutex_);
      outcomes_.push_back(std::move(o));
      changed_.notify_all();
    });
  }
  /// Waits for all promised answers.
  std::vector<pipeline::Outcome> wait() {
    std::unique_lock lock(mutex_);
    const bool all = changed_.wait_for(lock, std::chrono::seconds(30),
                                       [this] { return outcomes_.size() == expected_; });
    EXPECT_TRUE(all) << outcomes_.size() << " of " << expected_ << " answers";
    return outcomes_;
  }
  size_t count() {
    const std::lock_guard lock(mutex_);
    return outcomes_.size();
  }

 private:
  std::atomic<size_t> expected_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<pipeline::Outcome> outcomes_;
};

/// An exporter with running lanes against a fake, which comes before the configuration's endpoints.
class ExporterRig {
 public:
  ExporterRig(FakeClickHouse::Script script, components::ClickHouseExporterConfig config = {},
              size_t lanes = 1, std::string unix_path = {})
      : server(std::move(script), std::move(unix_path)), loops_(lanes) {
    config.endpoints.insert(config.endpoints.begin(),
                            clickhouse::Endpoint::parse(server.url()).value());
    std::vector<io::Loop*> pointers;
    for (io::Loop& loop : loops_) pointers.push_back(&loop);
    exporter = components::ClickHouseExporter::create(config, pointers, budget, registry).value();
    EXPECT_TRUE(exporter->start().ok());
    for (io::Loop& loop : loops_) threads_.emplace_back([&loop] { loop.run(); });
  }
  ~ExporterRig() {
    stop_loops();
    exporter.reset();
  }

  void send(pipeline::Batch&& batch, size_t lane = 0) {
    auto shared = std::make_shared<pipeline::Batch>(std::move(batch));
    loops_[lane].post([this, shared, lane] { exporter->lane(lane).consume(std::move(*shared)); });
  }
  void send(const std::vector<std::string>& bodies, size_t lane = 0, uint64_t time = kSomeDay) {
    pipeline::Batch batch = logs(bodies, time);
    batch.ack = answers.ack();
    send(std::move(batch), lane);
  }
  void drain() {
    std::mutex mutex;
    std::condition_variable changed;
    bool done = false;
    exporter->drain([&] {
      const std::lock_guard lock(mutex);
      done = true;
      changed.notify_all();
    });
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return done; });
  }
  void stop_loops() {
    for (io::Loop& loop : loops_) loop.stop();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }
  size_t stored_rows() const {
    size_t rows = 0;
    for (const FakeRequest& insert : server.stored()) rows += insert.rows();
    return rows;
  }

  FakeClickHouse server;
  Budget budget{64 << 20};
  metrics::Registry registry;
  Answers answers;
  std::unique_ptr<components::ClickHouseExporter> exporter;

 private:
  std::vector<io::Loop> loops_;
  std::vector<std::thread> threads_;
};

/// What DESCRIBE says of a table of ClickStack's, without some columns.
inline std::string described(const std::string& table, const std::vector<std::string>& lacks = {}) {
  std::string out;
  for (size_t t = 0; t < mapping::kTableCount; ++t) {
    if (mapping::table_name(static_cast<mapping::Table>(t)) != table) continue;
    std::string name;
    for (const char c : mapping::insert_columns(static_cast<mapping::Table>(t)) + ",") {
      if (c != ',') {
        if (c != '`' && c != ' ') name += c;
        continue;
      }
      if (std::find(lacks.begin(), lacks.end(), name) == lacks.end()) out += name + "\tX\t\t\n";
      name.clear();
    }
  }
  return out;
}

/// The table that is described; empty for another statement.
inline std::string table_described_by(const std::string& sql) {
  if (sql.rfind("DESCRIBE", 0) != 0) return {};
  const size_t end = sql.rfind('`');
  const size_t begin = sql.rfind('`', end - 1) + 1;
  return sql.substr(begin, end - begin);
}

/// Says what a new server says, and `insert` to inserts.
inline FakeClickHouse::Script script(std::function<FakeReply(const FakeRequest&)> insert) {
  return [insert = std::move(insert)](const FakeRequest& request) {
    if (request.is_insert()) return insert(request);
    if (request.sql.rfind("SELECT version()", 0) == 0) return FakeReply::ok("26.5.1.1\n");
    if (request.sql.rfind("SELECT max(version)", 0) == 0) return FakeReply::ok("0\n");
    return FakeReply::ok(described(table_described_by(request.sql)));
  };
}
inline FakeClickHouse::Script accepting() {
  return script([](const FakeRequest&) { return FakeReply::ok(); });
}

inline components::ClickHouseExporterConfig quick() {
  components::ClickHouseExporterConfig config;
  config.flush_interval = std::chrono::milliseconds(5);
  config.absence_grace = std::chrono::milliseconds(20);
  config.retry.initial_interval = std::chrono::milliseconds(20);
  return config;
}

}  // namespace sluice::testing
