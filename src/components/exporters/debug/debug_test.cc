#include "components/exporters/debug/debug.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "testing/simple_exporter_rig.h"

namespace sluice::components {
namespace {

using otlp::Signal;
using testing::SimpleExporterRig;

/// What the log has of some requests.
template <typename Send>
std::string logged(const std::string& options, Send send) {
  SimpleExporterRig rig("debug", options);
  ::testing::internal::CaptureStderr();
  send(rig);
  return ::testing::internal::GetCapturedStderr();
}

size_t lines(const std::string& text) {
  return static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST(Debug, BasicCountsRecords) {
  const std::string text = logged("{}", [](auto& rig) {
    EXPECT_TRUE(rig.send("[{body: secret}, {body: b}]").status.ok());
    rig.send("[{name: a}]", Signal::Traces);
  });
  EXPECT_EQ(lines(text), 2u) << text;
  EXPECT_NE(text.find("logs"), std::string::npos) << text;
  EXPECT_NE(text.find("traces"), std::string::npos) << text;
  EXPECT_EQ(text.find("secret"), std::string::npos) << text;
}

TEST(Debug, NormalAndDetailedHaveTheRecordsThemselves) {
  for (const char* verbosity : {"normal", "detailed"}) {
    const std::string text = logged("{verbosity: " + std::string(verbosity) + "}", [](auto& rig) {
      rig.send("[{body: one}, {body: two}]");
      rig.send("[{name: three}]", Signal::Traces);
    });
    for (const char* part : {"resourceLogs", "one", "two", "resourceSpans", "three"})
      EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
}

/// Of 20 requests within one second; once more if the machine was too slow for that.
size_t lines_of_20(const std::string& options) {
  for (;;) {
    const auto start = std::chrono::steady_clock::now();
    const size_t count = lines(logged(options, [](auto& rig) {
      for (int i = 0; i < 20; ++i) rig.send("[{body: a}]");
    }));
    if (std::chrono::steady_clock::now() - start < std::chrono::seconds(1)) return count;
  }
}

TEST(Debug, SaysTheFirstRequestsOfASecondAndThenEachSoManyth) {
  EXPECT_EQ(lines_of_20("{}"), 20u) << "of those beyond the second, each one";
  EXPECT_EQ(lines_of_20("{sampling_initial: 3, sampling_thereafter: 0}"), 3u);
  EXPECT_EQ(lines_of_20("{sampling_initial: 0, sampling_thereafter: 0}"), 0u);
  EXPECT_EQ(lines_of_20("{sampling_initial: 5, sampling_thereafter: 5}"), 8u) << "5, and of 15";
  EXPECT_EQ(lines_of_20("{sampling_initial: 15, sampling_thereafter: 100}"), 16u);
}

TEST(Debug, CountsWhatItTookWhetherItWasSaidOrNot) {
  SimpleExporterRig rig("debug", "{sampling_initial: 0, sampling_thereafter: 0}");
  rig.send("[{body: a}, {body: b}]");
  EXPECT_NE(
      rig.metrics().render().find("otelcol_exporter_sent_log_records_total{exporter=\"debug\"}"
                                  " 2\n"),
      std::string::npos);
}

TEST(Debug, WhatHasNoEffectIsAWarning) {
  const SimpleExporterRig rig("debug", "{use_internal_logger: false, output_paths: [stdout]}");
  for (const char* option : {"use_internal_logger", "output_paths"})
    EXPECT_NE(rig.warnings().find("debug::" + std::string(option) + ": this option has no effect"),
              std::string::npos);
}

}  // namespace
}  // namespace sluice::components
