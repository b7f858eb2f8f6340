#include "wire/lz4_frame.h"

#include <gtest/gtest.h>
#include <lz4frame.h>

#include <memory>
#include <random>
#include <string>

namespace sluice::wire {
namespace {

/// By liblz4's own frame reader.
std::string decompress(std::string_view frame) {
  LZ4F_dctx* context = nullptr;
  LZ4F_createDecompressionContext(&context, LZ4F_VERSION);
  const std::unique_ptr<LZ4F_dctx, decltype(&LZ4F_freeDecompressionContext)> owner(
      context, LZ4F_freeDecompressionContext);
  std::string out;
  std::string chunk(1 << 20, '\0');
  size_t hint = 1;
  for (size_t at = 0; at < frame.size();) {
    size_t in = frame.size() - at;
    size_t made = chunk.size();
    hint = LZ4F_decompress(context, chunk.data(), &made, frame.data() + at, &in, nullptr);
    if (LZ4F_isError(hint) != 0) return LZ4F_getErrorName(hint);
    out.append(chunk, 0, made);
    at += in;
  }
  return hint == 0 ? out : "the frame does not end";
}

std::string frame_of(const std::vector<std::string>& parts) {
  Buffer out(kLz4FrameHeader);
  for (const std::string& part : parts) {
    Lz4BlocksOutput blocks(out);
    blocks.append(part);
    blocks.finish();
  }
  out.append(kLz4FrameEnd.data(), kLz4FrameEnd.size());
  return std::string(out.view());
}

std::string noise(size_t size) {
  std::mt19937 random(7);
  std::string bytes(size, '\0');
  for (char& c : bytes) c = static_cast<char>(random());
  return bytes;
}

TEST(Lz4Frame, ReadsBackByTheReferenceReaderAndByOurs) {
  const std::vector<std::vector<std::string>> cases = {
      {},
      {""},
      {"a"},
      {"a", "", "b"},
      {std::string(100, 'x')},
      {noise(100)},
      {std::string(kLz4BlockBytesMax, 'x')},
      {std::string(kLz4BlockBytesMax + 1, 'x')},
      {noise(kLz4BlockBytesMax)},
      {noise(kLz4BlockBytesMax * 2 + 12345), std::string(9 << 20, 'y')},
  };
  for (const auto& parts : cases) {
    std::string whole;
    for (const std::string& part : parts) whole += part;
    const std::string frame = frame_of(parts);
    EXPECT_TRUE(decompress(frame) == whole) << parts.size() << " parts, " << whole.size();
    std::string_view blocks = frame;
    blocks.remove_prefix(kLz4FrameHeader.size());
    blocks.remove_suffix(kLz4FrameEnd.size());
    Buffer unpacked;
    unpack_lz4_blocks(blocks, unpacked);
    EXPECT_TRUE(unpacked.view() == whole) << parts.size() << " parts, " << whole.size();
  }
}

TEST(Lz4Frame, IncompressibleBytesGrowByTheirSizesOnly) {
  const std::string bytes = noise(kLz4BlockBytesMax + 1);
  Buffer out;
  Lz4BlocksOutput blocks(out);
  blocks.append(bytes);
  blocks.finish();
  EXPECT_EQ(out.size(), bytes.size() + (kLz4BlockBytesMax / Output::kPieceBytes + 1) * 4);
}

TEST(Lz4Frame, IdsAreStoredAndWhatFollowsThemShrinks) {
  constexpr size_t kIds = 4 * Output::kPieceBytes;
  std::string ids = noise(kIds);
  for (char& c : ids) c = "0123456789abcdef"[c & 0xf];
  const std::string text(kIds, 'x');
  const std::string frame = frame_of({ids + text + ids});
  EXPECT_TRUE(decompress(frame) == ids + text + ids);
  EXPECT_NE(frame.find(ids.substr(Output::kPieceBytes, Output::kPieceBytes)), std::string::npos);
  EXPECT_LT(frame.size(), 2 * kIds + (8u << 10));
}

TEST(Lz4Frame, RepeatedBytesShrink) {
  Buffer out;
  Lz4BlocksOutput blocks(out);
  blocks.append(std::string(1 << 20, 'x'));
  blocks.finish();
  EXPECT_LT(out.size(), 8u << 10);
}

}  // namespace
}  // namespace sluice::wire
