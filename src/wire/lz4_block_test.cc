#include "wire/lz4_block.h"

#include <gtest/gtest.h>
#include <lz4.h>

#include <memory>
#include <random>
#include <string>

namespace sluice::wire {
namespace {

/// Packed into memory of the very size that is asked for, read where not a byte more may be read,
/// and unpacked by liblz4 to what it was.
std::string packed(std::string_view plain) {
  const std::unique_ptr<char[]> from(new char[plain.size()]);
  plain.copy(from.get(), plain.size());
  const std::unique_ptr<char[]> to(new char[lz4_pack_bound(plain.size())]);
  const size_t size = pack_lz4({from.get(), plain.size()}, to.get());
  std::string back(plain.size() + 1, '\0');
  const int unpacked = LZ4_decompress_safe(to.get(), back.data(), static_cast<int>(size),
                                           static_cast<int>(back.size()));
  EXPECT_EQ(unpacked, static_cast<int>(plain.size()));
  EXPECT_TRUE(back.compare(0, plain.size(), plain) == 0) << plain.size() << " bytes";
  return {to.get(), size};
}

/// Pieces of noise, of runs, and of what came before, near and far, long and short.
std::string mixture(std::mt19937& random, size_t size) {
  const auto below = [&](size_t end) { return random() % std::max<size_t>(end, 1); };
  std::string text;
  while (text.size() < size) {
    const size_t length = below(4) == 0 ? below(600) : below(24);
    switch (text.empty() ? 0 : below(4)) {
      case 0:
        for (size_t i = 0; i < length; ++i) text += static_cast<char>(random());
        break;
      case 1: text.append(length, static_cast<char>('a' + below(3))); break;
      default: {
        const size_t back =
            1 + below(below(2) == 0 ? std::min<size_t>(40, text.size()) : text.size());
        for (size_t i = 0; i < length; ++i) text += text[text.size() - back];
      }
    }
  }
  text.resize(size);
  return text;
}

TEST(Lz4Block, IsReadBackByLiblz4) {
  std::mt19937 random(1);
  for (size_t size = 0; size < 300; ++size) {
    EXPECT_NE(packed(mixture(random, size)), "") << size;
    EXPECT_NE(packed(std::string(size, 'x')), "") << size;
  }
  for (int i = 0; i < 300; ++i) {
    const size_t size = kLz4BlockBytesMax - random() % 70'000 % kLz4BlockBytesMax;
    EXPECT_NE(packed(mixture(random, size)), "") << "the mixture " << i;
  }
  EXPECT_NE(packed(mixture(random, kLz4BlockBytesMax)), "");
}

TEST(Lz4Block, NoiseGrowsByLittle) {
  std::mt19937 random(2);
  std::string noise(kLz4BlockBytesMax, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  EXPECT_LE(packed(noise).size(), noise.size() + noise.size() / 255 + 2);
}

TEST(Lz4Block, RunsAndRepetitionsShrink) {
  EXPECT_LE(packed(std::string(kLz4BlockBytesMax, 'x')).size(), kLz4BlockBytesMax / 255 + 64);
  std::string rows;
  for (int i = 0; rows.size() < 60'000; ++i)
    rows += R"({"level":"info","time":17000)" + std::to_string(i) + R"(,"msg":"request done"})";
  EXPECT_LT(packed(rows).size(), rows.size() / 4);
}

/// The farthest match there is: the block's last bytes are its first ones.
TEST(Lz4Block, MatchesReachAsFarAsABlock) {
  std::mt19937 random(3);
  std::string noise(kLz4BlockBytesMax, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  noise.replace(noise.size() - 200, 200, noise.substr(1, 200));
  const std::string small = packed(noise);
  EXPECT_NE(small, "");
  EXPECT_LT(small.size(), noise.size() + noise.size() / 255 - 100);
}

}  // namespace
}  // namespace sluice::wire
