// Hadoop's framing of snappy, which ClickHouse means by "snappy". The stream is a row of blocks:
// the size of the block's bytes when decompressed (4 bytes, big-endian), then chunks until they
// have given so many: size of the chunk (4 bytes, big-endian), snappy's raw format.

#include <snappy.h>

#include "wire/stream_codec_parts.h"

namespace sluice::wire {
namespace {

constexpr size_t kSizeBytes = 4;
/// Of the blocks that we write, which are one chunk each. Hadoop's default.
constexpr size_t kBlockBytes = 256 << 10;
/// Larger chunks are refused: their size is memory that the sender chooses.
constexpr size_t kChunkBytesMax = 16 << 20;

size_t load_size(const char* at) {
  size_t size = 0;
  for (size_t i = 0; i < kSizeBytes; ++i) size = size << 8 | static_cast<unsigned char>(at[i]);
  return size;
}

void store_size(char* at, size_t size) {
  for (size_t i = 0; i < kSizeBytes; ++i) at[i] = static_cast<char>(size >> (24 - 8 * i));
}

class SnappyDecoder final : public StreamCodec {
 public:
  Status write(std::string_view in, const Sink& out) override {
    input_.append(in);
    size_t used = 0;
    Status status;
    while (status.ok() && input_.size() - used >= kSizeBytes) {
      const std::string_view rest = input_.view().substr(used);
      const size_t size = load_size(rest.data());
      if (block_left_ == 0) {
        block_left_ = size;
        used += kSizeBytes;
        continue;
      }
      if (size > snappy::MaxCompressedLength(kChunkBytesMax)) return chunk_too_large();
      if (rest.size() - kSizeBytes < size) break;
      status = decode(rest.substr(kSizeBytes, size), out);
      used += kSizeBytes + size;
    }
    drop_front(input_, used);
    return status;
  }

  Status finish(const Sink&) override {
    return input_.empty() && block_left_ == 0 ? Status() : cut_error("snappy");
  }

 private:
  static Status chunk_too_large() {
    return {Code::ResourceExhausted,
            "a chunk of snappy data is larger than " + std::to_string(kChunkBytesMax) + " bytes"};
  }

  Status decode(std::string_view chunk, const Sink& out) {
    size_t size = 0;
    if (!snappy::GetUncompressedLength(chunk.data(), chunk.size(), &size) || size > block_left_) {
      return damage_error("snappy", "a chunk is larger than its block");
    }
    if (size > kChunkBytesMax) return chunk_too_large();
    plain_.resize(size);
    if (!snappy::RawUncompress(chunk.data(), chunk.size(), plain_.data())) {
      return damage_error("snappy", nullptr);
    }
    block_left_ -= size;
    return size == 0 ? Status() : out(plain_.view());
  }

  Buffer input_;
  Buffer plain_;
  size_t block_left_ = 0;  // what the block's chunks have still to give
};

class SnappyEncoder final : public BlockEncoder {
 public:
  SnappyEncoder() : BlockEncoder(kBlockBytes) {}

 private:
  std::string_view encode(std::string_view plain) override {
    block_.clear();
    char* to = block_.tail(2 * kSizeBytes + snappy::MaxCompressedLength(plain.size()));
    size_t size = 0;
    snappy::RawCompress(plain.data(), plain.size(), to + 2 * kSizeBytes, &size);
    store_size(to, plain.size());
    store_size(to + kSizeBytes, size);
    return {to, 2 * kSizeBytes + size};
  }

  Buffer block_;
};

}  // namespace

std::unique_ptr<StreamCodec> make_snappy_decoder() { return std::make_unique<SnappyDecoder>(); }

std::unique_ptr<StreamCodec> make_snappy_encoder(int) { return std::make_unique<SnappyEncoder>(); }

}  // namespace sluice::wire
