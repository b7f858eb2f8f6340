#include <lz4.h>
#include <zstd.h>

#include <cstring>
#include <string>

#include "base/buffer.h"
#include "wire/cityhash.h"
#include "wire/stream_codec_parts.h"

namespace sluice::wire {
namespace {

constexpr size_t kChecksumBytes = 16;
constexpr size_t kHeaderBytes = 9;  // method and the two sizes, which the checksum covers
constexpr size_t kBeforeData = kChecksumBytes + kHeaderBytes;

enum Method : uint8_t { kStored = 0x02, kLz4 = 0x82, kZstd = 0x90 };

struct Header {
  Hash128 checksum;
  uint8_t method = 0;
  size_t block_bytes = 0;  // of header and data
  size_t plain_bytes = 0;
};

uint32_t load32(const char* at) {
  uint32_t value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

void store32(char* at, size_t value) {
  const auto narrow = static_cast<uint32_t>(value);
  std::memcpy(at, &narrow, sizeof narrow);
}

Header read_header(const char* at) {
  Header header;
  std::memcpy(&header.checksum.low, at, sizeof header.checksum.low);
  std::memcpy(&header.checksum.high, at + 8, sizeof header.checksum.high);
  header.method = static_cast<uint8_t>(at[kChecksumBytes]);
  header.block_bytes = load32(at + kChecksumBytes + 1);
  header.plain_bytes = load32(at + kChecksumBytes + 5);
  return header;
}

bool is_known(uint8_t method) { return method == kStored || method == kLz4 || method == kZstd; }

bool decompress_data(uint8_t method, std::string_view data, char* to, size_t plain_bytes) {
  switch (method) {
    case kStored:
      if (data.size() != plain_bytes) return false;
      std::memcpy(to, data.data(), plain_bytes);
      return true;
    case kLz4:
      return LZ4_decompress_safe(data.data(), to, static_cast<int>(data.size()),
                                 static_cast<int>(plain_bytes)) == static_cast<int>(plain_bytes);
    case kZstd: return ZSTD_decompress(to, plain_bytes, data.data(), data.size()) == plain_bytes;
    default: return false;
  }
}

class NativeBlockDecoder final : public StreamCodec {
 public:
  Status write(std::string_view in, const Sink& out) override {
    input_.append(in);
    size_t used = 0;
    Status status;
    while (status.ok() && input_.size() - used >= kBeforeData) {
      const std::string_view rest = input_.view().substr(used);
      const Header header = read_header(rest.data());
      status = check(header);
      if (!status.ok() || rest.size() < kChecksumBytes + header.block_bytes) break;
      status = decode(header, rest.substr(kChecksumBytes, header.block_bytes), out);
      used += kChecksumBytes + header.block_bytes;
    }
    drop_front(input_, used);
    return status;
  }

  Status finish(const Sink&) override {
    return input_.empty() ? Status() : invalid_argument("the last compressed block is cut short");
  }

 private:
  static Status check(const Header& header) {
    if (!is_known(header.method)) {
      return {Code::DataLoss, "a compressed block names the method " +
                                  std::to_string(header.method) +
                                  ", which there is not: most likely the data is damaged, or not "
                                  "compressed"};
    }
    if (header.block_bytes < kHeaderBytes) {
      return invalid_argument("a compressed block gives a size that is too small for its header");
    }
    if (header.block_bytes > kNativeBlockBytesMax || header.plain_bytes > kNativeBlockBytesMax) {
      return {Code::ResourceExhausted, "a compressed block is larger than " +
                                           std::to_string(kNativeBlockBytesMax) + " bytes"};
    }
    return {};
  }

  Status decode(const Header& header, std::string_view block, const Sink& out) {
    if (city_hash128(block) != header.checksum) {
      return {Code::DataLoss, "the checksum of a compressed block does not match"};
    }
    plain_.resize(header.plain_bytes);
    if (!decompress_data(header.method, block.substr(kHeaderBytes), plain_.data(),
                         header.plain_bytes)) {
      return invalid_argument("a compressed block cannot be decompressed (method " +
                              std::to_string(header.method) + ")");
    }
    return plain_.empty() ? Status() : out(plain_.view());
  }

  Buffer input_;
  Buffer plain_;
};

class NativeBlockEncoder final : public BlockEncoder {
 public:
  NativeBlockEncoder() : BlockEncoder(kNativeBlockBytes) {}

 private:
  std::string_view encode(std::string_view plain) override {
    const auto plain_bytes = static_cast<int>(plain.size());
    const int bound = LZ4_compressBound(plain_bytes);
    block_.clear();
    char* to = block_.tail(kBeforeData + static_cast<size_t>(bound));
    const int compressed = LZ4_compress_default(plain.data(), to + kBeforeData, plain_bytes, bound);
    SLUICE_CHECK(compressed > 0);
    const size_t size = kHeaderBytes + static_cast<size_t>(compressed);
    to[kChecksumBytes] = static_cast<char>(kLz4);
    store32(to + kChecksumBytes + 1, size);
    store32(to + kChecksumBytes + 5, plain.size());
    const Hash128 checksum = city_hash128({to + kChecksumBytes, size});
    std::memcpy(to, &checksum.low, sizeof checksum.low);
    std::memcpy(to + 8, &checksum.high, sizeof checksum.high);
    return {to, kChecksumBytes + size};
  }

  Buffer block_;
};

}  // namespace

std::unique_ptr<StreamCodec> make_native_block_decoder() {
  return std::make_unique<NativeBlockDecoder>();
}

std::unique_ptr<StreamCodec> make_native_block_encoder() {
  return std::make_unique<NativeBlockEncoder>();
}

}  // namespace sluice::wire
