#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "base/status.h"

namespace sluice::wire {

/// Takes the next bytes of a stream. An error of its own stops the stream and is passed on.
using Sink = std::function<Status(std::string_view)>;

/// Turns one stream of bytes into another, piece by piece, in memory that does not grow with the
/// stream. Not thread-safe. After an error it is of no use.
class StreamCodec {
 public:
  virtual ~StreamCodec() = default;
  /// Takes the next bytes in, and gives what they become to `out`: nothing, or several pieces.
  virtual Status write(std::string_view in, const Sink& out) = 0;
  /// The input is over. Gives the rest to `out`; InvalidArgument if a decoder's input was cut.
  virtual Status finish(const Sink& out) = 0;
};

/// A way to compress a stream, by HTTP's name for it. Decoders give InvalidArgument for what is
/// damaged, cut or followed by something else, ResourceExhausted for what takes too much memory.
struct StreamEncoding {
  std::string_view name;  ///< in Content-Encoding and Accept-Encoding
  std::unique_ptr<StreamCodec> (*make_decoder)();
  /// `level` is the library's own, cut to those that take little memory; 0: a fast one.
  std::unique_ptr<StreamCodec> (*make_encoder)(int level);
};

/// All that ClickHouse knows, the ones that it prefers first: zstd, br, lz4 (frames), snappy
/// (Hadoop's framing), gzip (several members allowed), deflate (zlib's format), xz and bz2 (several
/// streams allowed).
std::span<const StreamEncoding> stream_encodings();
/// The one of this name, or null.
const StreamEncoding* find_stream_encoding(std::string_view name);

/// The two directions of ClickHouse's own framing of compressed bytes (`compress=1`,
/// `decompress=1`). The stream is a row of blocks: CityHash128 (16 bytes) of all that follows in
/// the block; method (1 byte: 0x82 LZ4, 0x90 ZSTD, 0x02 stored); size of the block without its
/// checksum (4 bytes, little-endian); size of the bytes when decompressed (4 bytes, little-endian);
/// the data. Errors of the decoder: DataLoss for a wrong checksum or an unknown method,
/// ResourceExhausted for a block of more than kNativeBlockBytesMax, InvalidArgument for anything
/// else.
std::unique_ptr<StreamCodec> make_native_block_decoder();
/// Writes LZ4 blocks of kNativeBlockBytes.
std::unique_ptr<StreamCodec> make_native_block_encoder();

/// What ClickHouse itself makes: a good ratio, and little to wait for.
inline constexpr size_t kNativeBlockBytes = 1 << 20;
/// Larger blocks are refused, compressed or not: their size is memory that the sender chooses.
/// Known writers stay below 16 MiB.
inline constexpr size_t kNativeBlockBytesMax = 128 << 20;

}  // namespace sluice::wire
