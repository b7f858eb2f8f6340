#include "components/processors/resourcedetection/detect.h"

#include <gtest/gtest.h>

namespace sluice::components::resourcedetection_processor {
namespace {

std::string shown(std::string_view text) {
  const auto found = parse_resource_attributes(text);
  if (!found.ok()) return "refused";
  std::string out;
  for (const auto& [key, value] : *found) out += key + "=" + value + ";";
  return out;
}

TEST(Detect, ReadsTheEnvironmentVariable) {
  const std::pair<const char*, const char*> cases[] = {
      {"", ""},
      {"a=b", "a=b;"},
      {" a = b , c=d ,", "a=b;c=d;"},
      {"service.name=x=y", "service.name=x=y;"},
      {"a=", "a=;"},
      {"a=%2C+%C3%A9", "a=, \xc3\xa9;"},
      {"a", "refused"},
      {"=b", "refused"},
      {"a=%", "refused"},
      {"a=b,,c=d", "refused"},
      {"a=\xc3\xa9", "refused"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(shown(text), expected) << text;
}

TEST(Detect, TheEnvironmentIsFilteredByItsList) {
  EnvConfig config;
  config.allowlist = {"c"};
  const auto found = detect_env(config, [](const char* name) -> const char* {
    return std::string_view(name) == "OTEL_RESOURCE_ATTRIBUTES" ? "a=b,c=d" : nullptr;
  });
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(*found, (Detected{{"c", "d"}}));
}

TEST(Detect, TheHostHasANameAndASystem) {
  SystemConfig config;
  config.hostname_sources = {"os"};
  config.resource_attributes = {{"os.type", {false}}, {"host.arch", {true}}};
  const auto found = detect_system(config);
  ASSERT_TRUE(found.ok());
  ASSERT_EQ(found->size(), 2u);
  EXPECT_EQ((*found)[0].first, "host.name");
  EXPECT_EQ((*found)[1].first, "host.arch");
}

TEST(Detect, WithoutADaemonDockerIsAnError) {
  EXPECT_FALSE(detect_docker({}, "/nonexistent/docker.sock", std::chrono::seconds(1)).ok());
}

}  // namespace
}  // namespace sluice::components::resourcedetection_processor
