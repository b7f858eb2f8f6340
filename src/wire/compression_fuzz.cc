// The first byte picks the encoding, the rest is what a sender sends. Nothing may crash, and no
// output may pass the limit.

#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "wire/compression.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using sluice::wire::Encoding;
  if (size == 0) return 0;
  constexpr size_t kLimit = 1 << 20;
  constexpr int kEncodings = static_cast<int>(Encoding::Lz4) + 1;
  const auto encoding = static_cast<Encoding>(data[0] % kEncodings);
  const std::string_view in(reinterpret_cast<const char*>(data + 1), size - 1);
  sluice::Buffer out;
  const sluice::Status status = sluice::wire::decompress(encoding, in, kLimit, out);
  if (status.ok()) SLUICE_CHECK(out.size() <= kLimit);
  return 0;
}
