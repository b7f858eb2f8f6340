#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "base/buffer.h"

namespace sluice::native {

/// A growing array of plain values that never initialises what it grows by.
template <typename T>
class PodVector {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  size_t size() const { return bytes_.size() / sizeof(T); }
  bool empty() const { return bytes_.empty(); }
  size_t byte_size() const { return bytes_.size(); }
  T* data() { return reinterpret_cast<T*>(bytes_.data()); }
  const T* data() const { return reinterpret_cast<const T*>(bytes_.data()); }
  T operator[](size_t i) const { return data()[i]; }
  T back() const { return data()[size() - 1]; }
  void clear() { bytes_.clear(); }
  void push_back(T value) { bytes_.append_raw(value); }
  /// `count` more elements, uninitialised; returns the first.
  T* grow(size_t count) {
    T* first = reinterpret_cast<T*>(bytes_.tail(count * sizeof(T)));
    bytes_.commit(count * sizeof(T));
    return first;
  }

 private:
  Buffer bytes_;
};

}  // namespace sluice::native
