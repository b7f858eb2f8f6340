#pragma once

#include <cstdint>
#include <string_view>

namespace sluice::wire {

struct Hash128 {
  uint64_t low = 0;
  uint64_t high = 0;
  friend bool operator==(const Hash128&, const Hash128&) = default;
};

/// CityHash128 as of version 1.0.2: the checksum of ClickHouse's compressed blocks, which stays
/// with this version for good (later ones of CityHash give other values).
Hash128 city_hash128(std::string_view bytes);

}  // namespace sluice::wire
