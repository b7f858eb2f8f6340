#include "wire/compression.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>

#include <libdeflate.h>
#include <lz4frame.h>
#include <snappy.h>
#include <zstd.h>

#include "base/check.h"
#include "wire/snappy_frame.h"

namespace sluice::wire {

namespace {

/// What is tried first for an output of unknown size, and its growth: little memory for the usual
/// small body, little repeated work for a large one.
constexpr size_t kFirstOutput = 64 << 10;
constexpr size_t kGrowth = 4;

Status too_large(size_t limit) {
  return {Code::ResourceExhausted,
          "the data is larger than " + std::to_string(limit) + " bytes after decompression"};
}

template <typename T, auto Free>
struct Deleter {
  void operator()(T* object) const { Free(object); }
};
template <typename T, auto Free>
using Handle = std::unique_ptr<T, Deleter<T, Free>>;

libdeflate_decompressor* deflate_decompressor() {
  // One for each thread: making one costs as much as a small body.
  thread_local const Handle<libdeflate_decompressor, libdeflate_free_decompressor> kept(
      libdeflate_alloc_decompressor());
  SLUICE_CHECK(kept != nullptr);
  return kept.get();
}

using Inflate = libdeflate_result (*)(libdeflate_decompressor*, const void*, size_t, void*, size_t,
                                      size_t*, size_t*);

/// One gzip member or zlib stream. libdeflate wants room for all of its output at once, so too
/// small a guess is repeated with a larger one.
Status inflate(Inflate decode, std::string_view name, std::string_view& in, size_t guess,
               size_t room, size_t limit, Buffer& out) {
  size_t size = std::min(std::max<size_t>(guess, 1), room);
  while (true) {
    size_t used = 0;
    size_t made = 0;
    const libdeflate_result result =
        decode(deflate_decompressor(), in.data(), in.size(), out.tail(size), size, &used, &made);
    if (result == LIBDEFLATE_SUCCESS) {
      out.commit(made);
      in.remove_prefix(used);
      return {};
    }
    if (result != LIBDEFLATE_INSUFFICIENT_SPACE) {
      return invalid_argument(std::string(name) + ": the data is damaged or cut off");
    }
    if (size == room) return too_large(limit);
    size = std::min(std::max(size * kGrowth, kFirstOutput), room);
  }
}

bool has_gzip_magic(std::string_view in) {
  constexpr size_t kHeader = 10;
  return in.size() >= kHeader && in.substr(0, 3) == "\x1f\x8b\x08";
}

/// The last four bytes of a gzip file are the size of its (last) member: a hint, since the sender
/// may lie and there may be other members. Deflate cannot expand by more than 1032 to 1, so a
/// larger claim is a lie.
size_t gzip_size_hint(std::string_view in) {
  constexpr size_t kExpansionMax = 1032;
  uint32_t claimed = 0;
  std::memcpy(&claimed, in.data() + in.size() - sizeof claimed, sizeof claimed);
  return std::min<size_t>(claimed, in.size() * kExpansionMax);
}

Status gunzip(std::string_view in, size_t limit, Buffer& out) {
  if (!has_gzip_magic(in)) return invalid_argument("gzip: invalid header");
  const size_t begin = out.size();
  size_t guess = gzip_size_hint(in);
  do {
    if (!has_gzip_magic(in)) return invalid_argument("gzip: bytes follow that are no gzip member");
    const size_t room = limit - (out.size() - begin);
    SLUICE_RETURN_IF_ERROR(
        inflate(libdeflate_gzip_decompress_ex, "gzip", in, guess, room, limit, out));
    guess = kFirstOutput;
  } while (!in.empty());
  return {};
}

Status unzlib(std::string_view in, size_t limit, Buffer& out) {
  SLUICE_RETURN_IF_ERROR(
      inflate(libdeflate_zlib_decompress_ex, "zlib", in, kFirstOutput, limit, limit, out));
  return in.empty() ? Status() : invalid_argument("zlib: bytes follow the end of the data");
}

/// Room for the next piece of output: one byte more than the limit at most, so that too much is
/// noticed.
size_t next_room(const Buffer& out, size_t begin, size_t limit) {
  const size_t made = out.size() - begin;
  return std::min(std::max(kFirstOutput, made), limit + 1 - made);
}

ZSTD_DCtx* zstd_decompressor() {
  thread_local const Handle<ZSTD_DCtx, ZSTD_freeDCtx> kept(ZSTD_createDCtx());
  SLUICE_CHECK(kept != nullptr);
  ZSTD_DCtx_reset(kept.get(), ZSTD_reset_session_only);
  ZSTD_DCtx_setParameter(kept.get(), ZSTD_d_windowLogMax, kZstdWindowLogMax);
  return kept.get();
}

Status unzstd(std::string_view in, size_t limit, Buffer& out) {
  const size_t begin = out.size();
  // A frame that says how large it is goes straight into its place; the claim reserves no more than
  // the limit.
  const unsigned long long claimed = ZSTD_getFrameContentSize(in.data(), in.size());
  if (claimed == ZSTD_CONTENTSIZE_ERROR)
    return invalid_argument("zstd: invalid input: magic number mismatch");
  if (claimed != ZSTD_CONTENTSIZE_UNKNOWN) {
    if (claimed > limit) return too_large(limit);
    out.reserve(begin + claimed);
  }
  ZSTD_DCtx* context = zstd_decompressor();
  ZSTD_inBuffer input{in.data(), in.size(), 0};
  size_t wanted = 1;  // 0 at the end of a frame
  bool full = false;
  while (input.pos < input.size || full) {
    const size_t spare = out.capacity() - out.size();
    const size_t room =
        std::min(std::max(next_room(out, begin, limit), spare), limit + 1 - (out.size() - begin));
    ZSTD_outBuffer output{out.tail(room), room, 0};
    wanted = ZSTD_decompressStream(context, &output, &input);
    if (ZSTD_isError(wanted) != 0) {
      return invalid_argument(std::string("zstd: ") + ZSTD_getErrorName(wanted));
    }
    out.commit(output.pos);
    if (out.size() - begin > limit) return too_large(limit);
    full = output.pos == output.size && wanted != 0;
  }
  return wanted == 0 ? Status() : invalid_argument("zstd: unexpected end of the data");
}

Status unlz4(std::string_view in, size_t limit, Buffer& out) {
  LZ4F_dctx* made = nullptr;
  SLUICE_CHECK(LZ4F_isError(LZ4F_createDecompressionContext(&made, LZ4F_VERSION)) == 0);
  const Handle<LZ4F_dctx, LZ4F_freeDecompressionContext> context(made);
  const size_t begin = out.size();
  size_t wanted = 1;  // 0 at the end of a frame
  bool full = false;
  while (!in.empty() || full) {
    size_t room = next_room(out, begin, limit);
    const size_t offered = room;
    size_t used = in.size();
    wanted = LZ4F_decompress(context.get(), out.tail(room), &room, in.data(), &used, nullptr);
    if (LZ4F_isError(wanted) != 0)
      return invalid_argument(std::string("lz4: ") + LZ4F_getErrorName(wanted));
    out.commit(room);
    in.remove_prefix(used);
    if (out.size() - begin > limit) return too_large(limit);
    full = room == offered && wanted != 0;
  }
  return wanted == 0 ? Status() : invalid_argument("lz4: unexpected end of the data");
}

Status unsnappy(std::string_view in, size_t limit, Buffer& out) {
  if (in.substr(0, kSnappyStreamHeader.size()) == kSnappyStreamHeader) {
    return decompress_snappy_frames(in, limit, out);
  }
  size_t size = 0;
  if (!snappy::GetUncompressedLength(in.data(), in.size(), &size)) {
    return invalid_argument("snappy: corrupt input: it has no length");
  }
  if (size > limit) return too_large(limit);
  // Looked at before any room is made for it: the claim alone may not cost memory.
  if (!snappy::IsValidCompressedBuffer(in.data(), in.size()))
    return invalid_argument("snappy: corrupt input");
  if (!snappy::RawUncompress(in.data(), in.size(), out.tail(size))) {
    return invalid_argument("snappy: corrupt input");
  }
  out.commit(size);
  return {};
}

/// libdeflate's levels are zlib's and three more.
constexpr int kDeflateLevelMax = 12;
constexpr int kFastest = 1;

using Compress = decltype(&libdeflate_gzip_compress);
using CompressBound = decltype(&libdeflate_gzip_compress_bound);

/// A negative level is zlib's word for its own default.
int deflate_level(std::optional<int> level) {
  constexpr int kUsual = 6;
  if (!level) return kFastest;
  return *level < 0 ? kUsual : std::min(*level, kDeflateLevelMax);
}

void deflate(std::string_view in, std::optional<int> wanted, CompressBound bound, Compress compress,
             Buffer& out) {
  const int level = deflate_level(wanted);
  // One a thread, of the level that was last asked for: making one costs more than a short body.
  thread_local Handle<libdeflate_compressor, libdeflate_free_compressor> kept;
  thread_local int kept_level = 0;
  if (kept == nullptr || kept_level != level) {
    kept.reset(libdeflate_alloc_compressor(level));
    kept_level = level;
  }
  SLUICE_CHECK(kept != nullptr);
  const size_t room = bound(kept.get(), in.size());
  out.commit(compress(kept.get(), in.data(), in.size(), out.tail(room), room));
}

void zstd(std::string_view in, std::optional<int> level, Buffer& out) {
  const size_t room = ZSTD_compressBound(in.size());
  const int used = std::clamp(level.value_or(kFastest), ZSTD_minCLevel(), ZSTD_maxCLevel());
  const size_t made = ZSTD_compress(out.tail(room), room, in.data(), in.size(), used);
  SLUICE_CHECK(ZSTD_isError(made) == 0);
  out.commit(made);
}

void lz4(std::string_view in, std::optional<int> level, Buffer& out) {
  LZ4F_preferences_t preferences{};
  preferences.compressionLevel = level.value_or(0);
  const size_t room = LZ4F_compressFrameBound(in.size(), &preferences);
  const size_t made = LZ4F_compressFrame(out.tail(room), room, in.data(), in.size(), &preferences);
  SLUICE_CHECK(LZ4F_isError(made) == 0);
  out.commit(made);
}

void snappy_block(std::string_view in, Buffer& out) {
  size_t made = 0;
  snappy::RawCompress(in.data(), in.size(), out.tail(snappy::MaxCompressedLength(in.size())),
                      &made);
  out.commit(made);
}

}  // namespace

Status decompress(Encoding encoding, std::string_view in, size_t limit, Buffer& out) {
  if (encoding != Encoding::Identity && in.empty())
    return invalid_argument("there is no compressed data");
  switch (encoding) {
    case Encoding::Identity:
      if (in.size() > limit) return too_large(limit);
      out.append(in);
      return {};
    case Encoding::Gzip: return gunzip(in, limit, out);
    case Encoding::Deflate: return unzlib(in, limit, out);
    case Encoding::Zstd: return unzstd(in, limit, out);
    case Encoding::Snappy: return unsnappy(in, limit, out);
    case Encoding::SnappyFramed: return decompress_snappy_frames(in, limit, out);
    case Encoding::Lz4: return unlz4(in, limit, out);
  }
  return internal_error("an encoding without a decoder");
}

void compress(Encoding encoding, std::string_view in, Buffer& out, std::optional<int> level) {
  switch (encoding) {
    case Encoding::Identity: out.append(in); return;
    case Encoding::Gzip:
      deflate(in, level, libdeflate_gzip_compress_bound, libdeflate_gzip_compress, out);
      return;
    case Encoding::Deflate:
      deflate(in, level, libdeflate_zlib_compress_bound, libdeflate_zlib_compress, out);
      return;
    case Encoding::Zstd: zstd(in, level, out); return;
    case Encoding::Snappy: snappy_block(in, out); return;
    case Encoding::SnappyFramed: compress_snappy_frames(in, out); return;
    case Encoding::Lz4: lz4(in, level, out); return;
  }
}

}  // namespace sluice::wire
