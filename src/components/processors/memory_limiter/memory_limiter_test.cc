#include <gtest/gtest.h>

#include "testing/rig.h"

namespace sluice::components {
namespace {

using testing::Rig;

constexpr size_t kMiB = 1 << 20;

TEST(MemoryLimiter, RefusesBeyondTheLimitLessTheSpike) {
  const std::tuple<const char*, size_t, bool> cases[] = {
      {"limit_mib: 100", 80 * kMiB, true},
      {"limit_mib: 100", 80 * kMiB + 1, false},
      {"limit_mib: 100, spike_limit_mib: 50", 50 * kMiB, true},
      {"limit_mib: 100, spike_limit_mib: 50", 50 * kMiB + 1, false},
      {"limit_mib: 100, limit_percentage: 1", 80 * kMiB, true},
      {"limit_percentage: 100, spike_limit_percentage: 1", 10 * kMiB, true},
      {"limit_mib: 4", kMiB * 16 / 5, true},  // a fifth in bytes
      {"limit_mib: 4", kMiB * 16 / 5 + 2, false},
  };
  for (const auto& [options, used, is_taken] : cases) {
    SCOPED_TRACE(options);
    Rig rig("memory_limiter", "{check_interval: 1s, " + std::string(options) + "}",
            otlp::Signal::Logs);
    ASSERT_EQ(rig.problem(), "");
    Budget::Share share;
    rig.budget().charge(share, used);
    const Status status = rig.send("[{body: a}]").status;
    EXPECT_EQ(status.ok(), is_taken);
    EXPECT_EQ(status.retryable(), !is_taken) << "the sender is to come again";
  }
}

size_t count(const std::string& text, std::string_view part) {
  size_t found = 0;
  for (size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++found;
  return found;
}

TEST(MemoryLimiter, IsIntroducedOnceHoweverManyPipelinesItStandsIn) {
  testing::Lanes lanes(1);
  Budget budget(1 << 20);
  metrics::Registry metrics;
  pipeline::Host host{lanes.loops(), budget, metrics};
  const pipeline::Factory* factory =
      all_components().find(config::Section::Processors, "memory_limiter");
  config::Diagnostics diagnostics;
  const auto options =
      factory->read(config::parse_yaml("{check_interval: 1s, limit_mib: 100}", "").value(),
                    {diagnostics, "memory_limiter", {}});
  ::testing::internal::CaptureStderr();
  for (const char* name : {"", "b"}) {
    for (const otlp::Signal signal :
         {otlp::Signal::Logs, otlp::Signal::Traces, otlp::Signal::Metrics}) {
      auto made = factory->processor(options, {"memory_limiter", name}, signal, host);
      ASSERT_TRUE(made.ok());
      EXPECT_TRUE((*made)->start().ok());
    }
  }
  const std::string text = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(count(text, "Memory limiter configured"), 2u) << text;
  EXPECT_EQ(count(text, "memory_limiter/b"), 1u) << text;
}

TEST(MemoryLimiter, TheLogHasItsLimitsAndSaysNowAndThenThatItRefuses) {
  for (const auto& [interval, lines] : {std::pair("1h", 1), std::pair("1ns", 3)}) {
    SCOPED_TRACE(interval);
    ::testing::internal::CaptureStderr();
    {
      Rig rig(
          "memory_limiter",
          "{check_interval: " + std::string(interval) + ", limit_mib: 100, spike_limit_mib: 30}",
          otlp::Signal::Logs);
      ASSERT_EQ(rig.problem(), "");
      Budget::Share share;
      rig.budget().charge(share, 71 * kMiB);
      for (int i = 0; i < 3; ++i) rig.send("[{body: a}]");
    }
    const std::string text = ::testing::internal::GetCapturedStderr();
    EXPECT_EQ(count(text, "Memory limiter configured"), 1u) << text;
    EXPECT_NE(text.find("100"), std::string::npos) << text;
    EXPECT_NE(text.find("spike_limit_mib"), std::string::npos) << text;
    EXPECT_EQ(count(text, "data is refused"), size_t(lines)) << text;
  }
}

TEST(MemoryLimiter, CountsWhatItLetsThroughAndWhatNot) {
  Rig rig("memory_limiter", "{check_interval: 1s, limit_mib: 100}", otlp::Signal::Traces);
  rig.send("[{name: a}, {name: b}]");
  Budget::Share share;
  rig.budget().charge(share, 81 * kMiB);
  rig.send("[{name: a}, {name: b}, {name: c}]");
  const std::string page = rig.metrics().render();
  const std::string name = "otelcol_processor_memory_limiter_";
  const std::string labels = "_spans_total{processor=\"memory_limiter\"} ";
  EXPECT_NE(page.find(name + "accepted" + labels + "2\n"), std::string::npos) << page;
  EXPECT_NE(page.find(name + "refused" + labels + "3\n"), std::string::npos) << page;
}

TEST(MemoryLimiter, OfTwoLimitsTheAbsoluteOneCounts) {
  const std::pair<const char*, const char*> cases[] = {
      {"limit_mib: 100, limit_percentage: 50",
       "limit_percentage: this option has no effect beside"},
      {"limit_mib: 100, spike_limit_percentage: 5", "spike_limit_percentage: this option has no"},
      {"limit_percentage: 50, spike_limit_mib: 5", "spike_limit_mib: this option has no effect"},
      {"limit_mib: 100, spike_limit_mib: 5", ""},
  };
  for (const auto& [options, expected] : cases) {
    SCOPED_TRACE(options);
    const Rig rig("memory_limiter", "{check_interval: 1s, " + std::string(options) + "}",
                  otlp::Signal::Logs);
    EXPECT_EQ(rig.warnings().empty(), *expected == '\0') << rig.warnings();
    EXPECT_NE(rig.warnings().find(expected), std::string::npos) << rig.warnings();
  }
}

TEST(MemoryLimiter, RefusesWhatCannotWork) {
  const std::pair<const char*, const char*> cases[] = {
      {"{}", "check_interval: 1s"},
      {"{check_interval: 1s}", "limit_mib or limit_percentage"},
      {"{limit_mib: 100}", "check_interval"},
      {"{check_interval: 1s, limit_percentage: 101}", "at most 100"},
      {"{check_interval: 1s, limit_mib: 10, spike_limit_mib: 10}",
       "memory_limiter::spike_limit_mib: expected less than the 10 of limit_mib, found the integer "
       "10"},
      {"{check_interval: 1s, limit_percentage: 10, spike_limit_percentage: 10}",
       "less than the 10 of limit_percentage"},
      {"{check_interval: 1s, limit_mib: -1}", "limit_mib"},
      {"{check_interval: 1s, limit_mib: 1, min_gc_interval_when_soft_limited: abc}", "duration"},
      {"{check_interval: 1s, limit_mib: 1, min_gc_interval_when_hard_limited: 11s}",
       "min_gc_interval_when_soft_limited: 10s is less than min_gc_interval_when_hard_limited, "
       "11s"},
  };
  for (const auto& [options, expected] : cases) {
    SCOPED_TRACE(options);
    const Rig rig("memory_limiter", options, otlp::Signal::Logs);
    EXPECT_NE(rig.problem().find(expected), std::string::npos) << rig.problem();
  }
}

}  // namespace
}  // namespace sluice::components
