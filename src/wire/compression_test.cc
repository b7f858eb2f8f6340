#include "wire/compression.h"

#include <cstring>
#include <random>
#include <string>

#include <gtest/gtest.h>
#include <lz4frame.h>
#include <snappy.h>
#include <zlib.h>
#include <zstd.h>

#include "wire/crc32c.h"
#include "wire/snappy_frame.h"

namespace sluice::wire {
namespace {

// Written by other code than ours where there is one: what we read must be what others write.

std::string zlib_with(std::string_view in, int window_bits) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, in.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}
std::string gzipped(std::string_view in) { return zlib_with(in, 15 + 16); }
std::string zlibbed(std::string_view in) { return zlib_with(in, 15); }

/// Streamed, so that the frame does not say how large the content is.
std::string zstd_streamed(std::string_view in, int window_log = 0) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  if (window_log != 0) ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
  std::string out(ZSTD_compressBound(in.size()) + 64, '\0');
  ZSTD_outBuffer output{out.data(), out.size(), 0};
  ZSTD_inBuffer input{in.data(), in.size(), 0};
  EXPECT_EQ(ZSTD_isError(ZSTD_compressStream2(context, &output, &input, ZSTD_e_continue)), 0u);
  EXPECT_EQ(ZSTD_compressStream2(context, &output, &input, ZSTD_e_end), 0u);
  ZSTD_freeCCtx(context);
  out.resize(output.pos);
  return out;
}

std::string zstd_whole(std::string_view in) {
  std::string out(ZSTD_compressBound(in.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), in.data(), in.size(), 3));
  return out;
}

std::string lz4_frame(std::string_view in) {
  LZ4F_preferences_t preferences{};
  preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled;
  std::string out(LZ4F_compressFrameBound(in.size(), &preferences), '\0');
  out.resize(LZ4F_compressFrame(out.data(), out.size(), in.data(), in.size(), &preferences));
  return out;
}

std::string snappy_block(std::string_view in) {
  std::string out;
  snappy::Compress(in.data(), in.size(), &out);
  return out;
}

std::string compressed(Encoding encoding, std::string_view in) {
  Buffer out;
  compress(encoding, in, out);
  return std::string(out.view());
}

std::string text(size_t size) {
  std::mt19937 random(7);
  std::string bytes;
  while (bytes.size() < size) bytes += "key" + std::to_string(random() % 1000) + "=value ";
  bytes.resize(size);
  return bytes;
}

struct Form {
  const char* name;
  Encoding encoding;
  std::string (*write)(std::string_view);
};

const Form kForms[] = {
    {"identity", Encoding::Identity, [](std::string_view in) { return std::string(in); }},
    {"gzip by zlib", Encoding::Gzip, gzipped},
    {"gzip by us", Encoding::Gzip,
     [](std::string_view in) { return compressed(Encoding::Gzip, in); }},
    {"zlib", Encoding::Deflate, zlibbed},
    {"zstd", Encoding::Zstd, zstd_whole},
    {"zstd streamed", Encoding::Zstd, [](std::string_view in) { return zstd_streamed(in); }},
    {"zstd by us", Encoding::Zstd,
     [](std::string_view in) { return compressed(Encoding::Zstd, in); }},
    {"snappy block", Encoding::Snappy, snappy_block},
    {"snappy frames as snappy", Encoding::Snappy,
     [](std::string_view in) { return compressed(Encoding::SnappyFramed, in); }},
    {"snappy frames", Encoding::SnappyFramed,
     [](std::string_view in) { return compressed(Encoding::SnappyFramed, in); }},
    {"lz4", Encoding::Lz4, lz4_frame},
    {"zlib by us", Encoding::Deflate,
     [](std::string_view in) { return compressed(Encoding::Deflate, in); }},
    {"snappy block by us", Encoding::Snappy,
     [](std::string_view in) { return compressed(Encoding::Snappy, in); }},
    {"lz4 by us", Encoding::Lz4, [](std::string_view in) { return compressed(Encoding::Lz4, in); }},
};

constexpr size_t kLimit = 4 << 20;

TEST(Compression, RoundTripsAppend) {
  for (const Form& form : kForms) {
    for (const size_t size : {0, 1, 100, 65535, 65536, 65537, 1000000}) {
      SCOPED_TRACE(form.name + std::string(" ") + std::to_string(size));
      Buffer out("before");
      const std::string plain = text(size);
      const Status status = decompress(form.encoding, form.write(plain), kLimit, out);
      ASSERT_TRUE(status.ok()) << status.to_string();
      EXPECT_EQ(out.view().substr(0, 6), "before");
      EXPECT_TRUE(out.view().substr(6) == plain);
    }
  }
}

