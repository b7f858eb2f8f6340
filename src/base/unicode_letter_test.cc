#include "base/unicode_letter.h"

#include <gtest/gtest.h>

namespace sluice::utf8 {
namespace {

TEST(UnicodeLetter, KnowsAllAlphabets) {
  for (const char32_t rune :
       {U'a', U'Z', U'ª', U'é', U'ß', U'Ω', U'ж', U'中', U'한', char32_t{0x30000}})
    EXPECT_TRUE(is_letter(rune)) << std::hex << static_cast<uint32_t>(rune);
  for (const char32_t rune :
       {U'0', U'_', U'@', U'[', char32_t{0x80}, char32_t{0xa0}, U'×', U'²', U'“', U'€', U'，',
        char32_t{0xfffd}, char32_t{0x1f600}, char32_t{0x10ffff}})
    EXPECT_FALSE(is_letter(rune)) << std::hex << static_cast<uint32_t>(rune);
}

}  // namespace
}  // namespace sluice::utf8
