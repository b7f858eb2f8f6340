#include "wire/lz4_frame.h"

#include <lz4.h>

#include <algorithm>
#include <cstdint>

namespace sluice::wire {
namespace {

/// Of LZ4_compress_fast: each step trades a few percent of size for speed. 1 is LZ4's default.
constexpr int kAcceleration = 1;
/// Set in a block's size when its bytes are stored, not compressed.
constexpr uint32_t kStored = 0x80000000u;
constexpr size_t kSizeBytes = 4;

void put_size(char* to, uint32_t value) {
  for (int i = 0; i < 4; ++i) to[i] = static_cast<char>(value >> (8 * i));
}

}  // namespace

void append_lz4_blocks(std::string_view bytes, Buffer& out) {
  while (!bytes.empty()) {
    const std::string_view block = bytes.substr(0, kLz4BlockBytesMax);
    bytes.remove_prefix(block.size());
    const int size = static_cast<int>(block.size());
    const int bound = LZ4_compressBound(size);
    char* to = out.tail(kSizeBytes + static_cast<size_t>(bound));
    const int packed = LZ4_compress_fast(block.data(), to + kSizeBytes, size, bound, kAcceleration);
    if (packed > 0 && packed < size) {
      put_size(to, static_cast<uint32_t>(packed));
      out.commit(kSizeBytes + static_cast<size_t>(packed));
    } else {
      put_size(to, kStored | static_cast<uint32_t>(size));
      std::copy(block.begin(), block.end(), to + kSizeBytes);
      out.commit(kSizeBytes + block.size());
    }
  }
}

}  // namespace sluice::wire
