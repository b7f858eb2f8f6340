#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

namespace sluice {

/// The process's memory for telemetry in flight, in bytes. Receivers take from it before they read
/// a body; beyond the high mark they answer "retry later". Thread-safe.
class Budget {
 public:
  explicit Budget(size_t limit_bytes) : limit_(limit_bytes) {}

  /// A share of the budget, given back when it is destroyed. Move-only. The budget must outlive it.
  class Share {
   public:
    Share() = default;
    Share(Share&& other) noexcept
        : budget_(std::exchange(other.budget_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
    Share& operator=(Share&& other) noexcept {
      std::swap(budget_, other.budget_);
      std::swap(bytes_, other.bytes_);
      return *this;
    }
    ~Share() { reset(); }
    size_t bytes() const { return bytes_; }
    /// A share of the same budget, charged with `bytes`; an empty one if this one is empty.
    Share another(size_t bytes) const {
      Share share;
      if (budget_ != nullptr) budget_->charge(share, bytes);
      return share;
    }
    void reset() {
      if (budget_ != nullptr) budget_->used_.fetch_sub(bytes_, std::memory_order_relaxed);
      budget_ = nullptr;
      bytes_ = 0;
    }

   private:
    friend class Budget;
    Share(Budget* budget, size_t bytes) : budget_(budget), bytes_(bytes) {}
    Budget* budget_ = nullptr;
    size_t bytes_ = 0;
  };

  /// Enlarges `share` by `bytes`; false, with nothing taken, if that would pass the limit.
  bool take(Share& share, size_t bytes) {
    const size_t before = used_.fetch_add(bytes, std::memory_order_relaxed);
    if (before + bytes > limit_bytes()) {
      used_.fetch_sub(bytes, std::memory_order_relaxed);
      return false;
    }
    share.budget_ = this;
    share.bytes_ += bytes;
    return true;
  }

  /// Enlarges `share` by `bytes` that are held already, whatever the limit: what was taken in must
  /// be accounted for. Those who could still refuse see the limit passed.
  void charge(Share& share, size_t bytes) {
    used_.fetch_add(bytes, std::memory_order_relaxed);
    share.budget_ = this;
    share.bytes_ += bytes;
  }

  size_t used_bytes() const { return used_.load(std::memory_order_relaxed); }
  size_t limit_bytes() const { return limit_.load(std::memory_order_relaxed); }
  /// Raises the limit, if it is lower.
  void allow(size_t bytes) {
    if (bytes > limit_bytes()) limit_.store(bytes, std::memory_order_relaxed);
  }

 private:
  std::atomic<size_t> used_{0};
  std::atomic<size_t> limit_;
};

}  // namespace sluice
