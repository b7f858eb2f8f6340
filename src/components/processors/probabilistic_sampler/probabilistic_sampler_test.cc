#include <gtest/gtest.h>

#include <cmath>

#include "components/processors/probabilistic_sampler/threshold.h"
#include "testing/rig.h"

namespace sluice::components {
namespace {

using testing::Rig;

using namespace probabilistic_sampler_processor;

TEST(Threshold, OfProbabilities) {
  const std::tuple<double, int, const char*> cases[] = {
      {1, 4, "0"},
      {0.5, 4, "8"},
      {0.25, 4, "c"},
      {1.0 / 3, 4, "aaab"},
      {0.01, 4, "fd70a"},
      {0.001, 4, "ffbe77"},
      {0.999, 4, "00418937"},
      {kLeastProbability, 14, "ffffffffffffff"},
  };
  for (const auto& [probability, precision, text] : cases) {
    const auto threshold = threshold_of(probability, precision);
    ASSERT_TRUE(threshold) << probability;
    EXPECT_EQ(threshold->text().substr(0, 4), std::string(text).substr(0, 4)) << probability;
    EXPECT_NEAR(threshold->probability(), probability, probability / 1000) << text;
  }
}

TEST(Threshold, NoneForWhatIsNoProbability) {
  for (const double probability : {0.0, -1.0, 1.1, kLeastProbability / 2, std::nan(""), HUGE_VAL})
    EXPECT_FALSE(threshold_of(probability, 4)) << probability;
}

TEST(Threshold, IsReadAsItIsWritten) {
  for (const char* text : {"0", "8", "c", "00418937", "ffffffffffffff"}) {
    const auto threshold = Threshold::of_text(text);
    ASSERT_TRUE(threshold) << text;
    EXPECT_EQ(threshold->text(), text);
  }
  for (const char* text : {"", "g", "8 ", "+1", "fffffffffffffff"})
    EXPECT_FALSE(Threshold::of_text(text)) << text;
}

TEST(Threshold, RandomnessHasFourteenDigits) {
  EXPECT_EQ(randomness_of_text("0000000000000a"), 10U);
  EXPECT_EQ(randomness_text(10), "0000000000000a");
  for (const char* text : {"", "a", "0000000000000g", "00000000000000a"})
    EXPECT_FALSE(randomness_of_text(text)) << text;
}

size_t kept(const char* options, otlp::Signal signal, const std::string& in) {
  Rig rig("probabilistic_sampler", options, signal);
  EXPECT_EQ(rig.problem(), "");
  const std::string out = rig.change(in);
  return static_cast<size_t>(std::count(out.begin(), out.end(), '\n'));
}

std::string traces(int count) {
  std::string out;
  for (int i = 1; i <= count; ++i) out += "- {trace: " + std::to_string(i) + "}\n";
  return out;
}

TEST(ProbabilisticSampler, KeepsAShareOfTraces) {
  constexpr int kCount = 250;
  EXPECT_EQ(kept("{sampling_percentage: 100}", otlp::Signal::Traces, traces(kCount)), 250U);
  EXPECT_EQ(kept("{sampling_percentage: 0}", otlp::Signal::Traces, traces(kCount)), 0U);
  const size_t half = kept("{sampling_percentage: 50}", otlp::Signal::Traces, traces(kCount));
  EXPECT_GT(half, 80U);
  EXPECT_LT(half, 170U);
  EXPECT_EQ(kept("{sampling_percentage: 50}", otlp::Signal::Traces, traces(kCount)), half);
}

TEST(ProbabilisticSampler, WritesItsThresholdDown) {
  Rig rig("probabilistic_sampler", "{sampling_percentage: 50, mode: proportional}",
          otlp::Signal::Traces);
  EXPECT_EQ(rig.change("[{trace: 1, state: 'ot=rv:c0000000000000,x=y'}]"),
            "- {trace: 1, state: 'ot=rv:c0000000000000;th:8,x=y'}\n");
  EXPECT_EQ(rig.change("[{trace: 1, state: 'ot=rv:70000000000000'}]"), "");
  EXPECT_EQ(rig.change("[{trace: 1, state: 'ot=rv:d0000000000000;th:8'}]"),
            "- {trace: 1, state: 'ot=rv:d0000000000000;th:c'}\n")
      << "half of a half";
}

TEST(ProbabilisticSampler, EqualizingDoesNotSampleAgainWhatHadItsShare) {
  Rig rig("probabilistic_sampler", "{sampling_percentage: 50, mode: equalizing}",
          otlp::Signal::Traces);
  EXPECT_EQ(rig.change("[{trace: 1, state: 'ot=rv:d0000000000000;th:c'}]"),
            "- {trace: 1, state: 'ot=rv:d0000000000000;th:c'}\n");
}

TEST(ProbabilisticSampler, GoesByPriority) {
  constexpr char kNothing[] = "{sampling_percentage: 0}";
  EXPECT_EQ(
      kept(kNothing, otlp::Signal::Traces, "[{trace: 1, attributes: {sampling.priority: 1}}]"), 1U);
  EXPECT_EQ(kept("{sampling_percentage: 100}", otlp::Signal::Traces,
                 "[{trace: 1, attributes: {sampling.priority: 0}}]"),
            0U);
  constexpr char kLogs[] = "{sampling_percentage: 0, sampling_priority: p}";
  EXPECT_EQ(kept(kLogs, otlp::Signal::Logs, "[{trace: 1, attributes: {p: 100}}]"), 1U);
  EXPECT_EQ(kept(kLogs, otlp::Signal::Logs, "[{trace: 1, attributes: {p: .nan}}]"), 0U);
  EXPECT_EQ(kept(kLogs, otlp::Signal::Logs, "[{trace: 1, attributes: {p: x}}]"), 0U);
}

TEST(ProbabilisticSampler, WhatHasNothingToGoBy) {
  EXPECT_EQ(kept("{sampling_percentage: 100}", otlp::Signal::Logs, "[{body: a}]"), 0U);
  EXPECT_EQ(kept("{sampling_percentage: 1, fail_closed: false}", otlp::Signal::Logs, "[{body: a}]"),
            1U);
}

TEST(ProbabilisticSampler, RefusesWhatCannotWork) {
  const std::pair<const char*, const char*> cases[] = {
      {"{sampling_percentage: -1}", "negative"},
      {"{sampling_percentage: 1.0e-20}", "too small"},
      {"{sampling_percentage: x}", "number"},
      {"{sampling_precision: 0}", "1 to 14"},
      {"{sampling_precision: 15}", "1 to 14"},
      {"{mode: fair}", "proportional"},
      {"{attribute_source: body}", "traceID or record"},
      {"{attribute_source: record}", "from_attribute"},
  };
  for (const auto& [options, expected] : cases) {
    SCOPED_TRACE(options);
    const Rig rig("probabilistic_sampler", options, otlp::Signal::Logs);
    EXPECT_NE(rig.problem().find(expected), std::string::npos) << rig.problem();
  }
}

}  // namespace
}  // namespace sluice::components
