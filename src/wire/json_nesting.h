#pragma once

// The open brackets of JSON that is read without recursion.

#include <array>
#include <cstddef>
#include <cstdint>

namespace sluice::wire {

/// Up to kDepthMax brackets, a bit for each.
template <size_t kDepthMax>
class JsonNesting {
 public:
  bool empty() const { return depth_ == 0; }
  bool full() const { return depth_ == kDepthMax; }
  /// REQUIRES: !empty().
  bool in_object() const { return (words_[(depth_ - 1) / 64] >> ((depth_ - 1) % 64) & 1) != 0; }
  /// REQUIRES: !full().
  void push(bool is_object) {
    uint64_t& word = words_[depth_ / 64];
    const uint64_t bit = uint64_t{1} << (depth_ % 64);
    word = is_object ? word | bit : word & ~bit;
    ++depth_;
    is_fresh_ = true;
  }
  /// REQUIRES: !empty().
  void pop() {
    --depth_;
    is_fresh_ = false;
  }
  /// Whether the innermost bracket has nothing behind it yet.
  bool is_fresh() const { return is_fresh_; }
  void set_used() { is_fresh_ = false; }

 private:
  std::array<uint64_t, kDepthMax / 64 + 1> words_;  // a bit for each level, set for an object
  size_t depth_ = 0;
  bool is_fresh_ = false;
};

}  // namespace sluice::wire
