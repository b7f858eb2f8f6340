#include "components/exporters/clickhouse/buffer_pool.h"

#include <algorithm>
#include <utility>

namespace sluice::components {

std::shared_ptr<Buffer> BufferPool::lend(size_t bytes) {
  // The smallest that is large enough, else the largest; none that is left for far larger blocks.
  const auto is_better = [bytes](const Buffer& a, const Buffer& b) {
    const bool a_fits = a.capacity() >= bytes;
    const bool b_fits = b.capacity() >= bytes;
    if (a_fits != b_fits) return a_fits;
    return a_fits ? a.capacity() < b.capacity() : a.capacity() > b.capacity();
  };
  auto buffer = std::make_unique<Buffer>();
  {
    const std::lock_guard lock(mutex_);
    const auto best = std::min_element(spares_.begin(), spares_.end(), is_better);
    if (best != spares_.end() && best->capacity() / kTooLarge <= bytes) {
      *buffer = std::move(*best);
      std::swap(*best, spares_.back());
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
