#include "app/bench/loss.h"

#include <gtest/gtest.h>

namespace sluice::app::bench {
namespace {

TEST(Loss, LeavesUnansweredRequestsOut) {
  LossQuestion question{"run-1", otlp::Signal::Logs, 3000, 1000, {}};
  EXPECT_EQ(
      loss_query(question),
      "SELECT count(), uniqExact(s) FROM (SELECT toUInt64OrZero(LogAttributes['sluice.bench.seq']) "
      "AS s "
      "FROM otel_logs WHERE LogAttributes['sluice.bench.run'] = {run:String}) FORMAT TabSeparated");
  question.unanswered = {4, 17};
  EXPECT_NE(loss_query(question).find(" WHERE intDiv(s, 1000) NOT IN (4, 17) FORMAT"),
            std::string::npos);
}

TEST(Loss, MetricsLieInTwoTables) {
  const std::string sql = loss_query({"run-1", otlp::Signal::Metrics, 1, 1, {}});
  EXPECT_NE(sql.find("otel_metrics_gauge"), std::string::npos);
  EXPECT_NE(sql.find("otel_metrics_sum"), std::string::npos);
}

TEST(Loss, CountsMissingAndDoubled) {
  const Stored stored{10, 12, 9};
  EXPECT_EQ(stored.missing(), 1u);
  EXPECT_EQ(stored.doubled(), 3u);
}

}  // namespace
}  // namespace sluice::app::bench
