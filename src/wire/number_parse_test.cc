#include "wire/number_parse.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>
#include <string>

namespace sluice::wire {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(ParseDouble, TakesWhatGoTakes) {
  const struct {
    const char* text;
    double value;
  } cases[] = {
      {"0", 0},
      {"1", 1},
      {"+1", 1},
      {"-1", -1},
      {"01", 1},
      {"1.", 1},
      {".5", 0.5},
      {"-.5", -0.5},
      {"1e5", 1e5},
      {"1.e5", 1e5},
      {"1E+05", 1e5},
      {"1e-7", 1e-7},
      {"9007199254740993", 9007199254740992.0},
      {"123456789012345678901234567890", 123456789012345678901234567890.0},
      {"0.30000000000000004", 0.1 + 0.2},
      {"1.7976931348623157e308", 1.7976931348623157e308},
      {"4.9e-324", 5e-324},
      {"1e-400", 0},
      {"0e400", 0},
      {"2.2250738585072011e-308", 2.2250738585072011e-308},
      {"0x1p-2", 0.25},
      {"0X1.8P1", 3},
      {"-0x10p0", -16},
      {"0x.8p0", 0.5},
      {"1_000.5", 1000.5},
      {"1_23.50_0_0e+1_2", 123.5e12},
      {"0x_1_2.3_4_5p+1_2", 74565},
      {"inf", kInfinity},
      {"+Inf", kInfinity},
      {"-INFINITY", -kInfinity},
      {"infinity", kInfinity},
  };
  for (const auto& c : cases) {
    double value = 0;
    EXPECT_TRUE(parse_double(c.text, value)) << c.text;
    EXPECT_EQ(value, c.value) << c.text;
  }
  for (const char* text : {"nan", "NaN", "NAN"}) {
    double value = 0;
    EXPECT_TRUE(parse_double(text, value)) << text;
    EXPECT_TRUE(std::isnan(value)) << text;
  }
  double zero = 1;
  EXPECT_TRUE(parse_double("-0", zero));
  EXPECT_TRUE(zero == 0 && std::signbit(zero));
}

TEST(ParseDouble, RefusesWhatGoRefuses) {
  for (const char* text :
       {"",      " 1",   "1 ",     "--1",      "+-1",   "-",          "+",     ".",     "e5",
        "1e",    "1e+",  "1.2.3",  "1-2",      "1e5.0", "abc",        "1x",    "0x",    "0x1",
        "0x1.8", "0xp1", "0x1p",   "infi",     "+nan",  "-nan",       "infx",  "1e400", "_1",
        "1_",    "1__2", "1_.5",   "1._5",     "1e_5",  "1_e5",       "-_1",   "0b1",   "1,5",
        "١",     "nano", "-1e400", "0x1p2000", "1e5_",  "123.5e-_12", "0_x1p1"}) {
    double value = 0;
    EXPECT_FALSE(parse_double(text, value)) << text;
  }
}

TEST(ParseDouble, AgreesWithStrtodOnRandomDecimals) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 100'000; ++i) {
    std::string text = std::to_string(random() >> (random() % 64));
    if (random() % 2 == 0) text.insert(random() % text.size(), ".");
    if (random() % 3 == 0) text += "e" + std::to_string(static_cast<int>(random() % 600) - 300);
    const double expected = std::strtod(text.c_str(), nullptr);
    double value = 0;
    const bool is_taken = parse_double(text, value);
    ASSERT_EQ(is_taken, !std::isinf(expected)) << text;
    if (is_taken) {
      ASSERT_EQ(value, expected) << text;
    }
  }
}

TEST(ParseInteger, TakesDigitsInRange) {
  int64_t i64 = 0;
  EXPECT_TRUE(parse_integer("-9223372036854775808", i64));
  EXPECT_EQ(i64, std::numeric_limits<int64_t>::min());
  EXPECT_TRUE(parse_integer("+7", i64));
  EXPECT_EQ(i64, 7);
  EXPECT_TRUE(parse_integer("007", i64));
  EXPECT_EQ(i64, 7);
  uint64_t u64 = 0;
  EXPECT_TRUE(parse_integer("18446744073709551615", u64));
  EXPECT_EQ(u64, std::numeric_limits<uint64_t>::max());
  for (const char* text :
       {"", "+", "-", "1.0", "1e3", " 1", "1 ", "4x", "9223372036854775808", "+-1", "--1", "0x1"}) {
    EXPECT_FALSE(parse_integer(text, i64)) << text;
  }
  for (const char* text : {"", "+1", "-1", "18446744073709551616", "1_0"}) {
    EXPECT_FALSE(parse_integer(text, u64)) << text;
  }
  uint32_t u32 = 0;
  EXPECT_TRUE(parse_integer("4294967295", u32));
  EXPECT_FALSE(parse_integer("4294967296", u32));
  int32_t i32 = 0;
  EXPECT_TRUE(parse_integer("-2147483648", i32));
  EXPECT_FALSE(parse_integer("2147483648", i32));
}

}  // namespace
}  // namespace sluice::wire
