#include "wire/hex.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::wire {
namespace {

TEST(Hex, EveryByteComesBackFromEitherCase) {
  for (int i = 0; i < 256; ++i) {
    const auto byte = static_cast<uint8_t>(i);
    char digits[2];
    hex_lower(&byte, 1, digits);
    std::string text(digits, 2);
    char expected[3];
    std::snprintf(expected, sizeof expected, "%02x", static_cast<unsigned>(i));
    EXPECT_EQ(text, expected);
    uint8_t back = 0;
    EXPECT_TRUE(decode_hex(text, &back));
    EXPECT_EQ(back, byte);
    for (char& c : text) c = static_cast<char>(std::toupper(c));
    back = 0;
    EXPECT_TRUE(decode_hex(text, &back));
    EXPECT_EQ(back, byte);
  }
}

TEST(Hex, DecodingRefusesOddNumbersAndOtherCharacters) {
  uint8_t out[4];
  for (const char* text : {"0", "abc", "0g", "g0", " 0", "0x",
                           "\xff"
                           "0"})
    EXPECT_FALSE(decode_hex(text, out)) << text;
  EXPECT_TRUE(decode_hex("", out));
}

}  // namespace
}  // namespace sluice::wire
