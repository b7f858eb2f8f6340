#include "base/bytes.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice {
namespace {

TEST(Bytes, CopyShortCopiesEveryLengthAndNothingElse) {
  std::string from(80, '\0');
  for (size_t i = 0; i < from.size(); ++i) from[i] = static_cast<char>('A' + i % 50);
  for (size_t size = 0; size <= 70; ++size) {
    std::string to(80, '.');
    copy_short(to.data() + 3, from.data() + 5, size);
    EXPECT_EQ(to, "..." + from.substr(5, size) + std::string(77 - size, '.')) << size;
  }
}

TEST(Bytes, EqualShortSeesADifferenceInAnyByte) {
  for (size_t size = 0; size <= 40; ++size) {
    const std::string a(size, 'x');
    EXPECT_TRUE(equal_short(a.data(), std::string(size, 'x').data(), size));
    for (size_t i = 0; i < size; ++i) {
      std::string b = a;
      b[i] = 'y';
      EXPECT_FALSE(equal_short(a.data(), b.data(), size)) << size << " " << i;
    }
  }
}

}  // namespace
}  // namespace sluice