TEST(Compression, TheLimitItselfPassesAndOneByteMoreDoesNot) {
  for (const Form& form : kForms) {
    SCOPED_TRACE(form.name);
    const std::string whole = form.write(text(200000));
    Buffer out;
    EXPECT_TRUE(decompress(form.encoding, whole, 200000, out).ok());
    out.clear();
    EXPECT_EQ(decompress(form.encoding, whole, 199999, out).code(), Code::ResourceExhausted);
  }
}

TEST(Compression, BombsTakeNoMoreMemoryThanTheLimit) {
  const std::string zeros(64 << 20, '\0');
  constexpr size_t kSmall = 1 << 20;
  for (const Form& form : kForms) {
    if (form.encoding == Encoding::Identity) continue;
    SCOPED_TRACE(form.name);
    Buffer out;
    EXPECT_EQ(decompress(form.encoding, form.write(zeros), kSmall, out).code(),
              Code::ResourceExhausted);
    EXPECT_LE(out.capacity(), 2 * kSmall + 2);
  }
}

TEST(Compression, EveryCutIsAnError) {
  for (const Form& form : kForms) {
    if (form.encoding == Encoding::Identity) continue;
    const std::string whole = form.write(text(2000));
    for (size_t size = 0; size < whole.size(); ++size) {
      Buffer out;
      const Status status = decompress(form.encoding, whole.substr(0, size), kLimit, out);
      // A cut between two chunks of Snappy's framing cannot be seen: the format has no end mark.
      if (status.ok() && whole.substr(0, 4) == kSnappyStreamHeader.substr(0, 4)) continue;
      EXPECT_EQ(status.code(), Code::InvalidArgument) << form.name << " cut at " << size;
    }
  }
}

TEST(Compression, SeveralMembersAreOneBody) {
  struct Case {
    const char* name;
    Encoding encoding;
    std::string bytes;
  };
  const std::string skippable("\x50\x2a\x4d\x18\x03\0\0\0abc", 11);
  for (const Case& c :
       std::vector<Case>{{"gzip", Encoding::Gzip, gzipped("one ") + gzipped("") + gzipped("two")},
                         {"zstd", Encoding::Zstd, zstd_whole("one ") + zstd_streamed("two")},
                         {"zstd and skippable", Encoding::Zstd,
                          skippable + zstd_whole("one ") + skippable + zstd_whole("two")},
                         {"lz4", Encoding::Lz4, lz4_frame("one ") + lz4_frame("two")},
                         {"snappy", Encoding::SnappyFramed,
                          compressed(Encoding::SnappyFramed, "one ") +
                              compressed(Encoding::SnappyFramed, "two")}}) {
    Buffer out;
    const Status status = decompress(c.encoding, c.bytes, kLimit, out);
    EXPECT_TRUE(status.ok()) << c.name << ": " << status.to_string();
    EXPECT_EQ(out.view(), "one two") << c.name;
  }
}

TEST(Compression, SeveralMembersAreLimitedTogether) {
  Buffer out;
  EXPECT_EQ(decompress(Encoding::Gzip, gzipped(text(100)) + gzipped(text(100)), 150, out).code(),
            Code::ResourceExhausted);
  out.clear();
  EXPECT_EQ(
      decompress(Encoding::Zstd, zstd_whole(text(100)) + zstd_streamed(text(100)), 150, out).code(),
      Code::ResourceExhausted);
}

