#include <gtest/gtest.h>

#include "components/processors/cumulativetodelta/series.h"
#include "testing/rig.h"

namespace sluice::components {
namespace {

using testing::Rig;

struct Case {
  const char* name;
  const char* options;
  std::vector<const char*> in;
  const char* out;
};

#define SUM "name: c, type: sum, monotonic: true, temporality: "
#define HISTOGRAM "name: h, type: histogram, temporality: "
#define EXPONENTIAL "name: e, type: exponential, temporality: "

const Case kCases[] = {
    {"the first point goes, others become differences",
     "{}",
     {"[{" SUM "2, points: [{start: 1, time: 2, value: 10}]}]",
      "[{" SUM "2, points: [{start: 1, time: 3, value: 15}]}]"},
     "- {" SUM "1, points: [{start: 2, time: 3, value: 5}]}\n"},
    {"initial_value keep keeps the first",
     "{initial_value: keep}",
     {"[{" SUM "2, points: [{start: 1, time: 2, value: 1.5}]}]"},
     "- {" SUM "1, points: [{time: 2, value: 1.5}]}\n"},
    {"a sum that went down loses a point",
     "{}",
     {"[{" SUM "2, points: [{time: 1, value: 10}, {time: 2, value: 3}, {time: 3, value: 4}]}]"},
     "- {" SUM "1, points: [{start: 2, time: 3, value: 1}]}\n"},
    {"series differ by attributes, in any order",
     "{}",
     {"[{" SUM "2, points: [{attributes: {a: 1, b: 2}, time: 1, value: 1}, {attributes: {a: 2}, "
      "time: 1, value: 1}]}]",
      "[{" SUM "2, points: [{attributes: {b: 2, a: 1}, time: 2, value: 5}]}]"},
     "- {" SUM "1, points: [{attributes: {b: 2, a: 1}, start: 1, time: 2, value: 4}]}\n"},
    {"a series that starts anew is another one",
     "{}",
     {"[{" SUM "2, points: [{start: 1, time: 5, value: 1}]}]",
      "[{" SUM "2, points: [{start: 2, time: 6, value: 9}]}]"},
     ""},
    {"what is not cumulative, monotonic or a number stays",
     "{}",
     {"[{" SUM "1, points: [{time: 1, value: 1}]}, {name: d, type: sum, temporality: 2, points: "
      "[{value: 1}]}, {name: g, type: gauge, points: [{value: 1}]}]"},
     "- {" SUM "1, points: [{time: 1, value: 1}]}\n"
     "- {name: d, type: sum, temporality: 2, points: [{value: 1}]}\n"
     "- {name: g, type: gauge, points: [{value: 1}]}\n"},
    {"no recorded value is dropped, and forgotten",
     "{}",
     {"[{" SUM "2, points: [{time: 1, value: 1}, {time: 2, flags: 1}, {time: 3, value: 4}]}]"},
     "- {" SUM "1, points: [{start: 1, time: 3, value: 3}]}\n"},
    {"what is no number is passed on as it is",
     "{}",
     {"[{" SUM "2, points: [{time: 1, value: 1.0}, {time: 2, value: .nan}, {time: 3, value: "
      "4.0}]}]"},
     "- {" SUM "1, points: [{time: 2, value: .nan}, {start: 1, time: 3, value: 3.0}]}\n"},
    {"histograms lose least and greatest",
     "{}",
     {"[{" HISTOGRAM "2, points: [{time: 1, count: 3, sum: 5, min: 1, max: 2, counts: [1, 2], "
      "bounds: [1]}, {time: 2, count: 5, sum: 9, min: 1, max: 4, counts: [1, 4], bounds: [1]}]}]"},
     "- {" HISTOGRAM "1, points: [{start: 1, time: 2, count: 2, sum: 4.0, counts: [0, 2], bounds: "
     "[1.0]}]}\n"},
    {"a histogram that began anew stays as it is",
     "{}",
     {"[{" HISTOGRAM "2, points: [{time: 1, count: 3, sum: 5, counts: [1, 2], bounds: [1]}, {time: "
      "2, count: 1, sum: 1, counts: [1, 0], bounds: [1]}]}]"},
     "- {" HISTOGRAM "1, points: [{start: 1, time: 2, count: 1, sum: 1.0, counts: [1, 0], bounds: "
     "[1.0]}]}\n"},
    {"a histogram with other bounds is dropped once",
     "{}",
     {"[{" HISTOGRAM "2, points: [{time: 1, count: 1, counts: [0, 1], bounds: [1]}, {time: 2, "
      "count: 2, counts: [1, 1], bounds: [2]}, {time: 3, count: 3, counts: [1, 2], bounds: "
      "[2]}]}]"},
     "- {" HISTOGRAM
     "1, points: [{start: 2, time: 3, count: 1, counts: [0, 1], bounds: [2.0]}]}\n"},
    {"exponential histograms keep the buckets that have something new",
     "{}",
     {"[{" EXPONENTIAL "2, points: [{time: 1, count: 3, sum: 1, zero_count: 1, offset: 1, "
      "positive: [1, 1]}, {time: 2, count: 6, sum: 3, zero_count: 2, offset: 1, positive: [1, 2, "
      "1]}]}]"},
     "- {" EXPONENTIAL "1, points: [{start: 1, time: 2, count: 3, sum: 2.0, zero_count: 1, offset: "
     "2, positive: [1, 1]}]}\n"},
    {"an exponential histogram at a smaller scale",
     "{}",
     {"[{" EXPONENTIAL "2, points: [{time: 1, count: 4, scale: 1, offset: -1, positive: [1, 1, 1, "
      "1]}, {time: 2, count: 7, scale: 0, offset: -1, positive: [2, 3, 2]}]}]"},
     "- {" EXPONENTIAL
     "1, points: [{start: 1, time: 2, count: 3, offset: -1, positive: [1, 1, 1]}]}"
     "\n"},
    {"an exponential histogram with a wider zero bucket",
     "{}",
     {"[{" EXPONENTIAL "2, points: [{time: 1, count: 3, positive: [1, 2]}, {time: 2, count: 4, "
      "zero_count: 1, zero_threshold: 2, offset: 1, positive: [3]}]}]"},
     "- {" EXPONENTIAL "1, points: [{start: 1, time: 2, count: 1, zero_threshold: 2.0, offset: 1, "
     "positive: [1]}]}\n"},
    {"an exponential histogram goes on after it began anew",
     "{}",
     {"[{" EXPONENTIAL "2, points: [{time: 1, count: 9, positive: [9]}, {time: 2, count: 1, "
      "positive: [1]}, {time: 3, count: 3, positive: [3]}]}]"},
     "- {" EXPONENTIAL "1, points: [{start: 2, time: 3, count: 2, positive: [2]}]}\n"},
    {"only included types",
     "{include: {metric_types: [histogram]}}",
     {"[{" SUM "2, points: [{value: 1}]}, {" HISTOGRAM "2, points: [{count: 1}]}]"},
     "- {" SUM "2, points: [{value: 1}]}\n"},
    {"neither excluded names nor excluded types",
     "{exclude: {match_type: strict, metrics: [none], metric_types: [SUM]}}",
     {"[{" SUM "2, points: [{value: 1}]}, {" HISTOGRAM "2, points: [{count: 1}]}]"},
     "- {" SUM "2, points: [{value: 1}]}\n"},
    {"not the excluded",
     "{exclude: {match_type: regexp, metrics: ['^c']}}",
     {"[{" SUM "2, points: [{value: 1}]}]"},
     "- {" SUM "2, points: [{value: 1}]}\n"},
};

TEST(CumulativeToDelta, Converts) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    Rig rig("cumulativetodelta", c.options, otlp::Signal::Metrics);
    ASSERT_EQ(rig.problem(), "");
    std::string out;
    for (const char* in : c.in) out += rig.change(in);
    EXPECT_EQ(out, c.out);
  }
}

