#include "wire/stream_codec.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace sluice::wire {
namespace {

/// Feeds `in` in pieces of `step` bytes and gathers what comes out.
Status run(StreamCodec& codec, std::string_view in, size_t step, std::string& out) {
  const Sink sink = [&out](std::string_view bytes) {
    out += bytes;
    return Status();
  };
  for (size_t at = 0; at < in.size(); at += step) {
    SLUICE_RETURN_IF_ERROR(codec.write(in.substr(at, step), sink));
  }
  return codec.finish(sink);
}

std::string sample(size_t size) {
  std::mt19937 random(7);
  std::string text;
  while (text.size() < size) text += "row " + std::to_string(random() % 1000) + "\n";
  text.resize(size);
  return text;
}

struct Kind {
  const char* name;
  std::unique_ptr<StreamCodec> (*encoder)();
  std::unique_ptr<StreamCodec> (*decoder)();
};

template <Encoding kEncoding>
Kind kind(const char* name) {
  return {name, [] { return make_stream_encoder(kEncoding); },
          [] { return make_stream_decoder(kEncoding); }};
}

class EveryCodec : public testing::TestWithParam<Kind> {};

TEST_P(EveryCodec, GivesBackWhatWentIn) {
  for (const size_t size : {size_t{1}, size_t{1000}, kNativeBlockBytes, size_t{3} << 20}) {
    const std::string text = sample(size);
    std::string encoded;
    ASSERT_TRUE(run(*GetParam().encoder(), text, 70'001, encoded).ok());
    for (const size_t step : {encoded.size(), size_t{4096}, size_t{333}}) {
      std::string decoded;
      const Status status = run(*GetParam().decoder(), encoded, step, decoded);
      ASSERT_TRUE(status.ok()) << status.to_string();
      ASSERT_TRUE(decoded == text) << size << " in steps of " << step;
    }
  }
}

TEST_P(EveryCodec, OneByteAtATime) {
  const std::string text = sample(5000);
  std::string encoded;
  std::string decoded;
  ASSERT_TRUE(run(*GetParam().encoder(), text, 1, encoded).ok());
  ASSERT_TRUE(run(*GetParam().decoder(), encoded, 1, decoded).ok());
  EXPECT_EQ(decoded, text);
}

TEST_P(EveryCodec, EveryCutIsAnError) {
  std::string encoded;
  ASSERT_TRUE(run(*GetParam().encoder(), sample(300), 300, encoded).ok());
  for (size_t size = 1; size < encoded.size(); ++size) {
    std::string decoded;
    EXPECT_FALSE(run(*GetParam().decoder(), encoded.substr(0, size), size, decoded).ok()) << size;
  }
}

TEST_P(EveryCodec, GarbageIsInvalidOrDamaged) {
  std::string decoded;
  const std::string garbage(100, '\x7b');
  EXPECT_FALSE(run(*GetParam().decoder(), garbage, garbage.size(), decoded).ok());
}

TEST_P(EveryCodec, AnErrorOfTheSinkIsPassedOn) {
  std::string encoded;
  ASSERT_TRUE(run(*GetParam().encoder(), sample(300), 300, encoded).ok());
  const Sink full = [](std::string_view) { return Status(Code::ResourceExhausted, "full"); };
  auto decoder = GetParam().decoder();
  EXPECT_EQ(decoder->write(encoded, full).code(), Code::ResourceExhausted);
}

INSTANTIATE_TEST_SUITE_P(
    All, EveryCodec,
    testing::Values(kind<Encoding::Gzip>("gzip"), kind<Encoding::Deflate>("deflate"),
                    kind<Encoding::Zstd>("zstd"), kind<Encoding::Lz4>("lz4"),
                    Kind{"native_blocks", make_native_block_encoder, make_native_block_decoder}),
    [](const auto& test) { return test.param.name; });

TEST(StreamCodec, GzipMayHaveSeveralMembers) {
  std::string one;
  std::string two;
  ASSERT_TRUE(run(*make_stream_encoder(Encoding::Gzip), "abc", 3, one).ok());
  ASSERT_TRUE(run(*make_stream_encoder(Encoding::Gzip), "def", 3, two).ok());
  std::string decoded;
  ASSERT_TRUE(run(*make_stream_decoder(Encoding::Gzip), one + two, 5, decoded).ok());
  EXPECT_EQ(decoded, "abcdef");
}

TEST(StreamCodec, UnknownEncodingsHaveNone) {
  EXPECT_EQ(make_stream_decoder(Encoding::Identity), nullptr);
  EXPECT_EQ(make_stream_encoder(Encoding::Snappy), nullptr);
}

std::string native_block(std::string_view text) {
  std::string block;
  EXPECT_TRUE(run(*make_native_block_encoder(), text, text.size(), block).ok());
  return block;
}

TEST(NativeBlocks, EveryFlippedBitIsNoticed) {
  const std::string block = native_block("some rows, some rows, some rows");
  for (size_t bit = 0; bit < block.size() * 8; ++bit) {
    std::string damaged = block;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    std::string decoded;
    EXPECT_FALSE(run(*make_native_block_decoder(), damaged, damaged.size(), decoded).ok()) << bit;
  }
}

TEST(NativeBlocks, AWrongChecksumIsDataLoss) {
  std::string block = native_block("some rows");
  block[0] = static_cast<char>(block[0] ^ 1);
  std::string decoded;
  EXPECT_EQ(run(*make_native_block_decoder(), block, block.size(), decoded).code(), Code::DataLoss);
}

TEST(NativeBlocks, ABombIsRefusedByItsHeader) {
  std::string block = native_block("some rows");
  block.replace(16 + 5, 4, "\xff\xff\xff\x7f");  // 2 GiB when decompressed
  std::string decoded;
  EXPECT_EQ(run(*make_native_block_decoder(), block, block.size(), decoded).code(),
            Code::ResourceExhausted);
}

}  // namespace
}  // namespace sluice::wire
