#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

#include "base/buffer.h"

namespace sluice {

/// Bytes on their way to where they are used up, piece by piece: what is encoded need not be held
/// as a whole. Small appends are collected; from large ones whole pieces are taken where they lie,
/// without a copy. Not thread-safe.
class Output {
 public:
  /// Of every piece but the last. Fits the caches that a core has of its own.
  static constexpr size_t kPieceBytes = 64 * 1024;

  Output() = default;
  virtual ~Output() = default;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  void append(const void* bytes, size_t n) {
    const char* from = static_cast<const char*>(bytes);
    while (n != 0) {
      if (size_ == 0 && n >= kPieceBytes) {
        use({from, kPieceBytes});
        from += kPieceBytes;
        n -= kPieceBytes;
        continue;
      }
      const size_t part = std::min(n, kPieceBytes - size_);
      copy_short(pending_.get() + size_, from, part);
      size_ += part;
      from += part;
      n -= part;
      if (size_ == kPieceBytes) flush();
    }
  }
  void append(std::string_view bytes) { append(bytes.data(), bytes.size()); }
  /// The object's bytes, in the machine's order (little-endian, which ClickHouse's formats are
  /// too).
  template <typename T>
  void append_raw(T value) {
    append(&value, sizeof value);
  }
  /// `count` times what `next()` gives, as append_raw() has it.
  template <typename T, typename Next>
  void append_values(size_t count, Next&& next) {
    while (count != 0) {
      if (kPieceBytes - size_ < sizeof(T)) flush();
      const size_t part = std::min(count, (kPieceBytes - size_) / sizeof(T));
      char* to = pending_.get() + size_;
      for (size_t i = 0; i < part; ++i, to += sizeof(T)) {
        const T value = next();
        std::memcpy(to, &value, sizeof value);
      }
      size_ += part * sizeof(T);
      count -= part;
    }
  }
  /// Passes on what is still pending. To be called after the last byte.
  void finish() {
    if (size_ != 0) flush();
  }

 protected:
  /// Uses a piece up before it returns.
  virtual void use(std::string_view piece) = 0;

 private:
  void flush() {
    use({pending_.get(), size_});
    size_ = 0;
  }

  std::unique_ptr<char[]> pending_{new char[kPieceBytes]};
  size_t size_ = 0;
};

/// Appends everything to a buffer, which must outlive it.
class BufferOutput final : public Output {
 public:
  explicit BufferOutput(Buffer& to) : to_(to) {}

 private:
  void use(std::string_view piece) override { to_.append(piece); }
  Buffer& to_;
};

}  // namespace sluice
