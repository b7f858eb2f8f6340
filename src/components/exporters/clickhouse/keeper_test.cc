#include "components/exporters/clickhouse/keeper.h"

#include <gtest/gtest.h>

#include "testing/exporter_rig.h"

namespace sluice::components {
namespace {

using std::chrono::milliseconds;
using testing::accepting;
using testing::ExporterRig;
using testing::FakeReply;
using testing::FakeRequest;
using testing::quick;

TEST(GapForParts, GrowsFromWhereMergesFallBehind) {
  struct Case {
    uint64_t parts;
    int64_t gap_ms;
  };
  for (const Case& c : std::vector<Case>{{0, 0},
                                         {10, 0},
                                         {300, 0},
                                         {301, 1},
                                         {500, 285},
                                         {650, 500},
                                         {1000, 1000},
                                         {1001, 2000},
                                         {1500, 2000},
                                         {1'000'000, 2000}}) {
    EXPECT_EQ(gap_for_parts(c.parts), milliseconds(c.gap_ms)) << c.parts;
  }
}

TEST(Keeper, InsertsAreSlowedDownWhilePartsAreManyAndNotLonger) {
  std::mutex mutex;
  std::string parts;
  size_t looks = 0;
  ClickHouseExporterConfig config = quick();
  config.watch_interval = milliseconds(5);
  // One of the two shapes of logs is used; both have the table's name, as by logs_table_name.
  config.logs = mapping::Table::Sessions;
  config.tables[static_cast<size_t>(mapping::Table::Logs)] = "hyperdx_sessions";
  const auto fine = accepting();
  ExporterRig rig(
      [&](const FakeRequest& request) {
        if (request.sql.find("system.parts") == std::string::npos) return fine(request);
        const std::lock_guard lock(mutex);
        ++looks;
        return FakeReply::ok(parts);
      },
      config);
  // What was answered is known once it is asked for again.
  const auto answer = [&](const std::string& with) {
    size_t before = 0;
    {
      const std::lock_guard lock(mutex);
      parts = with;
      before = looks;
    }
    for (size_t now = before; now < before + 2; std::this_thread::yield()) {
      const std::lock_guard lock(mutex);
      now = looks;
    }
  };
  const auto gauge = [&](const std::string& name, const std::string& table) {
    return rig.registry.gauge(name, "", {{"table", table}}).value();
  };
  struct Case {
    std::string answer;
    int64_t parts;
    int64_t gap_ms;
  };
  for (const Case& c : std::vector<Case>{{"hyperdx_sessions\t500\nother\t5000\n", 500, 285},
                                         {"otel_traces\t40\nhyperdx_sessions\t1500\n", 1500, 2000},
                                         {"hyperdx_sessions\t10\n", 10, 0},
                                         {"hyperdx_sessions\t1500\n", 1500, 2000},
                                         {"", 0, 0}}) {
    answer(c.answer);
    EXPECT_EQ(gauge("sluice_engine_parts", "hyperdx_sessions"), c.parts) << c.answer;
    EXPECT_EQ(gauge("sluice_exporter_insert_gap_milliseconds", "hyperdx_sessions"), c.gap_ms)
        << c.answer;
    EXPECT_EQ(gauge("sluice_exporter_insert_gap_milliseconds", "otel_traces"), 0) << c.answer;
  }
}

}  // namespace
}  // namespace sluice::components
