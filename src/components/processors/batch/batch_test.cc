#include <gtest/gtest.h>

#include "testing/rig.h"

namespace sluice::components {
namespace {

using testing::Rig;

/// Putting together is the exporters' business: a batch that waited here would have to be answered
/// before it is stored.
TEST(Batch, PassesRequestsOnAtOnce) {
  Rig rig("batch", "{timeout: 1h, send_batch_size: 100000}", otlp::Signal::Logs);
  ASSERT_EQ(rig.problem(), "");
  EXPECT_EQ(rig.change("[{body: a}]"), "- {body: a}\n");
}

TEST(Batch, TheSenderHearsWhatBecameOfIt) {
  Rig rig("batch", "{}", otlp::Signal::Logs);
  rig.sink().answer_with(unavailable("later"));
  EXPECT_EQ(rig.send("[{body: a}]").status, unavailable("later"));
}

TEST(Batch, TellsHowLargeRequestsAre) {
  Rig rig("batch", "{}", otlp::Signal::Logs);
  rig.send("[{body: a}, {body: b}]");
  const std::string page = rig.metrics().render();
  for (const char* line : {"otelcol_processor_batch_batch_send_size_sum{processor=\"batch\"} 2\n",
                           "otelcol_processor_batch_batch_send_size_count{processor=\"batch\"} 1\n",
                           "otelcol_processor_batch_metadata_cardinality{processor=\"batch\"} 1\n"})
    EXPECT_NE(page.find(line), std::string::npos) << line << page;
}

TEST(Batch, WhatHasNoEffectIsAWarning) {
  const Rig rig("batch", "{metadata_keys: [a], metadata_cardinality_limit: 5}", otlp::Signal::Logs);
  EXPECT_NE(rig.warnings().find("metadata_keys: this option has no effect"), std::string::npos)
      << rig.warnings();
  EXPECT_NE(rig.warnings().find("metadata_cardinality_limit: this"), std::string::npos);
}

TEST(Batch, RefusesWhatCannotWork) {
  const std::pair<const char*, const char*> cases[] = {
      {"{send_batch_max_size: 100}", "send_batch_size"},
      {"{timeout: -1s}", "timeout"},
      {"{metadata_keys: [a, A]}", "twice"},
      {"{size: 1}", "size"},
  };
  for (const auto& [options, expected] : cases) {
    SCOPED_TRACE(options);
    const Rig rig("batch", options, otlp::Signal::Logs);
    EXPECT_NE(rig.problem().find(expected), std::string::npos) << rig.problem();
  }
}

}  // namespace
}  // namespace sluice::components
