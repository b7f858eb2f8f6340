#include "config/json.h"

#include <gtest/gtest.h>

#include "config/yaml.h"

namespace sluice::config {

struct Inner {
  bool on = true;
};

struct Middle {
  Inner inner;
  Inner other;
};

struct Outer {
  std::string name = "n";
  Inner off{false};
  std::vector<Inner> parts;
  std::string key;
  Middle middle;
  bool unused = false;
};

static const Schema<Inner>& schema_of(const Inner*) {
  static const auto schema = Schema<Inner>().field("on", &Inner::on, "Whether.");
  return schema;
}

static const Schema<Middle>& schema_of(const Middle*) {
  static const auto schema = Schema<Middle>()
                                 .field("inner", &Middle::inner, "One.")
                                 .field("other", &Middle::other, "Another.");
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
                                 .field("middle", &Outer::middle, "Parts of a part.")
                                 .ignored_below("inner::on", "it is always on")
                                 .ignored_below("other", "there is no other")
                                 .field("unused", &Outer::unused, "Once.")
                                 .ignored("nothing uses it")
                                 .refuse("tls", "there is none")
                                 .ignore<std::string>("old", "it is old");
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

const Node& member(const Node& schema, std::string_view name) {
  const Node* either = schema.find("anyOf");
  const Node& object = either != nullptr ? either->items.at(0) : schema;
  return *object.find("properties")->find(name);
}

/// Editors show either word; a description is for those that know none.
TEST(JsonSchema, OptionsWithoutEffectAreMarkedWhereverThatIsSaid) {
  const Node whole = json_schema(schema_of(static_cast<const Outer*>(nullptr)));
  const Node& middle = member(whole, "middle");
  const std::tuple<const Node*, const char*, const char*> ignored[] = {
      {&member(whole, "old"), "Has no effect: it is old.", "Has no effect: it is old."},
      {&member(whole, "unused"), "Has no effect: nothing uses it.",
       "Once. Has no effect: nothing uses it."},
      {&member(member(middle, "inner"), "on"), "Has no effect: it is always on.",
       "Whether. Has no effect: it is always on."},
      {&member(middle, "other"), "Has no effect: there is no other.",
       "Another. Has no effect: there is no other."},
  };
  for (const auto& [option, message, description] : ignored) {
    ASSERT_NE(option->find("deprecated"), nullptr) << description;
    EXPECT_TRUE(option->find("deprecated")->boolean);
    EXPECT_EQ(option->find("deprecationMessage")->text, message);
    EXPECT_EQ(option->find("description")->text, description);
  }
  for (const Node* option : {&middle, &member(middle, "inner"), &member(whole, "off"),
                             &member(member(whole, "off"), "on")})
    EXPECT_EQ(option->find("deprecated"), nullptr);
}

}  // namespace
}  // namespace sluice::config
