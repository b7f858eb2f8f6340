#include "server/query_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/fake_engine.h"

namespace sluice::server {
namespace {

using engine::FakeCall;
using engine::FakeEngine;
using engine::Outcome;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class QueryLogTest : public ::testing::Test {
 protected:
  QueryLog::Entry entry(QueryLog::Event event, const Outcome& outcome) const {
    return {event, request_, "SELECT 'x'", StatementKind::Select, head_, outcome, kStarted, "me"};
  }
  std::string row(QueryLog::Event event, const Outcome& outcome) const {
    return query_log_row(entry(event, outcome), kStarted + std::chrono::milliseconds(1500));
  }

  static constexpr QueryLog::Clock::time_point kStarted{std::chrono::seconds(86400)};
  QueryRequest request_;
  http::StreamHead head_;
};

Outcome failure() {
  Outcome outcome;
  outcome.error = engine::make_error(60, "UNKNOWN_TABLE", "no t", "26.5.1.1");
  return outcome;
}

TEST_F(QueryLogTest, EveryEventHasClickHousesName) {
  using Event = QueryLog::Event;
  EXPECT_THAT(row(Event::Start, {}), StartsWith(R"({"type":"QueryStart","event_date":1,)"));
  EXPECT_THAT(row(Event::Finish, {}), StartsWith(R"({"type":"QueryFinish",)"));
  EXPECT_THAT(row(Event::ExceptionBeforeStart, failure()),
              StartsWith(R"({"type":"ExceptionBeforeStart",)"));
  EXPECT_THAT(row(Event::ExceptionWhileProcessing, failure()),
              StartsWith(R"({"type":"ExceptionWhileProcessing",)"));
}

TEST_F(QueryLogTest, ARowHasTimesFiguresAndTheError) {
  Outcome outcome;
  outcome.figures.read_rows = 7;
  const std::string good = row(QueryLog::Event::Finish, outcome);
  EXPECT_THAT(good, HasSubstr(R"("event_time_microseconds":"86401.500000")"));
  EXPECT_THAT(good, HasSubstr(R"("query_duration_ms":1500,"read_rows":7,)"));
  EXPECT_THAT(good, HasSubstr(R"("query":"SELECT 'x'","query_kind":"Select","exception_code":0)"));
  EXPECT_THAT(row(QueryLog::Event::ExceptionWhileProcessing, failure()),
              HasSubstr(R"("exception_code":60,"exception":"Code: 60. DB::Exception: no t)"));
}

TEST_F(QueryLogTest, RowsAreWrittenAtTheEndAtTheLatest) {
  std::string written;
  FakeEngine engine([&written](const FakeCall& call) {
    written += call.input;
    return Outcome();
  });
  {
    QueryLog log(engine);
    ASSERT_TRUE(log.start().ok());
    log.add(entry(QueryLog::Event::Start, {}));
    log.add(entry(QueryLog::Event::Finish, {}));
  }
  EXPECT_THAT(engine.statements().front(),
              StartsWith("CREATE TABLE IF NOT EXISTS system.query_log"));
  EXPECT_THAT(written, HasSubstr("QueryStart"));
  EXPECT_THAT(written, HasSubstr("QueryFinish"));
}

}  // namespace
}  // namespace sluice::server
