#include "wire/lz4_frame.h"

#include <lz4.h>

#include <algorithm>
#include <cstdint>

#include "base/check.h"

namespace sluice::wire {
namespace {

/// Trace and span ids are hex digits in no order, in which LZ4 looks long for matches of four bytes
/// and saves next to nothing. After a piece of that kind a sample tells whether the next one is
/// too.
constexpr size_t kSampleBytes = 4096;
/// Set in a block's size when its bytes are stored, not compressed.
constexpr uint32_t kStored = 0x80000000u;
constexpr size_t kSizeBytes = 4;

void put_size(char* to, uint32_t value) {
  for (int i = 0; i < 4; ++i) to[i] = static_cast<char>(value >> (8 * i));
}

uint32_t get_size(const char* from) {
  uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value |= uint32_t{static_cast<uint8_t>(from[i])} << (8 * i);
  return value;
}

/// Whether less than a sixteenth was saved.
bool is_dense(std::string_view plain, size_t packed) {
  return packed + plain.size() / 16 > plain.size();
}

}  // namespace

void Lz4BlocksOutput::use(std::string_view piece) {
  char* to = to_.tail(kSizeBytes + lz4_pack_bound(piece.size()));
  char* bytes = to + kSizeBytes;
  const std::string_view sample = piece.substr(piece.size() / 2, kSampleBytes);
  if (!was_dense_ || !is_dense(sample, pack_lz4(sample, bytes))) {
    const size_t packed = pack_lz4(piece, bytes);
    was_dense_ = is_dense(piece, packed);
    if (packed < piece.size()) {
      put_size(to, static_cast<uint32_t>(packed));
      to_.commit(kSizeBytes + packed);
      return;
    }
  }
  put_size(to, kStored | static_cast<uint32_t>(piece.size()));
  std::copy(piece.begin(), piece.end(), bytes);
  to_.commit(kSizeBytes + piece.size());
}

void unpack_lz4_blocks(std::string_view blocks, Buffer& out) {
  while (!blocks.empty()) {
    SLUICE_CHECK(blocks.size() >= kSizeBytes);
    uint32_t size = get_size(blocks.data());
    const bool is_stored = (size & kStored) != 0;
    size &= ~kStored;
    SLUICE_CHECK(blocks.size() - kSizeBytes >= size);
    const std::string_view packed = blocks.substr(kSizeBytes, size);
    blocks.remove_prefix(kSizeBytes + size);
    if (is_stored) {
      out.append(packed);
      continue;
    }
    char* to = out.tail(kLz4BlockBytesMax);
    const int plain = LZ4_decompress_safe(packed.data(), to, static_cast<int>(size),
                                          static_cast<int>(kLz4BlockBytesMax));
    SLUICE_CHECK(plain >= 0);
    out.commit(static_cast<size_t>(plain));
  }
}

}  // namespace sluice::wire
