#include "components/exporters/debug/debug.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "components/exporters/debug/outputs.h"
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
  const std::string text = logged("{verbosity: Basic}", [](auto& rig) {
    EXPECT_TRUE(rig.send("[{body: secret}, {body: b}]").status.ok());
    rig.send("[{name: a}]", Signal::Traces);
    rig.send("[{name: m, type: gauge, points: [{value: 1}, {value: 2}]}]", Signal::Metrics);
  });
  EXPECT_EQ(lines(text), 3u) << text;
  for (const char* part :
       {"\"msg\":\"Logs\",\"exporter\":\"debug\",\"resource logs\":\"1\",\"log records\":\"2\"",
        "\"msg\":\"Traces\",\"exporter\":\"debug\",\"resource spans\":\"1\",\"spans\":\"1\"",
        "\"resource metrics\":\"1\",\"metrics\":\"1\",\"data points\":\"2\""})
    EXPECT_NE(text.find(part), std::string::npos) << text;
  EXPECT_EQ(text.find("secret"), std::string::npos) << text;
}

TEST(Debug, EachLineOfTheTextIsALineOfTheLog) {
  const std::string text = logged(
      "{verbosity: normal}", [](auto& rig) { rig.send("[{body: \"one\\u0001\"}, {body: two}]"); });
  EXPECT_EQ(lines(text), 5u) << text;
  EXPECT_NE(text.find("\"msg\":\"one\\u0001 \""), std::string::npos) << text;
  EXPECT_NE(text.find("\"msg\":\"two \""), std::string::npos) << text;
}

TEST(Debug, FilesGetTheTextAsItIs) {
  const std::string path = ::testing::TempDir() + "debug_outputs.txt";
  std::filesystem::remove(path);
  const std::string options =
      "{verbosity: normal, use_internal_logger: false, output_paths: [" + path + "]}";
  for (const char* body : {"one", "two"})
    EXPECT_EQ(logged(options, [&](auto& rig) { rig.send("[{body: " + std::string(body) + "}]"); }),
              "");
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(),
            "Logs\t{\"resource logs\": 1, \"log records\": 1}\n"
            "ResourceLog #0\nScopeLog #0\none \n\n"
            "Logs\t{\"resource logs\": 1, \"log records\": 1}\n"
            "ResourceLog #0\nScopeLog #0\ntwo \n\n");
}

TEST(Debug, OutputsThatCannotBeAreRefused) {
  for (const char* path : {"/nowhere/at/all", "http://a", ""})
    EXPECT_FALSE(debug_exporter::Outputs::open({path}).ok()) << path;
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
  EXPECT_EQ(lines_of_20("{sampling_initial: 15, sampling_thereafter: 100}"), 15u);
  EXPECT_EQ(lines_of_20("{sampling_initial: -1, sampling_thereafter: 0}"), 20u);
}

TEST(Debug, CountsWhatItTookWhetherItWasSaidOrNot) {
  SimpleExporterRig rig("debug", "{sampling_initial: 0, sampling_thereafter: 0}");
  rig.send("[{body: a}, {body: b}]");
  EXPECT_NE(
      rig.metrics().render().find("otelcol_exporter_sent_log_records_total{exporter=\"debug\"}"
                                  " 2\n"),
      std::string::npos);
}

TEST(Debug, SignalsAreSampledApart) {
  const std::string text = logged("{sampling_initial: 1, sampling_thereafter: 0}", [](auto& rig) {
    rig.send("[{body: a}]");
    rig.send("[{name: a}]", Signal::Traces);
  });
  EXPECT_EQ(lines(text), 2u) << text;
}

}  // namespace
}  // namespace sluice::components
