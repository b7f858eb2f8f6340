#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace sluice {

/// Eight bytes as they lie, at whatever address.
inline uint64_t load64(const char* from) {
  uint64_t value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

/// memcpy for strings that are short as a rule (keys, words, numbers): up to 32 bytes without a
/// call, by two loads that may overlap. Regions must not overlap.
inline void copy_short(char* to, const char* from, size_t size) {
  auto copy_ends = [&](auto sample) {
    decltype(sample) head;
    decltype(sample) tail;
    std::memcpy(&head, from, sizeof head);
    std::memcpy(&tail, from + size - sizeof tail, sizeof tail);
    std::memcpy(to, &head, sizeof head);
    std::memcpy(to + size - sizeof tail, &tail, sizeof tail);
  };
  struct Sixteen {
    uint64_t a, b;
  };
  if (size > 32) {
    std::memcpy(to, from, size);
  } else if (size >= 16) {
    copy_ends(Sixteen{});
  } else if (size >= 8) {
    copy_ends(uint64_t{});
  } else if (size >= 4) {
    copy_ends(uint32_t{});
  } else if (size >= 2) {
    copy_ends(uint16_t{});
  } else if (size == 1) {
    *to = *from;
  }
}

/// memcmp(a, b, size) == 0 for the same kind of strings.
inline bool equal_short(const char* a, const char* b, size_t size) {
  auto equal_ends = [&](auto sample) {
    decltype(sample) a_head, a_tail, b_head, b_tail;
    std::memcpy(&a_head, a, sizeof a_head);
    std::memcpy(&b_head, b, sizeof b_head);
    std::memcpy(&a_tail, a + size - sizeof a_tail, sizeof a_tail);
    std::memcpy(&b_tail, b + size - sizeof b_tail, sizeof b_tail);
    return ((a_head ^ b_head) | (a_tail ^ b_tail)) == 0;
  };
  if (size > 32) return std::memcmp(a, b, size) == 0;
  if (size > 16) {
    return equal_short(a, b, 16) && equal_short(a + size - 16, b + size - 16, 16);
  }
  if (size >= 8) return equal_ends(uint64_t{});
  if (size >= 4) return equal_ends(uint32_t{});
  if (size >= 2) return equal_ends(uint16_t{});
  return size == 0 || *a == *b;
}

}  // namespace sluice
