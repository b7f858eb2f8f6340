#include "components/processors/redaction/json_sanitizer.h"

#include <gtest/gtest.h>

#include "wire/json_reader.h"

namespace sluice::components::redaction_processor {
namespace {

TEST(JsonSanitizer, MasksValuesAndKeepsNames) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"find": "users", "filter": {"age": 30}})", R"({"find":"?","filter":{"age":"?"}})"},
      {R"({"query":{"match":{"title":"secret"}}})", R"({"query":{"match":{"title":"?"}}})"},
      {R"({"query": {"match_all": {}}})", R"({"query":{"match_all":{}}})"},
      {R"( [1, -2.5e+3, true, false, null, [], "\u00e4\""] )", R"(["?","?","?","?","?",[],"?"] )"},
      {R"({"a\"b": [{"c": 1}, {"d": {}}]})", R"({"a\"b":[{"c":"?"},{"d":{}}]})"},
      {"42", R"("?")"},
      {R"({"a": 1, "a": "ä", "": 0})", R"({"a":"?","a":"?","":"?"})"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(sanitized_json(text), expected) << text;
}

TEST(JsonSanitizer, LeavesWhatIsNoJson) {
  const char* const cases[] = {
      "",       " \t\n",    "/foo/{bar}", "{",       "[1,]",      "{\"a\" 1}", "{\"a\":1,}",
      "{1: 2}", "\"a\nb\"", "\"\\x\"",    "\"\\u12", "01",        "1.",        "-",
      "1e",     "tru",      "nulls",      "{} {}",   "[1 2]",     ".5",        "+1",
      "'a'",    "[1}",      "\"a",        "NaN",     "{\"a\":1]", "\"\\",      "[,1]",
  };
  for (const char* text : cases) EXPECT_EQ(sanitized_json(text), std::nullopt) << text;
  EXPECT_EQ(sanitized_json(std::string_view("1\0", 2)), std::nullopt);
}

TEST(JsonSanitizer, GoesAsDeepAsTheOriginal) {
  const auto nested = [](size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_EQ(sanitized_json(nested(wire::kJsonSkipDepthMax)), nested(wire::kJsonSkipDepthMax));
  EXPECT_EQ(sanitized_json(nested(wire::kJsonSkipDepthMax + 1)), std::nullopt);
}

}  // namespace
}  // namespace sluice::components::redaction_processor
