#include "wire/number_format.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>

#include "wire/number_parse.h"

namespace sluice::wire {
namespace {

std::string double_text(double value) {
  char out[kNumberTextMax];
  return {out, format_double(value, out)};
}

std::string int_text(int64_t value) {
  char out[kNumberTextMax];
  return {out, format_int(value, out)};
}

TEST(FormatDouble, LaysOutShortestDigits) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const struct {
    double value;
    const char* text;
  } cases[] = {
      {0.0, "0"},
      {-0.0, "-0"},
      {1.0, "1"},
      {-1.5, "-1.5"},
      {0.1, "0.1"},
      {0.1 + 0.2, "0.30000000000000004"},
      {100, "100"},
      {1234.5, "1234.5"},
      {1e15, "1000000000000000"},
      {9007199254740991.0, "9007199254740991"},
      {9007199254740992.0, "9007199254740992"},
      {9007199254740994.0, "9007199254740994"},
      {12345678901234567890.0, "12345678901234567000"},
      {1e20, "100000000000000000000"},
      {999999999999999900000.0, "999999999999999900000"},
      {1e21, "1e+21"},
      {1.5e300, "1.5e+300"},
      {0.000001, "0.000001"},
      {0.00000123, "0.00000123"},
      {0.0000001, "1e-7"},
      {1.234e-10, "1.234e-10"},
      {-2.5e-100, "-2.5e-100"},
      {5e-324, "5e-324"},
      {1.7976931348623157e+308, "1.7976931348623157e+308"},
      {kInfinity, "Infinity"},
      {-kInfinity, "-Infinity"},
      {std::nan(""), "NaN"},
  };
  for (const auto& c : cases) EXPECT_EQ(double_text(c.value), c.text);
}

TEST(FormatDouble, RandomBitsReadBackAsTheSameDouble) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 100'000; ++i) {
    const uint64_t bits = random();
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    if (std::isnan(value)) continue;
    const std::string text = double_text(value);
    ASSERT_LT(text.size(), kNumberTextMax) << text;
    double back = 0;
    ASSERT_TRUE(parse_double(text, back)) << text;
    ASSERT_EQ(back, value) << text;
  }
}

TEST(FormatInt, WritesDecimalDigits) {
  EXPECT_EQ(int_text(0), "0");
  EXPECT_EQ(int_text(-7), "-7");
  EXPECT_EQ(int_text(std::numeric_limits<int64_t>::max()), "9223372036854775807");
  EXPECT_EQ(int_text(std::numeric_limits<int64_t>::min()), "-9223372036854775808");
}

}  // namespace
}  // namespace sluice::wire
