#include "components/processors/resourcedetection/detect.h"

#include <gtest/gtest.h>

namespace sluice::components::resourcedetection_processor {
namespace {

std::string shown(std::string_view text) {
  const auto found = parse_resource_attributes(text);
  if (!found.ok()) return "refused";
  std::string out;
  for (const auto& [key, value] : *found) out += key + "=" + std::get<std::string>(value) + ";";
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
      {" example.org/test-1 =  test $ %3A \\\" ,  Abc=Def  ",
       "example.org/test-1=test $ : \\\";Abc=Def;"},
      {"invalid=url-%3-encoding", "refused"},
      {"extra=chars, a", "refused"},
      {"invalid=char,\xc3\xbc"
       "between=attributes",
       "refused"},
      {"\xc3\xbc=test", "refused"},
      {"a=b,,c=d", "a=b;,c=d;"},
      {"a=b, c, d=e", "a=b;c, d=e;"},
      {"a=b,a=c", "a=c;"},
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

TEST(Detect, TheOldVariableCountsWhereTheOtherIsEmpty) {
  const auto found = detect_env({}, [](const char* name) -> const char* {
    return std::string_view(name) == "OTEL_RESOURCE" ? "key=value" : " ";
  });
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(*found, (Detected{{"key", "value"}}));
}

TEST(Detect, TheFirstProcessorIsDescribed) {
  const auto found = parse_cpuinfo(
      "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 85\n"
      "model name\t: Intel(R) Xeon(R)\nstepping\t: 7\ncache size\t: 33792 KB\nflags\t\t:\n\n"
      "processor\t: 1\nvendor_id\t: Other\n");
  EXPECT_EQ(found, (Detected{{"host.cpu.vendor.id", "GenuineIntel"},
                             {"host.cpu.family", "6"},
                             {"host.cpu.model.id", "85"},
                             {"host.cpu.model.name", "Intel(R) Xeon(R)"},
                             {"host.cpu.stepping", "7"},
                             {"host.cpu.cache.l2.size", int64_t{33792}}}));
  EXPECT_TRUE(parse_cpuinfo("").empty());
}

TEST(Detect, ArchitecturesHaveTheNamesOfTheConventions) {
  const std::pair<const char*, const char*> cases[] = {{"x86_64", "amd64"},  {"aarch64", "arm64"},
                                                       {"armv7l", "arm32"},  {"i686", "x86"},
                                                       {"ppc64le", "ppc64"}, {"s390x", "s390x"}};
  for (const auto& [machine, expected] : cases) EXPECT_EQ(architecture(machine), expected);
}

TEST(Detect, AllAttributesOfTheHostCanBeSwitchedOn) {
  SystemConfig config;
  config.hostname_sources = {"os"};
  for (const std::string& name : system_attributes())
    config.resource_attributes.push_back({name, {true}});
  const auto found = detect_system(config);
  ASSERT_TRUE(found.ok());
  const std::vector<std::string> known = system_attributes();
  const bool has_build = std::any_of(found->begin(), found->end(),
                                     [](const auto& pair) { return pair.first == "os.build.id"; });
  EXPECT_TRUE(has_build) << "the kernel's release, if the system has no number of its own";
  for (const auto& [key, value] : *found) {
    EXPECT_NE(std::find(known.begin(), known.end(), key), known.end()) << key;
    if (key == "os.description") {
      EXPECT_NE(std::get<std::string>(value).find("Linux "), std::string::npos);
    }
    if (key != "host.mac") continue;
    for (const std::string& mac : std::get<std::vector<std::string>>(value))
      EXPECT_EQ(mac.size() % 3, 2u) << mac;
  }
}

TEST(Detect, WithoutADaemonDockerIsAnError) {
  EXPECT_FALSE(detect_docker({}, "/nonexistent/docker.sock", std::chrono::seconds(1)).ok());
}

}  // namespace
}  // namespace sluice::components::resourcedetection_processor
