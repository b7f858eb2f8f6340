#include "wire/stream_codec.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

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

StreamEncoding named(std::string_view name) {
  const StreamEncoding* encoding = find_stream_encoding(name);
  EXPECT_NE(encoding, nullptr) << name;
  return *encoding;
}

std::string encoded_by(std::string_view name, std::string_view text, int level = 0) {
  std::string encoded;
  EXPECT_TRUE(run(*named(name).make_encoder(level), text, text.size(), encoded).ok());
  return encoded;
}

Status decode_by(std::string_view name, std::string_view in, std::string& decoded) {
  return run(*named(name).make_decoder(), in, in.size(), decoded);
}

/// Everything that HTTP has a name for, and ClickHouse's own blocks.
std::vector<StreamEncoding> every_codec() {
  const auto encodings = stream_encodings();
  std::vector<StreamEncoding> all(encodings.begin(), encodings.end());
  all.push_back({"native_blocks", make_native_block_decoder,
                 [](int) { return make_native_block_encoder(); }});
  return all;
}

class EveryCodec : public testing::TestWithParam<StreamEncoding> {};

TEST_P(EveryCodec, GivesBackWhatWentIn) {
  for (const size_t size : {size_t{1}, size_t{1000}, kNativeBlockBytes, size_t{3} << 20}) {
    const std::string text = sample(size);
    std::string encoded;
    ASSERT_TRUE(run(*GetParam().make_encoder(0), text, 70'001, encoded).ok());
    for (const size_t step : {encoded.size(), size_t{4096}, size_t{333}}) {
      std::string decoded;
      const Status status = run(*GetParam().make_decoder(), encoded, step, decoded);
      ASSERT_TRUE(status.ok()) << status.to_string();
      ASSERT_TRUE(decoded == text) << size << " in steps of " << step;
    }
  }
}

TEST_P(EveryCodec, OneByteAtATime) {
  const std::string text = sample(5000);
  std::string encoded;
  std::string decoded;
  ASSERT_TRUE(run(*GetParam().make_encoder(0), text, 1, encoded).ok());
  ASSERT_TRUE(run(*GetParam().make_decoder(), encoded, 1, decoded).ok());
  EXPECT_EQ(decoded, text);
}

TEST_P(EveryCodec, EveryCutIsAnError) {
  std::string encoded;
  ASSERT_TRUE(run(*GetParam().make_encoder(0), sample(300), 300, encoded).ok());
  for (size_t size = 1; size < encoded.size(); ++size) {
    std::string decoded;
    EXPECT_FALSE(run(*GetParam().make_decoder(), encoded.substr(0, size), size, decoded).ok())
        << size;
  }
}

TEST_P(EveryCodec, GarbageIsInvalidOrDamaged) {
  std::string decoded;
  const std::string garbage(100, '\x7b');
  EXPECT_FALSE(run(*GetParam().make_decoder(), garbage, garbage.size(), decoded).ok());
}

TEST_P(EveryCodec, AnErrorOfTheSinkIsPassedOn) {
  std::string encoded;
  ASSERT_TRUE(run(*GetParam().make_encoder(0), sample(300), 300, encoded).ok());
  const Sink full = [](std::string_view) { return Status(Code::ResourceExhausted, "full"); };
  auto decoder = GetParam().make_decoder();
  EXPECT_EQ(decoder->write(encoded, full).code(), Code::ResourceExhausted);
}

TEST_P(EveryCodec, AnyLevelIsCutToTheLibrarys) {
  for (const int level : {-100, 1, 9, 1000}) {
    const std::string text = sample(5000);
    std::string encoded;
    std::string decoded;
    ASSERT_TRUE(run(*GetParam().make_encoder(level), text, 5000, encoded).ok()) << level;
    ASSERT_TRUE(run(*GetParam().make_decoder(), encoded, encoded.size(), decoded).ok()) << level;
    EXPECT_EQ(decoded, text) << level;
  }
}

TEST_P(EveryCodec, BytesAfterTheEndAreAnError) {
  std::string encoded;
  ASSERT_TRUE(run(*GetParam().make_encoder(0), sample(300), 300, encoded).ok());
  const std::string with_more = encoded + "garbage";
  for (const size_t step : {with_more.size(), encoded.size(), size_t{1}}) {
    std::string decoded;
    EXPECT_FALSE(run(*GetParam().make_decoder(), with_more, step, decoded).ok()) << step;
  }
}

TEST_P(EveryCodec, ABombComesOutInPiecesThatTheSinkCanStop) {
  std::string encoded;
  ASSERT_TRUE(run(*GetParam().make_encoder(0), std::string(32 << 20, 'x'), 1 << 20, encoded).ok());
  size_t produced = 0;
  const Sink sink = [&produced](std::string_view bytes) {
    produced += bytes.size();
    return produced > 2 << 20 ? Status(Code::ResourceExhausted, "full") : Status();
  };
  auto decoder = GetParam().make_decoder();
  EXPECT_EQ(decoder->write(encoded, sink).code(), Code::ResourceExhausted);
  EXPECT_LT(produced, 4U << 20);
}

INSTANTIATE_TEST_SUITE_P(All, EveryCodec, testing::ValuesIn(every_codec()),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(StreamCodec, SomeMayHaveSeveralStreamsOneAfterTheOther) {
  for (const char* name : {"gzip", "zstd", "lz4", "snappy", "xz", "bz2"}) {
    const std::string two = encoded_by(name, "abc") + encoded_by(name, "def");
    std::string decoded;
    ASSERT_TRUE(run(*named(name).make_decoder(), two, 5, decoded).ok()) << name;
    EXPECT_EQ(decoded, "abcdef") << name;
  }
  for (const char* name : {"deflate", "br"}) {
    std::string decoded;
    EXPECT_FALSE(decode_by(name, encoded_by(name, "abc") + encoded_by(name, "def"), decoded).ok());
  }
}

TEST(StreamCodec, UnknownNamesHaveNone) {
  EXPECT_EQ(find_stream_encoding("identity"), nullptr);
  EXPECT_EQ(find_stream_encoding(""), nullptr);
}

// "row 1\n" by xz -9 and bzip2, in Hadoop's framing as one block of two chunks, and as a stored
// block of brotli.
TEST(StreamCodec, ReadsWhatOthersWrite) {
  using namespace std::string_literals;
  const std::pair<const char*, std::string> cases[] = {
      {"xz",
       "\xfd\x37zXZ\x00\x00\x04\xe6\xd6\xb4\x46\x02\x00!\x01\x1c\x00\x00\x00\x10\xcfX\xcc\x01\x00\x05row 1\x0a\x00\x00\x00\xcc\xc3\xb1HGe\x9f\x0c\x00\x01\x1e\x06\xc1/\xa4\x1d\x1f\xb6\xf3}\x01\x00\x00\x00\x00\x04YZ"s},
      {"bz2",
       "BZh91AY&SYd\xee\x08q\x00\x00\x02Y\x80\x00\x10@\x00 \x00\x00\x00\x90\x80 \x00\x22\x18h0\x06\x42\x98]\xc9\x14\xe1\x42\x41\x93\xb8!\xc4"s},
      {"snappy", "\x00\x00\x00\x06\x00\x00\x00\x06\x04\x0crow \x00\x00\x00\x04\x02\x04\x31\x0a"s},
      {"br", "P\x00\x10row 1\x0a\x03"s},
  };
  for (const auto& [name, bytes] : cases) {
    std::string decoded;
    const Status status = decode_by(name, bytes, decoded);
    EXPECT_TRUE(status.ok()) << name << ": " << status.to_string();
    EXPECT_EQ(decoded, "row 1\n") << name;
  }
}

TEST(StreamCodec, AWindowBeyondTheBoundIsRefused) {
  // The header of xz --lzma2=dict=256MiB, and the one of the block.
  const std::string header = std::string(
      "\xfd\x37zXZ\x00\x00\x04\xe6\xd6\xb4\x46\x02\x00!\x01 \x00\x00\x00\x09\x88\xa5v", 24);
  std::string decoded;
  const Status status = decode_by("xz", header, decoded);
  EXPECT_EQ(status.code(), Code::InvalidArgument);
  EXPECT_NE(status.message().find("bytes of memory"), std::string::npos) << status.message();
}

TEST(StreamCodec, AChunkOfSnappyBeyondTheBoundIsRefusedByItsHeader) {
  std::string decoded;
  const std::string header("\x7f\xff\xff\xff\x7f\xff\xff\xff", 8);
  EXPECT_EQ(decode_by("snappy", header, decoded).code(), Code::ResourceExhausted);
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

TEST(NativeBlocks, WhatIsNoBlockIsDataLoss) {
  const std::string garbage = "INSERT INTO t FORMAT CSV, which is not compressed at all";
  std::string decoded;
  EXPECT_EQ(run(*make_native_block_decoder(), garbage, garbage.size(), decoded).code(),
            Code::DataLoss);
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
