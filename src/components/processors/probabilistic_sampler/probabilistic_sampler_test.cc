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

struct Carrying {
  const char* name;
  const char* options;
  otlp::Signal signal;
  const char* in;
  const char* out;
};

constexpr otlp::Signal kTraces = otlp::Signal::Traces;
constexpr otlp::Signal kLogs = otlp::Signal::Logs;

const Carrying kCarrying[] = {
    {"hashing drops what a consistent sampler left randomness in", "{sampling_percentage: 100}",
     kTraces, "[{trace: 1, state: 'ot=rv:c0000000000000'}]", ""},
    {"or a threshold", "{sampling_percentage: 100}", kTraces, "[{trace: 1, state: 'ot=th:8'}]", ""},
    {"and leaves it alone where it must not drop", "{sampling_percentage: 1, fail_closed: false}",
     kTraces, "[{trace: 1, state: 'ot=th:8'}]", "- {trace: 1, state: 'ot=th:8'}\n"},
    {"hashing writes the randomness down that it had none for",
     "{sampling_percentage: 1, fail_closed: false}", kTraces, "[{}]",
     "- {state: 'ot=rv:ffffffffffffff;th:0'}\n"},
    {"a wrong threshold is taken out",
     "{sampling_percentage: 50, mode: equalizing, fail_closed: false}", kTraces,
     "[{trace: 1, state: 'ot=rv:10000000000000;th:c'}]",
     "- {trace: 1, state: 'ot=rv:10000000000000;th:0'}\n"},
    {"a trace state that is none stays as it is",
     "{sampling_percentage: 50, mode: equalizing, fail_closed: false}", kTraces,
     "[{trace: 1, state: 'x'}, {trace: 1, state: 'X=y'}, {trace: 1, state: 'x=y=z'}, {trace: 1, "
     "state: 'ot=rv:10000000000000;'}]",
     "- {trace: 1, state: x}\n- {trace: 1, state: 'X=y'}\n- {trace: 1, state: 'x=y=z'}\n- {trace: "
     "1, "
     "state: 'ot=rv:10000000000000;'}\n"},
    {"blanks around members go", "{sampling_percentage: 100, mode: equalizing}", kTraces,
     "[{trace: 1, state: ' a=b , 1t@s=c d,,'}]", "- {trace: 1, state: 'ot=th:0,a=b,1t@s=c d'}\n"},
    {"a priority keeps spans of any randomness", "{sampling_percentage: 1, mode: equalizing}",
     kTraces,
     "[{trace: 1, state: 'ot=rv:00000000000000', attributes: {sampling.priority: '0x1p1'}}]",
     "- {trace: 1, state: 'ot=rv:00000000000000;th:0', attributes: {sampling.priority: "
     "'0x1p1'}}\n"},
    {"hashing writes the randomness of a log's trace down", "{sampling_percentage: 100}", kLogs,
     "[{trace: 1}]",
     "- {attributes: {sampling.randomness: '74f42e348fe2c2', sampling.threshold: '0'}, trace: "
     "1}\n"},
    {"a log's own percentage", "{sampling_percentage: 10, mode: equalizing, sampling_priority: p}",
     kLogs,
     "[{trace: 1, attributes: {p: 50, sampling.randomness: '70000000000000'}}, {trace: 1, "
     "attributes: {p: 50, sampling.randomness: '80000000000000'}}]",
     "- {attributes: {p: 50, sampling.randomness: '80000000000000', sampling.threshold: '8'}, "
     "trace: 1}\n"},
    {"a log without a percentage of its own",
     "{sampling_percentage: 100, mode: equalizing, sampling_priority: p}", kLogs,
     "[{trace: 1, attributes: {p: 0}}]",
     "- {attributes: {p: 0, sampling.threshold: '0'}, trace: 1}\n"},
    {"a share that is never lowered",
     "{sampling_percentage: 50, mode: equalizing, sampling_priority: p}", kLogs,
     "[{attributes: {sampling.randomness: fefefefefefefe, sampling.threshold: c, p: 37}}]",
     "- {attributes: {sampling.randomness: fefefefefefefe, sampling.threshold: c, p: 37}}\n"},
    {"a log's own percentage may be less than everybody's",
     "{sampling_percentage: 100, mode: equalizing, sampling_priority: p}", kLogs,
     "[{trace: 1, attributes: {p: 50, sampling.randomness: '70000000000000'}}]", ""},
    {"a log's wrong threshold is replaced",
     "{sampling_percentage: 50, mode: equalizing, fail_closed: false}", kLogs,
     "[{attributes: {sampling.threshold: c, a: 1, sampling.randomness: '80000000000000'}}]",
     "- {attributes: {sampling.randomness: '80000000000000', a: 1, sampling.threshold: '0'}}\n"},
    {"nothing is kept but by priority, and a trace state that is none goes",
     "{sampling_percentage: 0}", kTraces,
     "[{trace: 1, state: 'ot=bad,x=y', attributes: {sampling.priority: 1}}, {trace: 1, state: "
     "'x', attributes: {sampling.priority: 1}}, {trace: 1, state: 'ot=rv:12;a:b', attributes: "
     "{sampling.priority: 1}}]",
     "- {trace: 1, state: 'ot=th:0,x=y', attributes: {sampling.priority: 1}}\n- {trace: 1, state: "
     "'ot=th:0', attributes: {sampling.priority: 1}}\n- {trace: 1, state: 'ot=th:0;a:b', "
     "attributes: {sampling.priority: 1}}\n"},
    {"a log whose threshold is none", "{sampling_percentage: 100}", kLogs,
     "[{trace: 1, attributes: {sampling.threshold: x}}]", ""},
    {"consistent samplers go by no attribute",
     "{sampling_percentage: 100, mode: equalizing, attribute_source: record, from_attribute: a}",
     kLogs, "[{attributes: {a: x}}]", ""},
    {"and by the trace even so",
     "{sampling_percentage: 100, mode: equalizing, attribute_source: record, from_attribute: a}",
     kLogs, "[{trace: 1, attributes: {a: x}}]",
     "- {attributes: {a: x, sampling.threshold: '0'}, trace: 1}\n"},
};

