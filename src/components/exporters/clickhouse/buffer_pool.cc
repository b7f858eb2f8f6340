#include "components/exporters/clickhouse/buffer_pool.h"

#include <utility>

namespace sluice::components {

std::shared_ptr<Buffer> BufferPool::lend() {
  auto buffer = std::make_unique<Buffer>();
  {
    const std::lock_guard lock(mutex_);
    if (!spares_.empty()) {
      *buffer = std::move(spares_.back());
      spares_.pop_back();
    }
  }
  return {buffer.release(), [pool = shared_from_this()](Buffer* done) {
            pool->give_back(std::move(*std::unique_ptr<Buffer>(done)));
          }};
}

void BufferPool::give_back(Buffer&& buffer) {
  if (buffer.capacity() > kBytesKept) return;
  buffer.clear();
  const std::lock_guard lock(mutex_);
  if (spares_.size() < spare_) spares_.push_back(std::move(buffer));
}

}  // namespace sluice::components
