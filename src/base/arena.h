#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/bytes.h"
#include "base/check.h"

namespace sluice {

/// A bump allocator for the records of one batch. Nothing is freed before reset(), nothing is
/// destroyed at all: only trivially destructible types may live here. Chunks are kept across
/// reset(), so a recycled arena does not allocate. Not thread-safe.
class Arena {
 public:
  static constexpr size_t kChunkBytes = 64 * 1024;

  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  Arena(Arena&&) = default;
  Arena& operator=(Arena&&) = default;

  /// Uninitialised memory, valid until reset(). `align` is a power of two, at most that of
  /// max_align_t.
  void* allocate(size_t size, size_t align = alignof(std::max_align_t)) {
    uintptr_t at = (reinterpret_cast<uintptr_t>(next_) + align - 1) & ~(align - 1);
    if (at + size > reinterpret_cast<uintptr_t>(end_) || next_ == nullptr)
      return allocate_slow(size, align);
    next_ = reinterpret_cast<char*>(at + size);
    return reinterpret_cast<void*>(at);
  }

  /// `count` value-initialised objects in a row.
  template <typename T>
  T* allocate_array(size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    T* first = static_cast<T*>(allocate(count * sizeof(T), alignof(T)));
    for (size_t i = 0; i < count; ++i) new (first + i) T();
    return first;
  }

  template <typename T, typename... Args>
  T* create(Args&&... args) {
    static_assert(std::is_trivially_destructible_v<T>);
    return new (allocate(sizeof(T), alignof(T))) T{std::forward<Args>(args)...};
  }

  /// A copy of the bytes.
  std::string_view copy(std::string_view bytes) {
    if (bytes.empty()) return {};
    char* to = static_cast<char*>(allocate(bytes.size(), 1));
    copy_short(to, bytes.data(), bytes.size());
    return {to, bytes.size()};
  }

  /// Gives the tail of the newest allocation back: `end` is one past the last byte that is still
  /// needed.
  void shrink_last(void* end) { next_ = static_cast<char*>(end); }

  /// Forgets everything. Chunks of the usual size stay for reuse, up to `keep_bytes`; larger ones
  /// are freed.
  void reset(size_t keep_bytes = 1 << 20);

  /// Bytes held from the heap, used or not.
  size_t capacity_bytes() const { return capacity_; }

 private:
  struct Chunk {
    std::unique_ptr<char[]> bytes;
    size_t size = 0;
  };
  void* allocate_slow(size_t size, size_t align);

  char* next_ = nullptr;
  char* end_ = nullptr;
  std::vector<Chunk> chunks_;  // the used ones first
  size_t used_ = 0;            // chunks in use
  size_t capacity_ = 0;
};

/// A growing array in an arena. Growing copies and leaves the old memory to the arena. Trivially
/// copyable: a copy shares the elements, so one owner at a time.
template <typename T>
class ArenaVector {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }
  T* data() { return data_; }
  const T* data() const { return data_; }
  uint32_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T& operator[](size_t i) { return data_[i]; }
  const T& operator[](size_t i) const { return data_[i]; }
  T& back() { return data_[size_ - 1]; }
  const T& back() const { return data_[size_ - 1]; }
  void clear() { size_ = 0; }
  /// Keeps the first `size` elements. REQUIRES: size <= size().
  void truncate(uint32_t size) { size_ = size; }

  T& push_back(Arena& arena, const T& value) {
    if (size_ == capacity_) reserve(arena, capacity_ == 0 ? kFirst : capacity_ * 2);
    T& slot = data_[size_++];
    slot = value;
    return slot;
  }
  T& emplace_back(Arena& arena) { return push_back(arena, T()); }

  void reserve(Arena& arena, uint32_t capacity) {
    if (capacity <= capacity_) return;
    T* grown = static_cast<T*>(arena.allocate(size_t{capacity} * sizeof(T), alignof(T)));
    if (size_ != 0) std::memcpy(static_cast<void*>(grown), data_, size_t{size_} * sizeof(T));
    data_ = grown;
    capacity_ = capacity;
  }

 private:
  static constexpr uint32_t kFirst = sizeof(T) >= 256 ? 2 : 4;
  T* data_ = nullptr;
  uint32_t size_ = 0;
  uint32_t capacity_ = 0;
};

}  // namespace sluice
