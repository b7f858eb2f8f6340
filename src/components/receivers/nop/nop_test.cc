#include "components/receivers/nop/nop.h"

#include <gtest/gtest.h>

#include "testing/rig.h"

namespace sluice::components {
namespace {

TEST(NopReceiver, ListensNowhereAndSendsNothing) {
  testing::Lanes lanes(1);
  Budget budget(1 << 20);
  metrics::Registry metrics;
  pipeline::Host host{lanes.loops(), budget, metrics};
  testing::Sink sink;
  pipeline::Inputs inputs;
  for (auto& each : inputs) each = {&sink};
  const auto factory = nop_receiver_factory();
  config::Diagnostics diagnostics;
  const auto options = factory->read(config::Node::map(), {diagnostics, "nop", {}});
  auto receiver = factory->receiver(options, {"nop", ""}, inputs, host);
  ASSERT_TRUE(receiver.ok());
  EXPECT_TRUE((*receiver)->start().ok());
  EXPECT_TRUE((*receiver)->addresses().empty());
  std::promise<void> done;
  (*receiver)->stop([&] { done.set_value(); });
  done.get_future().wait();
  EXPECT_EQ(sink.batches(), 0u);
}

TEST(NopReceiver, HasNoOptions) {
  config::Diagnostics diagnostics;
  nop_receiver_factory()->read(config::parse_yaml("{a: 1}", "").value(), {diagnostics, "nop", {}});
  EXPECT_FALSE(diagnostics.ok());
}

}  // namespace
}  // namespace sluice::components
