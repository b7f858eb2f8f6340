#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace sluice::bench {

/// What came in since the start or the last reset.
struct Stats {
  uint64_t requests = 0;
  uint64_t inserts = 0;
  uint64_t bytes_wire = 0;  // of INSERT bodies as sent
  uint64_t bytes_raw = 0;   // decompressed
  uint64_t rows = 0;
  uint64_t blocks = 0;
  uint64_t bad = 0;  // bodies that could not be read
  std::map<std::string, uint64_t> rows_by_table;
  std::map<std::string, uint64_t> odd;  // questions without a prepared answer

  std::string json() const;
};

}  // namespace sluice::bench
