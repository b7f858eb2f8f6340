#include "server/metric_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <sstream>
#include <thread>

#include "engine/fake_engine.h"

namespace sluice::server {
namespace {

using engine::FakeCall;
using engine::FakeEngine;
using engine::Outcome;
using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// Counts ten queries more each time it is asked.
class CountingEngine {
 public:
  Outcome answer(const FakeCall& call) {
    Outcome outcome;
    if (contains(call.sql, "zero_values")) {
      outcome.output = "Query\nS3GetObject\n";
    } else if (contains(call.sql, "UNION ALL")) {
      ++samples_;
      outcome.output = "event\tQuery\t" + std::to_string(100 + 10 * samples_) +
                       "\nevent\tFileOpen\t7\nmetric\tMemoryTracking\t4096\nmetric\tDelta\t-3\n"
                       "metric\tQuery\t0\n";
    } else if (contains(call.sql, "system.columns")) {
      outcome.output = columns_;
    } else if (contains(call.sql, "SELECT metric FROM")) {
      outcome.output = "MemoryTracking\n";
    } else if (contains(call.sql, "MaxPartCountForPartition")) {
      outcome.output = "MaxPartCountForPartition\t12\tNumberOfTables\t3\n";
    } else if (contains(call.sql, "packed_metric_log FROM INFILE")) {
      engine_rows_ += call.input;
    } else if (contains(call.sql, "asynchronous_metric_log FROM INFILE")) {
      metric_rows_ += call.input;
    }
    return outcome;
  }

  void set_columns(const std::string& columns) { columns_ = columns; }
  const std::string& engine_rows() const { return engine_rows_; }
  const std::string& metric_rows() const { return metric_rows_; }
  int samples() const { return samples_; }

 private:
  std::atomic<int> samples_ = 0;
  std::string columns_;
  std::string engine_rows_;
  std::string metric_rows_;
};

class MetricLogTest : public ::testing::Test {
 protected:
  MetricLog make(MetricLog::Intervals intervals) {
    return {engine_, std::make_unique<HostMetrics>("/nowhere"), "/", intervals};
  }
  std::string made_view() const {
    for (const std::string& sql : engine_.statements())
      if (sql.rfind("CREATE OR REPLACE VIEW system.metric_log", 0) == 0) return sql;
    return "";
  }
  void wait_for_samples(int count) const {
    while (counting_.samples() < count) std::this_thread::sleep_for(milliseconds(1));
  }

  CountingEngine counting_;
  FakeEngine engine_{[this](const FakeCall& call) { return counting_.answer(call); }};
};

TEST_F(MetricLogTest, TheViewHasAColumnForEachCounter) {
  {
    MetricLog log = make({});
    ASSERT_TRUE(log.start().ok());
    wait_for_samples(1);
  }
  const std::string view = made_view();
  EXPECT_THAT(view, HasSubstr("profile_events['Query'] AS `ProfileEvent_Query`"));
  EXPECT_THAT(view, HasSubstr("profile_events['S3GetObject'] AS `ProfileEvent_S3GetObject`"));
  EXPECT_THAT(view,
              HasSubstr("current_metrics['MemoryTracking'] AS `CurrentMetric_MemoryTracking`"));
}

TEST_F(MetricLogTest, AViewWithTheseColumnsStays) {
  counting_.set_columns(
      "hostname\nevent_date\nevent_time\nevent_time_microseconds\nProfileEvent_Query\n"
      "ProfileEvent_S3GetObject\nCurrentMetric_MemoryTracking\n");
  MetricLog log = make({});
  ASSERT_TRUE(log.start().ok());
  wait_for_samples(1);
  EXPECT_EQ(made_view(), "");
}

TEST_F(MetricLogTest, RowsHaveDifferencesOfEventsAndValuesOfMetrics) {
  {
    MetricLog log = make({milliseconds(1), 1, milliseconds(60'000)});
    ASSERT_TRUE(log.start().ok());
    wait_for_samples(3);
    EXPECT_EQ(counting_.engine_rows(), "");
  }
  const std::string first = counting_.engine_rows().substr(0, counting_.engine_rows().find('\n'));
  EXPECT_THAT(first, StartsWith(R"({"event_date":)"));
  EXPECT_THAT(first, HasSubstr(R"("Query":10)"));
  EXPECT_THAT(first, HasSubstr(R"("OSCPUVirtualTimeMicroseconds":)"));
  EXPECT_THAT(first, Not(HasSubstr("FileOpen")));
  EXPECT_THAT(first, HasSubstr(R"("current_metrics":{"MemoryTracking":4096,"Delta":-3})"));
  const std::string& metrics = counting_.metric_rows();
  EXPECT_THAT(metrics, HasSubstr(R"("metric":"Uptime","value":0)"));
  EXPECT_THAT(metrics, HasSubstr(R"("metric":"MaxPartCountForPartition","value":12})"));
  EXPECT_THAT(metrics, HasSubstr(R"("metric":"DiskTotal_default","value":)"));
}

TEST_F(MetricLogTest, WhatTheEngineCountedIsSpreadOverTheSeconds) {
  {
    MetricLog log = make({milliseconds(1), 4, milliseconds(60'000)});
    ASSERT_TRUE(log.start().ok());
    wait_for_samples(2);
  }
  std::istringstream rows(counting_.engine_rows());
  for (const char* share : {R"("Query":2)", R"("Query":3)", R"("Query":2)", R"("Query":3)"}) {
    std::string row;
    ASSERT_TRUE(std::getline(rows, row));
    EXPECT_THAT(row, HasSubstr(share));
  }
}

TEST_F(MetricLogTest, RowsGoInNowAndThen) {
  MetricLog log = make({milliseconds(1), 1, milliseconds(20)});
  ASSERT_TRUE(log.start().ok());
  const auto is_insert = [](const std::string& sql) {
    return contains(sql, "packed_metric_log FROM INFILE");
  };
  const auto any_insert = [&] {
    const auto statements = engine_.statements();
    return std::any_of(statements.begin(), statements.end(), is_insert);
  };
  while (!any_insert()) std::this_thread::sleep_for(milliseconds(1));
}

TEST(MetricLog, AnEngineThatRefusesTheTablesIsToldAndAskedNothingElse) {
  FakeEngine engine([](const FakeCall&) {
    Outcome outcome;
    outcome.error = engine::make_error(243, "NOT_ENOUGH_SPACE", "no space", "26.5.1.1");
    return outcome;
  });
  MetricLog log(engine, std::make_unique<HostMetrics>("/nowhere"), "/");
  EXPECT_THAT(log.start().message(), HasSubstr("no space"));
  EXPECT_EQ(engine.statements().size(), 1U);
}

}  // namespace
}  // namespace sluice::server
