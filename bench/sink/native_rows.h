#pragma once

#include <cstdint>
#include <string_view>

namespace sluice::bench {

struct Counted {
  uint64_t rows = 0;
  uint64_t blocks = 0;
  bool whole = false;  // false: the bytes are no sequence of Native blocks
};

/// Walks every value of the Native blocks in an INSERT's body (ClickHouse's format as HTTP has it:
/// no block info).
Counted count_native_rows(std::string_view body);

/// Only the first block's header. Right for writers that send one block per INSERT.
Counted count_first_header(std::string_view body);

}  // namespace sluice::bench
