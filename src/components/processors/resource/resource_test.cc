#include <gtest/gtest.h>

#include "testing/rig.h"

namespace sluice::components {
namespace {

using testing::Rig;

TEST(Resource, ChangesTheResourcesOfAllSignals) {
  const char* const kOptions =
      "{attributes: [{key: a, action: upsert, value: 1}, {key: b, action: delete}]}";
  for (const otlp::Signal signal :
       {otlp::Signal::Logs, otlp::Signal::Traces, otlp::Signal::Metrics}) {
    Rig rig("resource", kOptions, signal);
    ASSERT_EQ(rig.problem(), "");
    const std::string out = rig.change("[{resource: {b: 2, c: 3}}]");
    EXPECT_EQ(out, "- {resource: {a: 1, c: 3}}\n");
  }
}

TEST(Resource, LeavesRecordsAlone) {
  Rig rig("resource", "{attributes: [{key: a, action: delete}]}", otlp::Signal::Logs);
  EXPECT_EQ(rig.change("[{resource: {a: 1, r: 2}, body: b, attributes: {a: 1}}]"),
            "- {resource: {r: 2}, body: b, attributes: {a: 1}}\n");
}

TEST(Resource, RefusesWhatCannotWork) {
  for (const char* options :
       {"{}", "{attributes: []}", "{attributes: [{key: a, action: nothing}]}"}) {
    const Rig rig("resource", options, otlp::Signal::Logs);
    EXPECT_NE(rig.problem(), "") << options;
  }
}

}  // namespace
}  // namespace sluice::components