TEST(CumulativeToDelta, AutoKeepsTheFirstPointOfASeriesThatBeganLater) {
  Rig rig("cumulativetodelta", "{}", otlp::Signal::Metrics);
  const std::string later = "9000000000000000000";
  EXPECT_EQ(rig.change("[{" SUM "2, points: [{start: " + later + ", time: 1, value: 7}]}]"),
            "- {" SUM "1, points: [{start: " + later + ", time: 1, value: 7}]}\n");
  EXPECT_EQ(rig.change("[{" SUM "2, points: [{attributes: {a: 1}, start: " + later +
                       ", time: " + later + ", value: 7}]}]"),
            "")
      << "nothing was counted yet";
}

TEST(CumulativeToDelta, FollowsASeriesOverLanes) {
  Rig rig("cumulativetodelta", "{}", otlp::Signal::Metrics, 2);
  rig.send("[{" SUM "2, points: [{time: 1, value: 1}]}]", 0);
  rig.send("[{" SUM "2, points: [{time: 2, value: 4}]}]", 1);
  EXPECT_EQ(rig.take(0, 1), "- {" SUM "1, points: [{start: 1, time: 2, value: 3}]}\n");
}

TEST(CumulativeToDelta, AnswersWhereNothingIsLeft) {
  Rig rig("cumulativetodelta", "{initial_value: drop}", otlp::Signal::Metrics);
  EXPECT_TRUE(rig.send("[{" SUM "2, points: [{time: 1, value: 1}]}]").status.ok());
  EXPECT_EQ(rig.sink().batches(), 0U);
}

