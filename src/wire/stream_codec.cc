#include "wire/stream_codec.h"

#define ZLIB_CONST  // next_in may then point to const
#include <lz4frame.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "base/buffer.h"
#include "wire/compression.h"
#include "wire/stream_codec_parts.h"

namespace sluice::wire {
namespace {

constexpr int kGzipWindow = 15 + 16;  // zlib's way to ask for gzip
constexpr int kZlibWindow = 15;
constexpr int kZlibMemory = 8;

/// Those beyond take hundreds of mebibytes for an encoder.
constexpr int kZstdLevelMax = 19;

class Inflate final : public StreamCodec {
 public:
  explicit Inflate(bool gzip) : name_(gzip ? "gzip" : "deflate"), many_members_(gzip) {
    SLUICE_CHECK(inflateInit2(&stream_, gzip ? kGzipWindow : kZlibWindow) == Z_OK);
  }
  ~Inflate() override { inflateEnd(&stream_); }

  Status write(std::string_view in, const Sink& out) override {
    stream_.next_in = reinterpret_cast<const Bytef*>(in.data());
    stream_.avail_in = static_cast<uInt>(in.size());
    do {
      if (ended_) {
        if (stream_.avail_in == 0) break;
        if (!many_members_) return damage_error(name_, "bytes after the end");
        inflateReset(&stream_);
        ended_ = false;
      }
      SLUICE_RETURN_IF_ERROR(step(out));
    } while (stream_.avail_in != 0 || stream_.avail_out == 0);
    return {};
  }

  Status finish(const Sink&) override { return ended_ ? Status() : cut_error(name_); }

 private:
  Status step(const Sink& out) {
    stream_.next_out = reinterpret_cast<Bytef*>(piece_.data());
    stream_.avail_out = static_cast<uInt>(piece_.size());
    const int code = inflate(&stream_, Z_NO_FLUSH);
    if (code == Z_STREAM_END) {
      ended_ = true;
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
      return damage_error(name_, stream_.msg);
    }
    const size_t produced = piece_.size() - stream_.avail_out;
    return produced == 0 ? Status() : out({piece_.data(), produced});
  }

  const char* const name_;
  const bool many_members_;
  z_stream stream_{};
  bool ended_ = false;
  std::array<char, kPieceBytes> piece_;
};

class Deflate final : public StreamCodec {
 public:
  Deflate(bool gzip, int level) {
    SLUICE_CHECK(deflateInit2(&stream_, level_within(level, Z_BEST_COMPRESSION), Z_DEFLATED,
                              gzip ? kGzipWindow : kZlibWindow, kZlibMemory,
                              Z_DEFAULT_STRATEGY) == Z_OK);
  }
  ~Deflate() override { deflateEnd(&stream_); }

  Status write(std::string_view in, const Sink& out) override { return run(in, Z_NO_FLUSH, out); }
  Status finish(const Sink& out) override { return run({}, Z_FINISH, out); }

 private:
  Status run(std::string_view in, int flush, const Sink& out) {
    stream_.next_in = reinterpret_cast<const Bytef*>(in.data());
    stream_.avail_in = static_cast<uInt>(in.size());
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(piece_.data());
      stream_.avail_out = static_cast<uInt>(piece_.size());
      deflate(&stream_, flush);
      const size_t produced = piece_.size() - stream_.avail_out;
      if (produced != 0) SLUICE_RETURN_IF_ERROR(out({piece_.data(), produced}));
    } while (stream_.avail_out == 0);
    return {};
  }

  z_stream stream_{};
  std::array<char, kPieceBytes> piece_;
};

class ZstdDecoder final : public StreamCodec {
 public:
  ZstdDecoder() : stream_(ZSTD_createDStream()) {
    ZSTD_DCtx_setParameter(stream_, ZSTD_d_windowLogMax, kZstdWindowLogMax);
  }
  ~ZstdDecoder() override { ZSTD_freeDStream(stream_); }

  Status write(std::string_view in, const Sink& out) override {
    ZSTD_inBuffer input{in.data(), in.size(), 0};
    ZSTD_outBuffer output{};
    do {
      output = {piece_.data(), piece_.size(), 0};
      wants_ = ZSTD_decompressStream(stream_, &output, &input);
      if (ZSTD_isError(wants_) != 0) {
        return damage_error("zstd", ZSTD_getErrorName(wants_));
      }
      if (output.pos != 0) SLUICE_RETURN_IF_ERROR(out({piece_.data(), output.pos}));
      // Once a frame is whole and flushed, a call without input would begin another.
    } while (input.pos < input.size || (output.pos == output.size && wants_ != 0));
    seen_ = seen_ || !in.empty();
    return {};
  }

  Status finish(const Sink&) override {
    return seen_ && wants_ == 0 ? Status() : cut_error("zstd");
  }

 private:
  ZSTD_DStream* const stream_;
  size_t wants_ = 1;  // 0: at the end of a frame
  bool seen_ = false;
  std::array<char, kPieceBytes> piece_;
};

class ZstdEncoder final : public StreamCodec {
 public:
  explicit ZstdEncoder(int level) : stream_(ZSTD_createCStream()) {
    ZSTD_CCtx_setParameter(stream_, ZSTD_c_compressionLevel, level_within(level, kZstdLevelMax));
  }
  ~ZstdEncoder() override { ZSTD_freeCStream(stream_); }

  Status write(std::string_view in, const Sink& out) override {
    return run(in, ZSTD_e_continue, out);
  }
  Status finish(const Sink& out) override { return run({}, ZSTD_e_end, out); }

