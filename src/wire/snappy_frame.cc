#include "wire/snappy_frame.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include <snappy.h>

#include "wire/crc32c.h"

namespace sluice::wire {

namespace {

constexpr size_t kChunkHeader = 4;
constexpr size_t kChecksum = 4;
constexpr size_t kChunkDataMax = 65536;  // uncompressed, by the format

enum ChunkType : uint8_t {
  kCompressed = 0x00,
  kUncompressed = 0x01,
  kFirstSkippable = 0x80,
  kStreamIdentifier = 0xff,
};

Status corrupt(const char* what) {
  return invalid_argument(std::string("snappy: corrupt input: ") + what);
}

uint32_t load32(const char* bytes) {
  uint32_t value = 0;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

/// The format stores checksums rotated and offset, so that a checksum of data that holds checksums
/// is not weak.
uint32_t masked_crc(std::string_view data) {
  const uint32_t crc = crc32c(data);
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8;
}

/// A chunk with data: checksum, then the data, compressed or not.
Status append_data(uint8_t type, std::string_view chunk, size_t room, Buffer& out) {
  if (chunk.size() < kChecksum) return corrupt("a chunk is too short for its checksum");
  const uint32_t checksum = load32(chunk.data());
  chunk.remove_prefix(kChecksum);
  size_t size = chunk.size();
  if (type == kCompressed && !snappy::GetUncompressedLength(chunk.data(), chunk.size(), &size)) {
    return corrupt("a chunk has no length");
  }
  if (size > kChunkDataMax) return corrupt("a chunk holds more than 65536 bytes");
  if (size > room) return {Code::ResourceExhausted, "more data than the limit after decompression"};
  char* to = out.tail(size);
  if (type == kUncompressed) {
    if (size != 0) std::memcpy(to, chunk.data(), size);
  } else if (!snappy::RawUncompress(chunk.data(), chunk.size(), to)) {
    return corrupt("a chunk cannot be decompressed");
  }
  if (masked_crc({to, size}) != checksum) return corrupt("a checksum is wrong");
  out.commit(size);
  return {};
}

void append_chunk(uint8_t type, std::string_view data, uint32_t checksum, Buffer& out) {
  const size_t size = data.size() + kChecksum;
  out.push_back(static_cast<char>(type));
  for (int shift = 0; shift < 24; shift += 8) out.push_back(static_cast<char>(size >> shift));
  out.append_raw(checksum);
  out.append(data);
}

}  // namespace

Status decompress_snappy_frames(std::string_view in, size_t limit, Buffer& out) {
  const size_t begin = out.size();
  if (in.substr(0, kSnappyStreamHeader.size()) != kSnappyStreamHeader) {
    return corrupt("it does not begin with the stream identifier");
  }
  while (!in.empty()) {
    if (in.size() < kChunkHeader) return corrupt("it ends inside a chunk header");
    const auto type = static_cast<uint8_t>(in[0]);
    const size_t size = load32(in.data()) >> 8;
    in.remove_prefix(kChunkHeader);
    if (size > in.size()) return corrupt("it ends inside a chunk");
    const std::string_view chunk = in.substr(0, size);
    in.remove_prefix(size);
    if (type == kCompressed || type == kUncompressed) {
      SLUICE_RETURN_IF_ERROR(append_data(type, chunk, limit - (out.size() - begin), out));
    } else if (type == kStreamIdentifier) {
      if (chunk != kSnappyStreamHeader.substr(kChunkHeader))
        return corrupt("a stream identifier is wrong");
    } else if (type < kFirstSkippable) {
      return corrupt("it has a chunk of a reserved type");
    }
  }
  return {};
}

void compress_snappy_frames(std::string_view in, Buffer& out) {
  out.append(kSnappyStreamHeader);
  while (!in.empty()) {
    const std::string_view piece = in.substr(0, kChunkDataMax);
    in.remove_prefix(piece.size());
    std::string compressed;
    snappy::Compress(piece.data(), piece.size(), &compressed);
    const bool smaller = compressed.size() < piece.size();
    append_chunk(smaller ? kCompressed : kUncompressed,
                 smaller ? std::string_view(compressed) : piece, masked_crc(piece), out);
  }
}

}  // namespace sluice::wire
