#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/buffer.h"
#include "base/status.h"

namespace sluice::wire {

enum class Encoding : uint8_t {
  Identity,
  Gzip,          ///< RFC 1952, several members allowed
  Deflate,       ///< RFC 1950 (zlib), which HTTP calls deflate
  Zstd,          ///< RFC 8878, several frames allowed
  Snappy,        ///< the raw block format, or the framed one if the bytes begin with its magic
  SnappyFramed,  ///< Snappy's framing format with CRC-32C
  Lz4,           ///< LZ4 frames
};

/// Windows of zstd frames up to 2^23 bytes (8 MiB) are decoded, as RFC 8878 asks of every decoder;
/// larger ones are refused, since the window is memory that the sender chooses.
inline constexpr int kZstdWindowLogMax = 23;

/// Appends what `in` decompresses to. More than `limit` bytes of output are ResourceExhausted, and
/// never more than about that much memory is taken. Bytes that are not whole and well-formed, to
/// the last one, are InvalidArgument, with what is wrong. Empty input is an error but for Identity.
/// On an error `out` holds an unspecified part. REQUIRES: `in` does not point into `out`.
Status decompress(Encoding encoding, std::string_view in, size_t limit, Buffer& out);

/// Appends `in`, compressed. `level` is one of the library's own, cut to those that it knows;
/// without one it is the fastest. Snappy has no levels.
void compress(Encoding encoding, std::string_view in, Buffer& out, std::optional<int> level = {});

}  // namespace sluice::wire
