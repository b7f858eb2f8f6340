#include "wire/lz4_frame.h"

#include <lz4.h>

#include <algorithm>
#include <cstdint>

namespace sluice::wire {
namespace {

/// Of LZ4_compress_fast, whose default is 1. On rows of the collector's tables 4 takes 20 % less
/// time for 5 % more bytes.
constexpr int kAcceleration = 4;
/// Set in a block's size when its bytes are stored, not compressed.
constexpr uint32_t kStored = 0x80000000u;
constexpr size_t kSizeBytes = 4;

void put_size(char* to, uint32_t value) {
  for (int i = 0; i < 4; ++i) to[i] = static_cast<char>(value >> (8 * i));
}

}  // namespace

void Lz4BlocksOutput::use(std::string_view piece) {
  const int size = static_cast<int>(piece.size());
  const int bound = LZ4_compressBound(size);
  char* to = to_.tail(kSizeBytes + static_cast<size_t>(bound));
  const int packed = LZ4_compress_fast(piece.data(), to + kSizeBytes, size, bound, kAcceleration);
  if (packed > 0 && packed < size) {
    put_size(to, static_cast<uint32_t>(packed));
    to_.commit(kSizeBytes + static_cast<size_t>(packed));
  } else {
    put_size(to, kStored | static_cast<uint32_t>(size));
    std::copy(piece.begin(), piece.end(), to + kSizeBytes);
    to_.commit(kSizeBytes + piece.size());
  }
}

}  // namespace sluice::wire
