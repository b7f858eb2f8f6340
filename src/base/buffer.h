#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

#include "base/bytes.h"

namespace sluice {

/// A growing byte buffer that never initialises what it grows by. Move-only.
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(std::string_view bytes) { append(bytes); }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  Buffer(Buffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    return *this;
  }
  ~Buffer() { std::free(data_); }

  char* data() { return data_; }
  const char* data() const { return data_; }
  size_t size() const { return size_; }
  size_t capacity() const { return capacity_; }
  bool empty() const { return size_ == 0; }
  std::string_view view() const { return {data_, size_}; }
  void clear() { size_ = 0; }
  /// Gives the memory back too.
  void release() { Buffer().swap(*this); }
  void swap(Buffer& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

  /// Exactly: who reserves knows how much is to come.
  void reserve(size_t capacity) {
    if (capacity > capacity_) reallocate(capacity);
  }
  /// New bytes are uninitialised.
  void resize(size_t size) {
    if (size > capacity_) grow(size);
    size_ = size;
  }
  /// Room for `n` more bytes at the end, which commit() then makes part of the buffer.
  char* tail(size_t n) {
    if (size_ + n > capacity_) grow(size_ + n);
    return data_ + size_;
  }
  /// REQUIRES: n is at most what tail() was asked for.
  void commit(size_t n) { size_ += n; }

  void append(const void* bytes, size_t n) {
    if (n == 0) return;
    copy_short(tail(n), static_cast<const char*>(bytes), n);
    size_ += n;
  }
  void append(std::string_view bytes) { append(bytes.data(), bytes.size()); }
  void push_back(char byte) {
    *tail(1) = byte;
    ++size_;
  }
  /// The object's bytes, in the machine's order (little-endian, which ClickHouse's formats are
  /// too).
  template <typename T>
  void append_raw(T value) {
    std::memcpy(tail(sizeof value), &value, sizeof value);
    size_ += sizeof value;
  }

 private:
  /// A large buffer by a quarter: what it grows by is memory that may never be used.
  void grow(size_t needed) {
    constexpr size_t kLarge = 1 << 20;
    const size_t larger = capacity_ + (capacity_ < kLarge ? capacity_ : capacity_ / 4);
    reallocate(needed > larger ? (needed < 64 ? 64 : needed) : larger);
  }

  void reallocate(size_t capacity) {
    void* grown = std::realloc(data_, capacity);
    if (grown == nullptr) throw std::bad_alloc();
    data_ = static_cast<char*>(grown);
    capacity_ = capacity;
  }

  char* data_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace sluice
