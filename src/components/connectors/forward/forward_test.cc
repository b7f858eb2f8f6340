#include <gtest/gtest.h>

#include "testing/rig.h"

namespace sluice::components {
namespace {

using testing::Rig;

using config::Section;

TEST(Forward, GivesEachPipelineItsOwnCopy) {
  Rig rig(Section::Connectors, "forward", "{}", otlp::Signal::Logs, 1, {"a", "b", "c"});
  ASSERT_EQ(rig.problem(), "");
  EXPECT_TRUE(rig.send("[{resource: {r: 1}, body: {x: [1]}}]").status.ok());
  for (size_t output = 0; output < 3; ++output)
    EXPECT_EQ(rig.take(output), "- {resource: {r: 1}, body: {x: [1]}}\n");
}

TEST(Forward, TheSenderHearsTheWorst) {
  Rig rig(Section::Connectors, "forward", "{}", otlp::Signal::Logs, 1, {"a", "b"});
  rig.sink(0, 1).answer_with(unavailable("later"));
  EXPECT_EQ(rig.send("[{body: a}]").status, unavailable("later"));
}

TEST(Forward, HasNoOptions) {
  const Rig rig(Section::Connectors, "forward", "{a: 1}", otlp::Signal::Logs);
  EXPECT_NE(rig.problem().find("::a"), std::string::npos);
}

}  // namespace
}  // namespace sluice::components