 private:
  Status run(std::string_view in, ZSTD_EndDirective directive, const Sink& out) {
    ZSTD_inBuffer input{in.data(), in.size(), 0};
    for (;;) {
      ZSTD_outBuffer output{piece_.data(), piece_.size(), 0};
      const size_t left = ZSTD_compressStream2(stream_, &output, &input, directive);
      SLUICE_CHECK(ZSTD_isError(left) == 0);
      if (output.pos != 0) SLUICE_RETURN_IF_ERROR(out({piece_.data(), output.pos}));
      const bool done = directive == ZSTD_e_end ? left == 0 : input.pos == input.size;
      if (done) return {};
    }
  }

  ZSTD_CStream* const stream_;
  std::array<char, kPieceBytes> piece_;
};

class Lz4Decoder final : public StreamCodec {
 public:
  Lz4Decoder() {
    SLUICE_CHECK(LZ4F_isError(LZ4F_createDecompressionContext(&context_, LZ4F_VERSION)) == 0);
  }
  ~Lz4Decoder() override { LZ4F_freeDecompressionContext(context_); }

  Status write(std::string_view in, const Sink& out) override {
    const char* at = in.data();
    size_t left = in.size();
    size_t produced = 0;
    do {
      produced = piece_.size();
      size_t used = left;
      wants_ = LZ4F_decompress(context_, piece_.data(), &produced, at, &used, nullptr);
      if (LZ4F_isError(wants_) != 0) {
        return damage_error("lz4", LZ4F_getErrorName(wants_));
      }
      at += used;
      left -= used;
      if (produced != 0) SLUICE_RETURN_IF_ERROR(out({piece_.data(), produced}));
      // Once a frame is whole and flushed, a call without input would begin another.
    } while (left != 0 || (produced == piece_.size() && wants_ != 0));
    seen_ = seen_ || !in.empty();
    return {};
  }

  Status finish(const Sink&) override { return seen_ && wants_ == 0 ? Status() : cut_error("lz4"); }

 private:
  LZ4F_dctx* context_ = nullptr;
  size_t wants_ = 1;  // 0: at the end of a frame
  bool seen_ = false;
  std::array<char, kPieceBytes> piece_;
};

class Lz4Encoder final : public StreamCodec {
 public:
  explicit Lz4Encoder(int level) {
    preferences_.compressionLevel = std::max(level, 0);
    SLUICE_CHECK(LZ4F_isError(LZ4F_createCompressionContext(&context_, LZ4F_VERSION)) == 0);
  }
  ~Lz4Encoder() override { LZ4F_freeCompressionContext(context_); }

  Status write(std::string_view in, const Sink& out) override {
    SLUICE_RETURN_IF_ERROR(begin(out));
    while (!in.empty()) {
      const std::string_view piece = in.substr(0, kPieceBytes);
      in.remove_prefix(piece.size());
      char* to = room(LZ4F_compressBound(piece.size(), &preferences_));
      SLUICE_RETURN_IF_ERROR(pass(
          LZ4F_compressUpdate(context_, to, out_.capacity(), piece.data(), piece.size(), nullptr),
          out));
    }
    return {};
  }

  Status finish(const Sink& out) override {
    SLUICE_RETURN_IF_ERROR(begin(out));
    char* to = room(LZ4F_compressBound(0, &preferences_));
    return pass(LZ4F_compressEnd(context_, to, out_.capacity(), nullptr), out);
  }

 private:
  char* room(size_t size) {
    out_.clear();
    return out_.tail(std::max(size, size_t{LZ4F_HEADER_SIZE_MAX}));
  }
  Status begin(const Sink& out) {
    if (begun_) return {};
    begun_ = true;
    char* to = room(LZ4F_HEADER_SIZE_MAX);
    return pass(LZ4F_compressBegin(context_, to, out_.capacity(), &preferences_), out);
  }
  Status pass(size_t produced, const Sink& out) const {
    SLUICE_CHECK(LZ4F_isError(produced) == 0);
    return produced == 0 ? Status() : out({out_.data(), produced});
  }

  LZ4F_cctx* context_ = nullptr;
  LZ4F_preferences_t preferences_{};
  bool begun_ = false;
  Buffer out_;
};

template <typename Codec, auto... kArguments>
std::unique_ptr<StreamCodec> decoder() {
  return std::make_unique<Codec>(kArguments...);
}

template <typename Codec, auto... kArguments>
std::unique_ptr<StreamCodec> encoder(int level) {
  return std::make_unique<Codec>(kArguments..., level);
}

constexpr StreamEncoding kEncodings[] = {
    {"zstd", decoder<ZstdDecoder>, encoder<ZstdEncoder>},
    {"br", make_brotli_decoder, make_brotli_encoder},
    {"lz4", decoder<Lz4Decoder>, encoder<Lz4Encoder>},
    {"snappy", make_snappy_decoder, make_snappy_encoder},
    {"gzip", decoder<Inflate, true>, encoder<Deflate, true>},
    {"deflate", decoder<Inflate, false>, encoder<Deflate, false>},
    {"xz", make_xz_decoder, make_xz_encoder},
    {"bz2", make_bzip2_decoder, make_bzip2_encoder},
};

}  // namespace

std::span<const StreamEncoding> stream_encodings() { return kEncodings; }

const StreamEncoding* find_stream_encoding(std::string_view name) {
  const auto* found =
      std::find_if(std::begin(kEncodings), std::end(kEncodings),
                   [name](const StreamEncoding& encoding) { return encoding.name == name; });
  return found == std::end(kEncodings) ? nullptr : found;
}

}  // namespace sluice::wire
