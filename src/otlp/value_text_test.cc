#include "otlp/value_text.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace sluice::otlp {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(ValueText, JsonOfBothStyles) {
  Value list[] = {Value::integer(1), Value::real(1), {}};
  KeyValue members[] = {{"b", Value::array(list, 3)},
                        {"a\n", Value::boolean(true)},
                        {"", Value::map(nullptr, 0)},
                        {"b", Value::bytes("\xff")}};
  const struct {
    Value value;
    const char* text;  // null: JSON has no word for it
    const char* typed;
  } cases[] = {
      {{}, "null", "null"},
      {Value::string("\xff \"<"), R"("\ufffd \"<")", R"("\ufffd \"<")"},
      {Value::boolean(false), "false", "false"},
      {Value::integer(INT64_MIN), "-9223372036854775808", "-9223372036854775808"},
      {Value::real(0), "0", "0.0"},
      {Value::real(-0.0), "-0", "-0.0"},
      {Value::real(200), "200", "200.0"},
      {Value::real(1.5), "1.5", "1.5"},
      {Value::real(1e20), "100000000000000000000", "100000000000000000000.0"},
      {Value::real(1e21), "1e+21", "1e+21"},
      {Value::real(1e-7), "1e-7", "1e-7"},
      {Value::real(kNan), nullptr, R"("NaN")"},
      {Value::real(kInfinity), nullptr, R"("Infinity")"},
      {Value::real(-kInfinity), nullptr, R"("-Infinity")"},
      {Value::bytes("hi"), R"("aGk=")", R"("aGk=")"},
      {Value::bytes(""), "null", "null"},
      {Value::array(list, 3), "[1,1,null]", "[1,1.0,null]"},
      {Value::map(nullptr, 0), "{}", "{}"},
      // Sorted; of equal keys the last.
      {Value::map(members, 4), R"({"":{},"a\n":true,"b":"/w=="})",
       R"({"":{},"a\n":true,"b":"/w=="})"},
      {Value::map(members, 3), R"({"":{},"a\n":true,"b":[1,1,null]})",
       R"({"":{},"a\n":true,"b":[1,1.0,null]})"},
  };
  for (const auto& c : cases) {
    Buffer text;
    EXPECT_EQ(append_json(c.value, text), c.text != nullptr) << c.typed;
    if (c.text != nullptr) {
      EXPECT_EQ(text.view(), c.text);
    }
    Arena arena;
    Attributes attributes;
    attributes.push_back(arena, {"v", c.value});
    Buffer typed;
    append_typed_json(attributes, typed);
    EXPECT_EQ(typed.view(), "{\"v\":" + std::string(c.typed) + "}");
  }
}

}  // namespace
}  // namespace sluice::otlp
