#include "base/unicode_lower.h"

#include <gtest/gtest.h>

#include <string>

#include "base/ascii.h"

namespace sluice::utf8 {
namespace {

TEST(ToLower, OfAsciiIsTheSameForEveryByteAtEveryPlace) {
  Arena arena;
  for (size_t size = 0; size < 20; ++size) {
    for (size_t at = 0; at < size; ++at) {
      for (int byte = 0; byte < 0x80; ++byte) {
        std::string text(size, 'x');
        text[at] = static_cast<char>(byte);
        ASSERT_EQ(to_lower(text, arena), ascii::lower(text)) << size << " " << at << " " << byte;
      }
    }
  }
}

TEST(ToLower, TextWithoutCapitalsIsHandedBack) {
  Arena arena;
  const std::string text = "nothing to do here: @[`{";
  EXPECT_EQ(to_lower(text, arena).data(), text.data());
}

TEST(ToLower, OneLetterBeyondAsciiIsEnough) {
  Arena arena;
  EXPECT_EQ(to_lower("ABCDEFGHÄ", arena), "abcdefghä");
  EXPECT_EQ(to_lower("ÄBCDEFGHIJ", arena), "äbcdefghij");
  EXPECT_EQ(to_lower("A\xff", arena), "a\xef\xbf\xbd");
}

}  // namespace
}  // namespace sluice::utf8
