#pragma once

#include <cstdint>
#include <string_view>

#include "base/buffer.h"
#include "native/pod_vector.h"

namespace sluice::native {

/// The distinct strings of a LowCardinality column, in order of first use. Open addressing; no
/// allocation per string.
class Dictionary {
 public:
  /// The index of the string, which is added if it is new.
  uint32_t index_of(std::string_view text);
  uint32_t size() const { return static_cast<uint32_t>(ends_.size()); }
  std::string_view at(uint32_t index) const {
    return {encoded_.data() + ends_[index] - sizes_[index], sizes_[index]};
  }
  /// at(index) == text, without a call where the text is short.
  bool equal(uint32_t index, std::string_view text) const {
    const std::string_view own = at(index);
    return own.size() == text.size() && equal_short(own.data(), text.data(), own.size());
  }
  /// Memory that the strings take, in bytes.
  size_t bytes() const { return encoded_.size(); }
  /// The strings as they stand in the Native format, one after the other.
  std::string_view encoded() const { return encoded_.view(); }
  void clear();

 private:
  struct Slot {
    uint32_t index_plus_one;  // 0: free
    uint32_t hash;
  };
  void rehash(size_t slots);

  Buffer encoded_;            // length, bytes, length, bytes …
  PodVector<uint32_t> ends_;  // of each string in encoded_
  PodVector<uint32_t> sizes_;
  PodVector<Slot> slots_;  // a power of two, at most half full
};

}  // namespace sluice::native