TEST(Series, ForgetsWhatWasNotSeenForLongest) {
  using namespace cumulativetodelta_processor;
  Config config;
  config.initial_value = InitialValue::Drop;
  Series series(config, 10);
  const auto lock = series.lock();
  Arena arena;
  const auto now = Series::Clock::now();
  const auto is_known = [&](const std::string& key) {
    otlp::DataPoint point;
    point.value.kind = otlp::Number::Kind::Int;
    return series.convert(key, otlp::MetricKind::Sum, point, now, arena);
  };
  for (int i = 0; i < 100; ++i) {
    is_known("s" + std::to_string(i));
    EXPECT_EQ(is_known("seen often"), i != 0);
    EXPECT_LE(series.size(), 21U);
  }
  EXPECT_TRUE(is_known("s99"));
  EXPECT_FALSE(is_known("s0"));
}

TEST(Series, ForgetsWhatIsStale) {
  using namespace cumulativetodelta_processor;
  Config config;
  config.max_staleness = std::chrono::seconds(1);
  Series series(config);
  const auto lock = series.lock();
  Arena arena;
  auto now = Series::Clock::now();
  otlp::DataPoint point;
  EXPECT_FALSE(series.convert("a", otlp::MetricKind::Sum, point, now, arena));
  EXPECT_TRUE(series.convert("a", otlp::MetricKind::Sum, point, now, arena));
  now += std::chrono::milliseconds(1500);
  EXPECT_FALSE(series.convert("a", otlp::MetricKind::Sum, point, now, arena));
  now += std::chrono::seconds(5);
  series.forget_stale(now);
  EXPECT_EQ(series.size(), 0U);
}

TEST(CumulativeToDelta, RefusesWhatCannotWork) {
  const std::pair<const char*, const char*> cases[] = {
      {"{initial_value: never}", "auto, keep or drop"},
      {"{include: {metrics: [a]}}", "match_type"},
      {"{include: {match_type: strict}}", "metrics"},
      {"{include: {match_type: glob, metrics: [a]}}", "strict or regexp"},
      {"{include: {match_type: regexp, metrics: ['(']}}", "("},
      {"{include: {metric_types: [gauge]}}", "gauge"},
      {"{max_staleness: x}", "duration"},
  };
  for (const auto& [options, expected] : cases) {
    SCOPED_TRACE(options);
    const Rig rig("cumulativetodelta", options, otlp::Signal::Metrics);
    EXPECT_NE(rig.problem().find(expected), std::string::npos) << rig.problem();
  }
}

}  // namespace
}  // namespace sluice::components
