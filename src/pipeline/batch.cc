#include "pipeline/batch.h"

#include <utility>

namespace sluice::pipeline {

PooledArena ArenaPool::take() {
  const std::lock_guard lock(mutex_);
  if (kept_.empty()) return {new Arena, Return{shared_from_this()}};
  PooledArena arena(kept_.back().release(), Return{shared_from_this()});
  kept_.pop_back();
  return arena;
}

void ArenaPool::Return::operator()(Arena* arena) const {
  std::unique_ptr<Arena> owned(arena);
  if (pool == nullptr) return;
  owned->reset();
  const std::lock_guard lock(pool->mutex_);
  if (pool->kept_.size() < kKeptMax) pool->kept_.push_back(std::move(owned));
}

}  // namespace sluice::pipeline
