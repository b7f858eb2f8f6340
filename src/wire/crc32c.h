#pragma once

#include <cstdint>
#include <string_view>

namespace sluice::wire {

/// CRC-32C (Castagnoli) of the bytes, as RFC 3720 defines it: "123456789" gives 0xe3069283.
uint32_t crc32c(std::string_view bytes);

}  // namespace sluice::wire
