#include "config/yaml_writer.h"

#include <gtest/gtest.h>

#include "config/yaml.h"

namespace sluice::config {
namespace {

TEST(YamlWriter, WhatIsWrittenReadsAsTheSame) {
  const std::string text = R"(receivers:
  otlp/a b:
    endpoint: localhost:4317
    empty: {}
    none: null
    list:
      - one
      - key: value
        other:
          - []
numbers:
  whole: 5
  point: 1.5
  text: "5"
  word: "true"
  odd: "a: b # \"c\" \\ \x0a"
)";
  const auto tree = parse_yaml(text, "test");
  ASSERT_TRUE(tree.ok()) << tree.status().to_string();
  const std::string written = to_yaml(*tree);
  const auto again = parse_yaml(written, "test");
  ASSERT_TRUE(again.ok()) << written;
  EXPECT_EQ(to_yaml(*again), written);
  EXPECT_NE(written.find("text: \"5\"\n"), std::string::npos) << written;
  EXPECT_NE(written.find("whole: 5\n"), std::string::npos) << written;
}

}  // namespace
}  // namespace sluice::config
