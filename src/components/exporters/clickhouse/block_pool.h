#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <vector>

#include "base/buffer.h"
#include "mapping/tables.h"
#include "native/block.h"

namespace sluice::components {

/// Empty blocks that keep their memory for the next rows. Thread-safe; lives as long as any block
/// of it.
class BlockPool : public std::enable_shared_from_this<BlockPool> {
 public:
  /// Keeps up to `spare` blocks a table, and as many buffers.
  explicit BlockPool(size_t spare) : spare_(spare) {}

  /// A kept block, or null: the mapper makes one when it needs it.
  std::unique_ptr<native::Block> take(mapping::Table table);
  /// A block that comes back to the pool when its last owner lets go.
  std::shared_ptr<const native::Block> lend(mapping::Table table,
                                            std::unique_ptr<native::Block> block);

  /// An empty buffer for an encoded block, which comes back as the block does.
  std::shared_ptr<Buffer> lend_buffer();

 private:
  void give_back(mapping::Table table, std::unique_ptr<native::Block> block);
  void give_back(Buffer&& buffer);

  const size_t spare_;
  std::mutex mutex_;
  std::array<std::vector<std::unique_ptr<native::Block>>, mapping::kTableCount> spares_;
  std::vector<Buffer> spare_buffers_;
};

}  // namespace sluice::components
