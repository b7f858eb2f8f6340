#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "base/buffer.h"

namespace sluice::components {

/// Empty buffers that keep their memory for the next encoded block. Thread-safe; lives as long as
/// any buffer of it.
class BufferPool : public std::enable_shared_from_this<BufferPool> {
 public:
  /// Larger ones are not kept: they held one unusual request.
  static constexpr size_t kBytesKept = 32 << 20;

  /// A buffer so many times larger than a block needs waits for a larger one.
  static constexpr size_t kTooLarge = 4;

  /// Keeps up to `spare` buffers.
  explicit BufferPool(size_t spare) : spare_(spare) {}

  /// An empty buffer, which comes back to the pool when its last owner lets go. It has room for
  /// about `bytes`, if one is there: if large and small blocks took any buffer in turn, all would
  /// become large.
  std::shared_ptr<Buffer> lend(size_t bytes);

 private:
  void give_back(Buffer&& buffer);

  const size_t spare_;
  std::mutex mutex_;
  std::vector<Buffer> spares_;
};

}  // namespace sluice::components
