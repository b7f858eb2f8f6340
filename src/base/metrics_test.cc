#include "base/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <thread>

namespace sluice::metrics {
namespace {

using testing::HasSubstr;

TEST(Metrics, SameNameAndLabelsGiveTheSameObject) {
  Registry registry;
  Counter& a = registry.counter("sluice_x_total", "X.", {{"k", "v"}});
  Counter& b = registry.counter("sluice_x_total", "X.", {{"k", "v"}});
  Counter& other = registry.counter("sluice_x_total", "X.", {{"k", "w"}});
  EXPECT_EQ(&a, &b);
  EXPECT_NE(&a, &other);
}

TEST(Metrics, FamiliesAreSortedByNameAndSamplesByLabels) {
  Registry registry;
  registry.gauge("sluice_b", "B.").set(-7);
  registry.counter("sluice_a_total", "A.", {{"table", "otel_traces"}}).add(2);
  registry.counter("sluice_a_total", "A.", {{"table", "otel_logs"}}).add();
  EXPECT_EQ(registry.render(),
            "# HELP sluice_a_total A.\n"
            "# TYPE sluice_a_total counter\n"
            "sluice_a_total{table=\"otel_logs\"} 1\n"
            "sluice_a_total{table=\"otel_traces\"} 2\n"
            "# HELP sluice_b B.\n"
            "# TYPE sluice_b gauge\n"
            "sluice_b -7\n");
}

TEST(Metrics, HelpAndLabelValuesAreEscaped) {
  Registry registry;
  registry.counter("sluice_x_total", "back\\slash \"quoted\"\nnext", {{"k", "a\\b\"c\nd"}});
  const std::string text = registry.render();
  EXPECT_THAT(text, HasSubstr("# HELP sluice_x_total back\\\\slash \"quoted\"\\nnext\n"));
  EXPECT_THAT(text, HasSubstr("sluice_x_total{k=\"a\\\\b\\\"c\\nd\"} 0\n"));
}

TEST(Metrics, HistogramBucketsAreCumulativeAndBoundsInclusive) {
  Registry registry;
  Histogram& h = registry.histogram("sluice_h_seconds", "H.", {{"t", "x"}});
  h.observe(0.001);  // exactly the first bound
  h.observe(0.3);
  h.observe(1000);
  EXPECT_EQ(h.count(), 3u);
  const std::string text = registry.render();
  EXPECT_THAT(text, HasSubstr("# TYPE sluice_h_seconds histogram\n"));
  EXPECT_THAT(text, HasSubstr("sluice_h_seconds_bucket{t=\"x\",le=\"0.001\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("sluice_h_seconds_bucket{t=\"x\",le=\"0.25\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("sluice_h_seconds_bucket{t=\"x\",le=\"0.5\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("sluice_h_seconds_bucket{t=\"x\",le=\"60\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("sluice_h_seconds_bucket{t=\"x\",le=\"+Inf\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("sluice_h_seconds_sum{t=\"x\"} 1000.301\n"));
  EXPECT_THAT(text, HasSubstr("sluice_h_seconds_count{t=\"x\"} 3\n"));
}

TEST(Metrics, AHistogramOfSizesHasBoundsOfItsOwn) {
  Registry registry;
  Histogram& h = registry.histogram("sluice_h_records", "H.", {}, Histogram::kSizes);
  h.observe(8192);
  h.observe(1'000'000);
  const std::string text = registry.render();
  EXPECT_THAT(text, HasSubstr("sluice_h_records_bucket{le=\"8000\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("sluice_h_records_bucket{le=\"9000\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("sluice_h_records_sum 1008192\n"));
}

TEST(Metrics, CallbacksAreAskedAtEachScrapeAndReplacedByTheLast) {
  Registry registry;
  double value = 0.5;
  registry.gauge_callback("sluice_c", "C.", {}, [] { return 1.0; });
  registry.gauge_callback("sluice_c", "C.", {}, [&] { return value; });
  EXPECT_THAT(registry.render(), HasSubstr("sluice_c 0.5\n"));
  value = std::numeric_limits<double>::infinity();
  EXPECT_THAT(registry.render(), HasSubstr("sluice_c +Inf\n"));
  value = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(registry.render(), HasSubstr("sluice_c NaN\n"));
}

TEST(Metrics, ACountedCallbackIsACounter) {
  Registry registry;
  registry.counter_callback("sluice_c_total", "C.", {}, [] { return 2.0; });
  EXPECT_THAT(registry.render(), HasSubstr("# TYPE sluice_c_total counter\nsluice_c_total 2\n"));
}

TEST(Metrics, OnlyTheCollectorsCountersLoseTheirSuffixAndOnlyOnDemand) {
  Registry registry;
  registry.counter("otelcol_x_total", "X.").add(1);
  registry.counter_callback("otelcol_y_total", "Y.", {}, [] { return 2.0; });
  registry.gauge("otelcol_z_total", "Z.").set(3);
  registry.counter("sluice_x_total", "X.").add(4);
  EXPECT_EQ(registry.render(CollectorTotals::Bare),
            "# HELP otelcol_x X.\n# TYPE otelcol_x counter\notelcol_x 1\n"
            "# HELP otelcol_y Y.\n# TYPE otelcol_y counter\notelcol_y 2\n"
            "# HELP otelcol_z_total Z.\n# TYPE otelcol_z_total gauge\notelcol_z_total 3\n"
            "# HELP sluice_x_total X.\n# TYPE sluice_x_total counter\nsluice_x_total 4\n");
  EXPECT_THAT(registry.render(), HasSubstr("\notelcol_x_total 1\n"));
}

TEST(Metrics, ACallbackMayUseTheRegistry) {
  Registry registry;
  registry.gauge_callback("sluice_c", "C.", {}, [&] {
    return static_cast<double>(registry.counter("sluice_n_total", "N.").value());
  });
  EXPECT_THAT(registry.render(), HasSubstr("sluice_c 0\n"));
}

TEST(Metrics, ThreadsCountTogether) {
  Registry registry;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&registry] {
      for (int n = 0; n < 1000; ++n) registry.counter("sluice_t_total", "T.").add();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(registry.counter("sluice_t_total", "T.").value(), 4000u);
}

}  // namespace
}  // namespace sluice::metrics
