#pragma once

// An open block of ClickHouse's Native format: typed columns that grow row by row and are encoded
// at the end. Format: https://clickhouse.com/docs/interfaces/formats/Native (without
// client_protocol_version: no block info, no custom serialization byte). Byte order is
// little-endian.

#include <cstdint>
#include <span>

#include "base/output.h"

namespace sluice::native {

/// One table's open block. Not thread-safe; may be handed to another thread as a whole.
class Block {
 public:
  virtual ~Block() = default;
  virtual uint32_t rows() const = 0;
  /// About what encode() would write, in bytes; also about what the block holds in memory.
  virtual size_t bytes() const = 0;
  /// Appends one Native block with the rows `order` names, in that order. A row may be left out,
  /// for bisecting.
  virtual void encode(std::span<const uint32_t> order, Output& out) const = 0;
  /// The same at the end of a buffer.
  void append_to(std::span<const uint32_t> order, Buffer& out) const {
    BufferOutput output(out);
    encode(order, output);
    output.finish();
  }
  /// Forgets the rows, keeps the memory.
  virtual void reset() = 0;
};

}  // namespace sluice::native
