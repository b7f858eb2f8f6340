#include "components/exporters/clickhouse/block_pool.h"

#include <utility>

namespace sluice::components {

std::unique_ptr<native::Block> BlockPool::take(mapping::Table table) {
  const std::lock_guard lock(mutex_);
  auto& spares = spares_[static_cast<size_t>(table)];
  if (spares.empty()) return nullptr;
  auto block = std::move(spares.back());
  spares.pop_back();
  return block;
}

std::shared_ptr<const native::Block> BlockPool::lend(mapping::Table table,
                                                     std::unique_ptr<native::Block> block) {
  return {block.release(), [pool = shared_from_this(), table](native::Block* done) {
            pool->give_back(table, std::unique_ptr<native::Block>(done));
          }};
}

void BlockPool::give_back(mapping::Table table, std::unique_ptr<native::Block> block) {
  block->reset();
  const std::lock_guard lock(mutex_);
  auto& spares = spares_[static_cast<size_t>(table)];
  if (spares.size() < spare_) spares.push_back(std::move(block));
}

std::shared_ptr<Buffer> BlockPool::lend_buffer() {
  auto buffer = std::make_unique<Buffer>();
  {
    const std::lock_guard lock(mutex_);
    if (!spare_buffers_.empty()) {
      *buffer = std::move(spare_buffers_.back());
      spare_buffers_.pop_back();
    }
  }
  return {buffer.release(), [pool = shared_from_this()](Buffer* done) {
            pool->give_back(std::move(*std::unique_ptr<Buffer>(done)));
          }};
}

void BlockPool::give_back(Buffer&& buffer) {
  buffer.clear();
  const std::lock_guard lock(mutex_);
  if (spare_buffers_.size() < spare_) spare_buffers_.push_back(std::move(buffer));
}

}  // namespace sluice::components
