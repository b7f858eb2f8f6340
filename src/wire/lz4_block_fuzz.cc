// Whatever is packed is read back by liblz4.

#include <lz4.h>

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "wire/lz4_block.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view plain(reinterpret_cast<const char*>(data),
                               std::min(size, sluice::wire::kLz4BlockBytesMax));
  std::vector<char> packed(sluice::wire::lz4_pack_bound(plain.size()));
  const size_t packed_size = sluice::wire::pack_lz4(plain, packed.data());
  std::vector<char> back(plain.size() + 1);
  const int unpacked = LZ4_decompress_safe(
      packed.data(), back.data(), static_cast<int>(packed_size), static_cast<int>(back.size()));
  SLUICE_CHECK(unpacked == static_cast<int>(plain.size()));
  SLUICE_CHECK(std::string_view(back.data(), plain.size()) == plain);
  return 0;
}
