#include "base/arena.h"

#include <algorithm>

namespace sluice {

void* Arena::allocate_slow(size_t size, size_t align) {
  const size_t needed = size + align;
  // A kept chunk that is too small for a large request stays in its place for the next small one.
  if (used_ < chunks_.size() && chunks_[used_].size < needed) {
    chunks_.insert(chunks_.begin() + static_cast<std::ptrdiff_t>(used_), Chunk{});
  }
  if (used_ == chunks_.size()) chunks_.emplace_back();
  Chunk& chunk = chunks_[used_++];
  if (!chunk.bytes) {
    chunk.size = std::max(kChunkBytes, needed);
    chunk.bytes.reset(new char[chunk.size]);  // uninitialised on purpose
    capacity_ += chunk.size;
  }
  next_ = chunk.bytes.get();
  end_ = next_ + chunk.size;
  uintptr_t at = (reinterpret_cast<uintptr_t>(next_) + align - 1) & ~(align - 1);
  next_ = reinterpret_cast<char*>(at + size);
  return reinterpret_cast<void*>(at);
}

void Arena::reset(size_t keep_bytes) {
  size_t kept = 0;
  auto too_much = [&](const Chunk& chunk) {
    if (chunk.size == kChunkBytes && kept + chunk.size <= keep_bytes) {
      kept += chunk.size;
      return false;
    }
    return true;
  };
  chunks_.erase(std::remove_if(chunks_.begin(), chunks_.end(), too_much), chunks_.end());
  capacity_ = kept;
  used_ = 0;
  next_ = end_ = nullptr;
}

}  // namespace sluice