TEST(Compression, BadBytes) {
  const auto with = [](std::string bytes, size_t at, char value) {
    bytes[at < bytes.size() ? at : bytes.size() - 1] = value;
    return bytes;
  };
  const auto last = [](std::string bytes) {
    bytes.back() = static_cast<char>(bytes.back() ^ 0x55);
    return bytes;
  };
  const std::string plain = text(1000);
  std::string bad_crc = gzipped(plain);
  bad_crc[bad_crc.size() - 8] = static_cast<char>(bad_crc[bad_crc.size() - 8] ^ 1);
  std::string framed = compressed(Encoding::SnappyFramed, plain);
  framed[14] = static_cast<char>(framed[14] ^ 1);  // in the checksum of the first chunk
  struct Case {
    const char* name;
    Encoding encoding;
    std::string bytes;
  };
  for (const Case& c : std::vector<Case>{
           {"gzip: text", Encoding::Gzip, "this is not gzip at all"},
           {"gzip: checksum", Encoding::Gzip, bad_crc},
           {"gzip: size", Encoding::Gzip, last(gzipped(plain))},
           {"gzip: trailing garbage", Encoding::Gzip, gzipped(plain) + "garbage after the end"},
           {"gzip: trailing zeros", Encoding::Gzip, gzipped(plain) + std::string(100, '\0')},
           {"gzip: zlib inside", Encoding::Gzip, zlibbed(plain)},
           {"zlib: gzip inside", Encoding::Deflate, gzipped(plain)},
           {"zlib: raw deflate", Encoding::Deflate, zlib_with(plain, -15)},
           {"zlib: checksum", Encoding::Deflate, last(zlibbed(plain))},
           {"zlib: trailing garbage", Encoding::Deflate, zlibbed(plain) + "x"},
           {"zstd: text", Encoding::Zstd, "this is not zstd"},
           {"zstd: trailing garbage", Encoding::Zstd, zstd_whole(plain) + "garbage"},
           {"zstd: window of 16 MiB", Encoding::Zstd, zstd_streamed(plain, 24)},
           {"zstd: window of 2 GiB", Encoding::Zstd, zstd_streamed(plain, 31)},
           {"snappy: length past the data", Encoding::Snappy,
            std::string("\x80\x80\x01"
                        "a",
                        4)},
           {"snappy: no length", Encoding::Snappy, std::string(10, '\xff')},
           {"snappy frames: block", Encoding::SnappyFramed, snappy_block(plain)},
           {"snappy frames: checksum", Encoding::SnappyFramed, framed},
           {"snappy frames: reserved chunk", Encoding::SnappyFramed,
            std::string(kSnappyStreamHeader) + std::string("\x02\0\0\0", 4)},
           {"snappy frames: chunk of 64 KiB and a byte", Encoding::SnappyFramed,
            std::string(kSnappyStreamHeader) + std::string("\x01\x05\x00\x01", 4) +
                std::string(65541, 'a')},
           {"lz4: text", Encoding::Lz4, "this is not lz4"},
           {"lz4: checksum", Encoding::Lz4, last(lz4_frame(plain))},
           {"lz4: header", Encoding::Lz4, with(lz4_frame(plain), 4, '\xff')},
       }) {
    Buffer out;
    EXPECT_EQ(decompress(c.encoding, c.bytes, kLimit, out).code(), Code::InvalidArgument) << c.name;
  }
}

TEST(Compression, ZstdWindowOf8MiBIsDecoded) {
  Buffer out;
  EXPECT_TRUE(decompress(Encoding::Zstd, zstd_streamed(text(1000), 23), kLimit, out).ok());
}

TEST(Compression, GzipThatLiesAboutItsSize) {
  for (const uint32_t claim : {0u, 1u, 0xffffffffu}) {
    // The size is checked, so a lie is an error; but not before it was tried as a hint.
    std::string bytes = gzipped(text(500000));
    std::memcpy(bytes.data() + bytes.size() - 4, &claim, 4);
    Buffer out;
    EXPECT_EQ(decompress(Encoding::Gzip, bytes, kLimit, out).code(), Code::InvalidArgument);
  }
}

TEST(Crc32c, KnownValues) {
  EXPECT_EQ(crc32c(""), 0u);
  EXPECT_EQ(crc32c("123456789"), 0xe3069283u);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aau);  // RFC 3720, B.4
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43u);
}

TEST(Compress, EveryLevelCanBeReadAgainAndTheHigherIsSmaller) {
  const std::string in = text(200'000);
  for (const Encoding encoding :
       {Encoding::Gzip, Encoding::Deflate, Encoding::Zstd, Encoding::Lz4}) {
    size_t fast = 0;
    for (const int level : {-1000, -1, 0, 1, 6, 9, 12, 1000}) {
      Buffer out;
      compress(encoding, in, out, level);
      Buffer again;
      ASSERT_TRUE(decompress(encoding, out.view(), in.size(), again).ok()) << level;
      ASSERT_EQ(again.view(), in) << level;
      if (level == 1) fast = out.size();
      if (level == 9) {
        EXPECT_LT(out.size(), fast);
      }
    }
  }
}

}  // namespace
}  // namespace sluice::wire
