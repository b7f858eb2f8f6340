#include "otlp/aggregate.h"

#include <gtest/gtest.h>

#include "testing/record_text.h"

namespace sluice::otlp {
namespace {

std::string aggregated(const std::string& metric, Aggregation how) {
  Arena arena;
  MetricsRequest request;
  testing::of_text("[{" + metric + "}]", arena, request);
  aggregate_points(request.resources[0].scopes[0].records[0], how, arena);
  return testing::to_text(request);
}

TEST(Aggregate, Numbers) {
  const std::string whole = "type: gauge, points: [{value: 7}, {value: 2}, {value: 4}, {value: 4}]";
  const std::string real =
      "type: gauge, points: [{value: 1.5}, {value: 4}, {value: 2.0}, {value: 0.5}]";
  const std::tuple<Aggregation, const char*, const char*> cases[] = {
      {Aggregation::Sum, "17", "8.0"},    {Aggregation::Mean, "4", "2.0"},
      {Aggregation::Min, "2", "0.5"},     {Aggregation::Max, "7", "4.0"},
      {Aggregation::Median, "4", "1.75"}, {Aggregation::Count, "4", "4.0"},
      {Aggregation::First, "7", "1.5"},
  };
  for (const auto& [how, as_whole, as_real] : cases) {
    SCOPED_TRACE(as_whole);
    EXPECT_EQ(aggregated(whole, how),
              std::string("- {type: gauge, points: [{value: ") + as_whole + "}]}\n");
    EXPECT_EQ(aggregated(real, how),
              std::string("- {type: gauge, points: [{value: ") + as_real + "}]}\n");
  }
}

TEST(Aggregate, OnlyWhatIsAlike) {
  EXPECT_EQ(aggregated("type: gauge, points: [{attributes: {a: 1, b: 2}, time: 1, value: 1}, "
                       "{attributes: {b: 2, a: 1}, time: 1, value: 2}, {attributes: {a: 1}, time: "
                       "1, value: 4}, {attributes: {a: 1, b: 2}, time: 2, value: 8}]",
                       Aggregation::Sum),
            "- {type: gauge, points: [{attributes: {a: 1, b: 2}, time: 1, value: 3}, {attributes: "
            "{a: 1}, time: 1, value: 4}, {attributes: {a: 1, b: 2}, time: 2, value: 8}]}\n");
}

TEST(Aggregate, TheStartCountsInDeltasOnly) {
  const std::string points =
      ", points: [{start: 2, time: 3, value: 1}, {start: 1, time: 3, value: 2}]";
  EXPECT_EQ(aggregated("type: sum, temporality: 1" + points, Aggregation::Sum),
            "- {type: sum, temporality: 1" + points + "}\n");
  EXPECT_EQ(aggregated("type: sum, temporality: 2" + points, Aggregation::Sum),
            "- {type: sum, temporality: 2, points: [{start: 1, time: 3, value: 3}]}\n");
}

TEST(Aggregate, HistogramsAreAddedUp) {
  EXPECT_EQ(
      aggregated("type: histogram, points: [{count: 3, sum: 4, min: 1, max: 2, counts: [1, "
                 "2], bounds: [1.5]}, {count: 1, sum: 9, min: 9, max: 9, counts: [0, 1], "
                 "bounds: [1.5]}, {count: 1, sum: 1, min: 1, max: 1, counts: [1, 0], bounds: "
                 "[2.5]}]",
                 Aggregation::Min),
      "- {type: histogram, points: [{count: 4, sum: 13.0, min: 1.0, max: 9.0, counts: [1, 3], "
      "bounds: [1.5]}, {count: 1, sum: 1.0, min: 1.0, max: 1.0, counts: [1, 0], bounds: "
      "[2.5]}]}\n");
  EXPECT_EQ(aggregated("type: exponential, points: [{count: 3, zero_count: 1, positive: [1, 1]}, "
                       "{count: 4, zero_count: 2, positive: [1, 0, 1]}, {count: 1, scale: 1, "
                       "positive: [1]}]",
                       Aggregation::Sum),
            "- {type: exponential, points: [{count: 7, sum: 0.0, zero_count: 3, positive: [2, 1, "
            "1]}, {count: 1, scale: 1, positive: [1]}]}\n");
}

TEST(Aggregate, BucketsOfExponentialHistogramsMeetAtTheirIndexes) {
  EXPECT_EQ(
      aggregated("type: exponential, points: [{count: 3, sum: 1, offset: 2, positive: [1, 2]}, "
                 "{count: 9, sum: 2, offset: -1, positive: [2, 0, 3, 4]}, {count: 1, sum: 0, "
                 "offset: 0, positive: []}]",
                 Aggregation::Sum),
      "- {type: exponential, points: [{count: 13, sum: 3.0, offset: -1, positive: [2, 0, 3, "
      "5, 2]}]}\n");
}

TEST(Aggregate, ExponentialHistogramsFarFromEachOtherStayApart) {
  const std::string points =
      ", points: [{count: 1, sum: 1.0, offset: 2147483647, positive: [1]}, "
      "{count: 1, sum: 1.0, offset: -2147483648, positive: [2]}]";
  EXPECT_EQ(aggregated("type: exponential" + points, Aggregation::Sum),
            "- {type: exponential" + points + "}\n");
}

TEST(Aggregate, SumsOfWholeNumbersWrap) {
  EXPECT_EQ(
      aggregated("type: sum, points: [{value: 9223372036854775807}, {value: 1}]", Aggregation::Sum),
      "- {type: sum, points: [{value: -9223372036854775808}]}\n");
}

}  // namespace
}  // namespace sluice::otlp
