#include "base/output.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace sluice {
namespace {

class Pieces final : public Output {
 public:
  std::vector<size_t> sizes;
  std::string bytes;

 private:
  void use(std::string_view piece) override {
    sizes.push_back(piece.size());
    bytes += piece;
  }
};

TEST(Output, PassesEveryByteOnInOrderWhateverTheSizesOfTheAppends) {
  constexpr size_t kPiece = Output::kPieceBytes;
  std::mt19937 random(3);
  for (int round = 0; round < 20; ++round) {
    Pieces out;
    std::string expected;
    for (int i = 0; i < 30; ++i) {
      const size_t sizes[] = {0, 1, 7, 100, kPiece - 1, kPiece, kPiece + 1, 3 * kPiece + 5};
      std::string bytes(sizes[random() % std::size(sizes)], '\0');
      for (char& c : bytes) c = static_cast<char>(random());
      out.append(bytes);
      expected += bytes;
    }
    out.finish();
    EXPECT_TRUE(out.bytes == expected) << "round " << round;
    for (size_t i = 0; i + 1 < out.sizes.size(); ++i) EXPECT_EQ(out.sizes[i], kPiece);
  }
}

TEST(Output, ValuesAreNeverCutByTheEndOfAPiece) {
  Pieces out;
  out.append("abc");
  constexpr size_t kCount = Output::kPieceBytes / 4;
  uint64_t next = 0;
  out.append_values<uint64_t>(kCount, [&] { return next++; });
  out.append_raw(uint16_t{0x0201});
  out.finish();
  ASSERT_EQ(out.bytes.size(), 3 + kCount * 8 + 2);
  for (size_t i = 0; i < kCount; ++i) {
    uint64_t value = 0;
    std::memcpy(&value, out.bytes.data() + 3 + i * 8, sizeof value);
    ASSERT_EQ(value, i);
  }
  EXPECT_EQ(out.bytes.substr(3 + kCount * 8), "\x01\x02");
}

TEST(Output, NothingComesOutOfNothing) {
  Pieces out;
  out.append("");
  out.finish();
  EXPECT_TRUE(out.sizes.empty());
}

}  // namespace
}  // namespace sluice
