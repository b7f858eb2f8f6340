#include <gtest/gtest.h>

#include "testing/rig.h"

namespace sluice::components {
namespace {

using testing::Rig;

TEST(ResourceDetection, DetectorsMayBeOneTextWithCommas) {
  const Rig rig("resourcedetection", "{detectors: 'env, system', system: {hostname_sources: [os]}}",
                otlp::Signal::Logs);
  EXPECT_EQ(rig.problem(), "");
}

TEST(ResourceDetection, WithoutADetectorNothingIsAdded) {
  Rig rig("resourcedetection", "{detectors: []}", otlp::Signal::Logs);
  ASSERT_EQ(rig.problem(), "");
  EXPECT_NE(rig.warnings().find("without a detector"), std::string::npos) << rig.warnings();
  EXPECT_EQ(rig.change("[{body: a}]"), "- {body: a}\n");
}

TEST(ResourceDetection, OptionsOfADetectorNeedIt) {
  const std::string system = ", system: {hostname_sources: [os]}}";
  const Rig without("resourcedetection", "{detectors: [env]" + system, otlp::Signal::Logs);
  EXPECT_NE(without.warnings().find("system: this option has no effect unless system is one of"),
            std::string::npos)
      << without.warnings();
  const Rig with("resourcedetection", "{detectors: [env, ' system ']" + system, otlp::Signal::Logs);
  EXPECT_EQ(with.warnings(), "");
}

TEST(ResourceDetection, RefusesWhatIsNotThere) {
  const std::pair<const char*, const char*> cases[] = {
      {"{detectors: [ec2]}", "no detector \"ec2\""},
      {"{detectors: [system], system: {hostname_sources: [invalid_source]}}", "invalid_source"},
      {"{system: {resource_attributes: {host.nome: {enabled: true}}}}", "host.nome"},
      {"{timeout: abc}", "timeout"}};
  for (const auto& [options, expected] : cases) {
    const Rig rig("resourcedetection", options, otlp::Signal::Logs);
    EXPECT_NE(rig.problem().find(expected), std::string::npos) << options << rig.problem();
  }
}

}  // namespace
}  // namespace sluice::components
