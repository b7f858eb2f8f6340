#include "components/exporters/nop/nop.h"

#include <gtest/gtest.h>

#include "testing/simple_exporter_rig.h"

namespace sluice::components {
namespace {

TEST(NopExporter, TakesEverything) {
  testing::SimpleExporterRig rig("nop", "{}");
  for (const otlp::Signal signal :
       {otlp::Signal::Logs, otlp::Signal::Traces, otlp::Signal::Metrics}) {
    const pipeline::Outcome outcome = rig.send("[{}]", signal);
    EXPECT_TRUE(outcome.status.ok());
    EXPECT_EQ(outcome.rejected, 0u);
  }
}

TEST(NopExporter, HasNoOptions) {
  config::Diagnostics diagnostics;
  nop_exporter_factory()->read(config::parse_yaml("{a: 1}", "").value(), {diagnostics, "nop", {}});
  EXPECT_FALSE(diagnostics.ok());
}

}  // namespace
}  // namespace sluice::components