TEST(ProbabilisticSampler, WhatRecordsCarry) {
  for (const Carrying& c : kCarrying) {
    SCOPED_TRACE(c.name);
    Rig rig("probabilistic_sampler", c.options, c.signal);
    ASSERT_EQ(rig.problem(), "");
    EXPECT_EQ(rig.change(c.in), c.out);
  }
}

TEST(ProbabilisticSampler, WhatHasNothingToGoBy) {
  EXPECT_EQ(kept("{sampling_percentage: 100}", otlp::Signal::Logs, "[{body: a}]"), 0U);
  EXPECT_EQ(kept("{sampling_percentage: 1, fail_closed: false}", otlp::Signal::Logs, "[{body: a}]"),
            1U);
}

TEST(ProbabilisticSampler, SaysWhatHasNoEffect) {
  const std::pair<const char*, const char*> cases[] = {
      {"{mode: equalizing, hash_seed: 5}", "hash_seed"},
      {"{mode: proportional, attribute_source: record}", "attribute_source"},
      {"{mode: proportional, from_attribute: a}", "from_attribute"},
      {"{hash_seed: 5, from_attribute: a}", ""},
      {"{mode: equalizing, hash_seed: 0, attribute_source: traceID}", ""},
  };
  for (const auto& [options, expected] : cases) {
    SCOPED_TRACE(options);
    const Rig rig("probabilistic_sampler", options, otlp::Signal::Logs);
    EXPECT_EQ(rig.warnings().empty(), *expected == '\0') << rig.warnings();
    EXPECT_NE(rig.warnings().find(expected), std::string::npos) << rig.warnings();
  }
}

TEST(ProbabilisticSampler, RefusesWhatCannotWork) {
  const std::pair<const char*, const char*> cases[] = {
      {"{sampling_percentage: -1}", "from 0 on, found the integer -1"},
      {"{sampling_percentage: 1.0e-20}", "at least one of 2^56, found the number 1.0e-20"},
      {"{sampling_percentage: x}", "number"},
      {"{sampling_precision: 0}", "1 to 14"},
      {"{sampling_precision: 15}", "1 to 14"},
      {"{mode: fair}", "proportional"},
      {"{attribute_source: body}",
       ":1:20: probabilistic_sampler::attribute_source: expected traceID or record, found the text "
       "\"body\""},
  };
  for (const auto& [options, expected] : cases) {
    SCOPED_TRACE(options);
    const Rig rig("probabilistic_sampler", options, otlp::Signal::Logs);
    EXPECT_NE(rig.problem().find(expected), std::string::npos) << rig.problem();
  }
}

}  // namespace
}  // namespace sluice::components
