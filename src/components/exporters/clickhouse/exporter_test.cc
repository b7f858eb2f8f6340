#include "components/exporters/clickhouse/exporter.h"

#include <chrono>
#include <future>

#include "testing/exporter_rig.h"

namespace sluice::components {
namespace {

using pipeline::Batch;
using pipeline::Outcome;
using std::chrono::milliseconds;
using testing::accepting;
using testing::ExporterRig;
using testing::FakeReply;
using testing::FakeRequest;
using testing::kDayNanos;
using testing::kSomeDay;
using testing::logs;
using testing::quick;
using testing::script;

std::vector<std::string> bodies_of(const FakeRequest& insert) {
  std::vector<std::string> bodies;
  for (const auto& block : insert.blocks()) {
    for (const auto& column : block.columns) {
      if (column.name == "Body")
        bodies.insert(bodies.end(), column.values.begin(), column.values.end());
    }
  }
  return bodies;
}

TEST(ClickHouseExporter, AnswersWhenTheStoreHasConfirmed) {
  ExporterRig rig(accepting(), quick());
  rig.send({"a", "b"});
  rig.send({"c"});
  for (const Outcome& o : rig.answers.wait()) EXPECT_TRUE(o.status.ok()) << o.status.to_string();
  EXPECT_EQ(rig.stored_rows(), 3u);
  const FakeRequest insert = rig.server.stored().at(0);
  EXPECT_EQ(insert.table(), "otel_logs");
  EXPECT_EQ(insert.headers.at("content-encoding"), "lz4");
  EXPECT_EQ(insert.parameters.count("insert_deduplication_token"), 1u);
  EXPECT_EQ(insert.parameters.count("materialize_skip_indexes_on_insert"), 0u);
}

TEST(ClickHouseExporter, SpeaksPlainlyToOurOwnServer) {
  ExporterRig rig(accepting(), quick(), 1,
                  ::testing::TempDir() + "exporter" + std::to_string(getpid()));
  rig.send({"a"});
  EXPECT_TRUE(rig.answers.wait().at(0).status.ok());
  const FakeRequest insert = rig.server.stored().at(0);
  EXPECT_EQ(insert.headers.count("content-encoding"), 0u);
  EXPECT_EQ(insert.parameters.at("insert_deduplicate"), "0");
  EXPECT_EQ(insert.parameters.at("materialize_skip_indexes_on_insert"), "0");
}

TEST(ClickHouseExporter, OneInsertTakesTheBlocksOfAllLanes) {
  ClickHouseExporterConfig config;
  config.flush_interval = milliseconds(60'000);
  config.insert_rows_max = 30;
  ExporterRig rig(accepting(), config, 3);
  const std::vector<std::string> ten(10, "x");
  rig.send(ten, 0);
  rig.send(ten, 1);
  rig.send(ten, 2);
  for (const Outcome& o : rig.answers.wait()) EXPECT_TRUE(o.status.ok());
  ASSERT_EQ(rig.server.stored().size(), 1u);
  EXPECT_EQ(rig.server.stored()[0].blocks().size(), 3u);
}

TEST(ClickHouseExporter, EachDayIsAnInsertOfItsOwn) {
  ClickHouseExporterConfig config;
  config.flush_interval = milliseconds(60'000);
  config.insert_rows_max = 6;
  ExporterRig rig(accepting(), config, 2);
  rig.send({"a1", "a2"}, 0, kSomeDay);
  rig.send({"b1"}, 0, kSomeDay + kDayNanos);
  rig.send({"a3"}, 1, kSomeDay);
  rig.send({"b2", "b3"}, 1, kSomeDay + kDayNanos);
  for (const Outcome& o : rig.answers.wait()) EXPECT_TRUE(o.status.ok());
  ASSERT_EQ(rig.server.stored().size(), 2u);
  for (const FakeRequest& insert : rig.server.stored()) {
    const auto bodies = bodies_of(insert);
    EXPECT_EQ(bodies.size(), 3u);
    for (const auto& body : bodies) EXPECT_EQ(body[0], bodies[0][0]);
  }
}

TEST(ClickHouseExporter, ARequestOverTwoDaysIsAnsweredOnce) {
  std::atomic<int> inserts{0};
  ExporterRig rig(script([&](const FakeRequest&) {
                    return ++inserts == 1 ? FakeReply::exception(202, "busy") : FakeReply::ok();
                  }),
                  quick());
  Batch batch = logs({"a", "b"});
  batch.logs->resources[0].scopes[0].records[1].time_unix_nano = kSomeDay + kDayNanos;
  batch.ack = rig.answers.ack();
  rig.send(std::move(batch));
  EXPECT_TRUE(rig.answers.wait().at(0).status.ok());
  EXPECT_EQ(rig.stored_rows(), 2u);
}

TEST(ClickHouseExporter, AMemoryAckComesBeforeTheStore) {
  ClickHouseExporterConfig config = quick();
  config.ack = pipeline::AckMode::Memory;
  config.flush_interval = milliseconds(60'000);
  ExporterRig rig(accepting(), config);
  rig.send({"a"});
  EXPECT_TRUE(rig.answers.wait().at(0).status.ok());
  EXPECT_EQ(rig.stored_rows(), 0u);
  rig.drain();
  EXPECT_EQ(rig.stored_rows(), 1u);
}

// Found as rows that were lost: the sender had its answer, so its lane was held to be done.
TEST(ClickHouseExporter, ADrainAmidABatchWaitsForItsRows) {
  ClickHouseExporterConfig config = quick();
  config.ack = pipeline::AckMode::Memory;
  ExporterRig rig(accepting(), config);
  std::promise<void> answered;
  Batch batch = logs({"a"});
  batch.ack = pipeline::Ack([&](Outcome&&) {
    answered.set_value();
    std::this_thread::sleep_for(milliseconds(100));
  });
  rig.send(std::move(batch));
  answered.get_future().wait();
  rig.drain();
  EXPECT_EQ(rig.stored_rows(), 1u);
}

TEST(ClickHouseExporter, ARequestWithoutRowsIsAnsweredAtOnce) {
  ClickHouseExporterConfig config;
  config.flush_interval = milliseconds(60'000);
  ExporterRig rig(accepting(), config);
  rig.send(std::vector<std::string>());
  EXPECT_TRUE(rig.answers.wait().at(0).status.ok());
}

TEST(ClickHouseExporter, APoisonRowIsNamedAndItsNeighboursAreStored) {
  ExporterRig rig(script([](const FakeRequest& insert) {
                    for (const auto& body : bodies_of(insert)) {
                      if (body == "bad") return FakeReply::exception(117, "Incorrect data");
                    }
                    return FakeReply::ok();
                  }),
                  quick());
  rig.send({"a", "b", "bad", "c", "d"});
  const Outcome outcome = rig.answers.wait().at(0);
  EXPECT_TRUE(outcome.status.ok());
  EXPECT_EQ(outcome.rejected, 1u);
  EXPECT_NE(outcome.reason.find("code 117"), std::string::npos) << outcome.reason;
  EXPECT_EQ(rig.stored_rows(), 4u);
}

TEST(ClickHouseExporter, ALostAnswerIsTriedAgainAndCounted) {
  std::atomic<int> inserts{0};
  ExporterRig rig(script([&](const FakeRequest&) {
                    return ++inserts == 1 ? FakeReply::lost() : FakeReply::ok();
                  }),
                  quick());
  rig.send({"a"});
  EXPECT_TRUE(rig.answers.wait().at(0).status.ok());
  ASSERT_EQ(rig.server.stored().size(), 2u);
  EXPECT_EQ(rig.server.stored()[0].parameters.at("insert_deduplication_token"),
            rig.server.stored()[1].parameters.at("insert_deduplication_token"));
  EXPECT_NE(rig.registry.render().find("sluice_inserts_in_doubt_total 1"), std::string::npos);
}

TEST(ClickHouseExporter, AnUnknownTableTellsSendersToRetryAndIsCreatedAgain) {
  std::atomic<bool> created{false};
  std::atomic<bool> dropped{false};
  std::string version = "0\n";  // the fake's threads only, one at a time
  auto inserts = script([&](const FakeRequest&) {
    return dropped ? FakeReply::exception(60, "Table default.otel_logs does not exist", 404)
                   : FakeReply::ok();
  });
  ExporterRig rig(
      [&](const FakeRequest& request) {
        if (request.sql.find("`otel_logs`\n(") != std::string::npos) {
          created = true;
          dropped = false;
          version = "1\n";
        }
        if (request.sql.rfind("SELECT max(version)", 0) == 0) return FakeReply::ok(version);
        return inserts(request);
      },
      quick());
  while (!rig.exporter->ready()) std::this_thread::yield();
  EXPECT_TRUE(created.exchange(false));
  dropped = true;
  rig.send({"a"});
  EXPECT_EQ(rig.answers.wait().at(0).status.code(), Code::Unavailable);
  while (!created) std::this_thread::yield();
  for (size_t i = 1; rig.stored_rows() == 0; ++i) {
    rig.send({"a"});
    ASSERT_EQ(rig.answers.wait().size(), i + 1);
  }
}

TEST(ClickHouseExporter, PausesAreNoShorterThanConfigured) {
  using Clock = std::chrono::steady_clock;
  std::mutex mutex;
  std::vector<Clock::time_point> tries;
  ClickHouseExporterConfig config = quick();
  config.retry = {.initial_interval = milliseconds(40),
                  .randomization_factor = 0,
                  .multiplier = 2,
                  .max_interval = milliseconds(60)};
  ExporterRig rig(script([&](const FakeRequest&) {
                    const std::lock_guard lock(mutex);
                    tries.push_back(Clock::now());
                    return tries.size() < 4 ? FakeReply::exception(202, "busy") : FakeReply::ok();
                  }),
                  config);
  rig.send({"a"});
  EXPECT_TRUE(rig.answers.wait().at(0).status.ok());
  const std::lock_guard lock(mutex);
  ASSERT_EQ(tries.size(), 4u);
  EXPECT_GE(tries[1] - tries[0], milliseconds(40));
  EXPECT_GE(tries[2] - tries[1], milliseconds(60));
  EXPECT_GE(tries[3] - tries[2], milliseconds(60));
}

TEST(ClickHouseExporter, APauseBeyondTheSendersTimeIsNotCutShort) {
  ClickHouseExporterConfig config = quick();
  config.retry.initial_interval = std::chrono::hours(1);
  config.retry.max_interval = std::chrono::hours(1);
  config.give_up_after = milliseconds(50);
  std::atomic<int> tries{0};
  ExporterRig rig(script([&](const FakeRequest&) {
                    ++tries;
                    return FakeReply::exception(202, "busy");
                  }),
                  config);
  rig.send({"a"});
  EXPECT_EQ(rig.answers.wait().at(0).status.code(), Code::Unavailable);
  EXPECT_EQ(tries, 1);
}

TEST(ClickHouseExporter, IsReadyOnlyWhenTheStoreIs) {
  std::atomic<bool> up{false};
  auto fine = accepting();
  ExporterRig rig(
      [&](const FakeRequest& r) { return up ? fine(r) : FakeReply::exception(202, "busy"); },
      quick());
  while (rig.server.requests().empty()) std::this_thread::yield();
  EXPECT_FALSE(rig.exporter->ready());
  up = true;
  while (!rig.exporter->ready()) std::this_thread::yield();
  size_t creates = 0;
  for (const FakeRequest& r : rig.server.requests()) {
    creates += r.sql.rfind("CREATE TABLE IF NOT EXISTS `default`.`otel_", 0) == 0 ? 1 : 0;
  }
  EXPECT_EQ(creates, 9u);
}

TEST(ClickHouseExporter, ANewerSchemaIsRefused) {
  auto fine = accepting();
  std::atomic<int> asked{0};
  ExporterRig rig(
      [&](const FakeRequest& r) {
        if (r.sql.rfind("SELECT max(version)", 0) != 0) return fine(r);
        ++asked;
        return FakeReply::ok("4000\n");
      },
      quick());
  while (asked < 2) std::this_thread::yield();
  EXPECT_FALSE(rig.exporter->ready());
}

TEST(ClickHouseExporter, MemoryIsGivenBack) {
  ExporterRig rig(accepting(), quick());
  rig.send(std::vector<std::string>(1000, std::string(100, 'x')));
  EXPECT_TRUE(rig.answers.wait().at(0).status.ok());
  rig.drain();
  EXPECT_EQ(rig.budget.used_bytes(), 0u);
}

TEST(ClickHouseExporter, ADrainThatTheStoreDoesNotAllowTellsSendersToRetry) {
  ClickHouseExporterConfig config = quick();
  config.give_up_after = milliseconds(300);
  ExporterRig rig(script([](const FakeRequest&) { return FakeReply::exception(202, "busy"); }),
                  config);
  rig.send({"a"});
  rig.drain();
  rig.send({"after"});
  for (const Outcome& o : rig.answers.wait()) EXPECT_EQ(o.status.code(), Code::Unavailable);
}

TEST(ClickHouseExporter, ManySendersOnSeveralLanesAreAllStored) {
  ClickHouseExporterConfig config = quick();
  config.insert_rows_max = 100;
  std::atomic<int> n{0};
  ExporterRig rig(script([&](const FakeRequest&) {
                    return ++n % 7 == 0 ? FakeReply::exception(202, "busy") : FakeReply::ok();
                  }),
                  config, 3);
  for (int i = 0; i < 300; ++i) rig.send({"a", "b", "c"}, static_cast<size_t>(i % 3));
  for (const Outcome& o : rig.answers.wait()) EXPECT_TRUE(o.status.ok()) << o.status.to_string();
  EXPECT_EQ(rig.stored_rows(), 900u);
}

TEST(ClickHouseExporter, RefusesAConfigurationThatCannotWork) {
  Budget budget(1 << 20);
  metrics::Registry registry;
  io::Loop loop;
  const auto refuses = [&](const std::function<void(ClickHouseExporterConfig&)>& change) {
    ClickHouseExporterConfig config;
    config.endpoints = {clickhouse::Endpoint::parse("http://127.0.0.1:1").value()};
    change(config);
    return !ClickHouseExporter::create(config, {&loop}, budget, registry).ok();
  };
  EXPECT_FALSE(refuses([](auto&) {}));
  EXPECT_TRUE(refuses([](auto& c) { c.endpoints.clear(); }));
  EXPECT_TRUE(refuses([](auto& c) { c.inserts_in_flight_max = 0; }));
  EXPECT_TRUE(refuses([](auto& c) { c.insert_rows_max = 0; }));
  EXPECT_TRUE(refuses([](auto& c) { c.insert_bytes_max = 0; }));
  EXPECT_TRUE(refuses([](auto& c) { c.timeout = milliseconds(0); }));
  EXPECT_TRUE(refuses([](auto& c) { c.flush_interval = milliseconds(0); }));
  ClickHouseExporterConfig config;
  config.endpoints = {clickhouse::Endpoint::parse("http://127.0.0.1:1").value()};
  EXPECT_FALSE(ClickHouseExporter::create(config, {}, budget, registry).ok());
}

}  // namespace
}  // namespace sluice::components
