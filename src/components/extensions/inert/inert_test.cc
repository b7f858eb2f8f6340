#include "components/extensions/inert/inert.h"

#include <gtest/gtest.h>

#include "testing/extension_rig.h"

namespace sluice::components {
namespace {

using testing::ExtensionRig;

TEST(Inert, IsTakenAndSaysThatItDoesNothing) {
  for (const char* type : {"pprof", "zpages"}) {
    const ExtensionRig rig(type, "{endpoint: 'localhost:1'}");
    ASSERT_EQ(rig.problem(), "");
    ::testing::internal::CaptureStderr();
    EXPECT_TRUE(rig->start().ok());
    const std::string said = ::testing::internal::GetCapturedStderr();
    EXPECT_NE(said.find("the " + std::string(type) + " extension does nothing here"),
              std::string::npos)
        << said;
    EXPECT_TRUE(rig->addresses().empty());
  }
}

TEST(Inert, OptionsAreKnownAndHaveNoEffect) {
  const ExtensionRig rig("pprof", "{save_to_file: x, endpoint: 'localhost:1'}");
  EXPECT_NE(rig.warnings().find("pprof::save_to_file: this option has no effect"),
            std::string::npos);
  EXPECT_NE(ExtensionRig("pprof", "{save_to_fiel: x}").problem().find("save_to_file"),
            std::string::npos);
}

}  // namespace
}  // namespace sluice::components
