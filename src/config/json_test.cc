#include "config/json.h"

#include <gtest/gtest.h>

#include "config/yaml.h"

namespace sluice::config {

struct Inner {
  bool on = true;
};

struct Outer {
  std::string name = "n";
  Inner off{false};
  std::vector<Inner> parts;
  std::string key;
};

static const Schema<Inner>& schema_of(const Inner*) {
  static const auto schema = Schema<Inner>().field("on", &Inner::on, "Whether.");
  return schema;
}

static const Schema<Outer>& schema_of(const Outer*) {
  static const auto schema = Schema<Outer>()
                                 .field("name", &Outer::name, "What.")
                                 .field("off", &Outer::off, "Another default.")
                                 .field("parts", &Outer::parts, "Several.")
                                 .field("key", &Outer::key, "A secret.")
                                 .required()
                                 .secret()
                                 .refuse("tls", "there is none")
                                 .ignore("old", "it is old");
  return schema;
}

namespace {

TEST(Json, WritesWhatItReads) {
  const char* text =
      "{\n  \"a\": [\n    1,\n    2.5,\n    \"x\\\"\\u000a\",\n    null\n  ],\n  \"b\": {},\n  "
      "\"c\": true\n}\n";
  EXPECT_EQ(to_json(*parse_yaml(text, "")), text);
}

TEST(JsonSchema, DescribesASchema) {
  const Node node = json_schema(schema_of(static_cast<const Outer*>(nullptr)));
  const Node* properties = node.find("properties");
  ASSERT_NE(properties, nullptr);
  EXPECT_EQ(properties->find("tls"), nullptr) << "what is refused is not offered";
  EXPECT_EQ(properties->find("name")->find("default")->text, "n");
  EXPECT_EQ(properties->find("key")->find("default"), nullptr);
  EXPECT_EQ(properties->find("old")->find("description")->text, "Has no effect: it is old.");
  EXPECT_EQ(node.find("required")->items.at(0).text, "key");
  EXPECT_FALSE(node.find("additionalProperties")->boolean);
  const Node& parts = properties->find("parts")->find("anyOf")->items.at(0);
  const Node& part = parts.find("items")->find("anyOf")->items.at(0);
  EXPECT_NE(part.find("properties")->find("on"), nullptr);
}

}  // namespace
}  // namespace sluice::config
