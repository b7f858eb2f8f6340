#include "base/unicode_lower.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <optional>

#include "base/bytes.h"
#include "base/utf8.h"

namespace sluice::utf8 {
namespace {

struct Range {
  char32_t first;
  char32_t last;
  uint32_t stride;
  int32_t delta;
};

constexpr Range kRanges[] = {
#include "base/unicode_lower_table.inc"
};

char32_t lower_rune(char32_t rune) {
  if (rune < 0x80) return rune >= 'A' && rune <= 'Z' ? rune + ('a' - 'A') : rune;
  const auto* range =
      std::lower_bound(std::begin(kRanges), std::end(kRanges), rune,
                       [](const Range& r, char32_t value) { return r.last < value; });
  if (range == std::end(kRanges) || rune < range->first ||
      (rune - range->first) % range->stride != 0)
    return rune;
  return static_cast<char32_t>(static_cast<int32_t>(rune) + range->delta);
}

constexpr uint64_t kEach = 0x0101010101010101;
constexpr uint64_t kHighBits = kEach * 0x80;

/// The highest bit of each byte that is a capital. REQUIRES: all are ASCII.
uint64_t capitals(uint64_t bytes) {
  return (bytes + kEach * (0x80 - 'A')) & ~(bytes + kEach * (0x7f - 'Z')) & kHighBits;
}

/// Of ASCII, eight bytes at once, and without a branch that depends on them; nothing where the text
/// is more than that.
std::optional<std::string_view> ascii_to_lower(std::string_view text, Arena& arena) {
  constexpr size_t kWord = sizeof(uint64_t);
  char* const begin = static_cast<char*>(arena.allocate(text.size() + kWord, 1));
  uint64_t all = 0;
  uint64_t any_capital = 0;
  for (size_t at = 0; at < text.size(); at += kWord) {
    uint64_t word = 0;
    copy_short(reinterpret_cast<char*>(&word), text.data() + at, std::min(kWord, text.size() - at));
    all |= word;
    const uint64_t found = capitals(word & ~kHighBits);
    any_capital |= found;
    word |= found >> 2;  // 'a' is 'A' + 0x20
    std::memcpy(begin + at, &word, kWord);
  }
  const bool is_ascii = (all & kHighBits) == 0;
  const bool changed = is_ascii && any_capital != 0;
  arena.shrink_last(changed ? begin + text.size() : begin);
  if (!is_ascii) return std::nullopt;
  return changed ? std::string_view(begin, text.size()) : text;
}

}  // namespace

std::string_view to_lower(std::string_view text, Arena& arena) {
  if (const auto lower = ascii_to_lower(text, arena)) return *lower;
  char* const begin = static_cast<char*>(arena.allocate(text.size() * kReplacement.size(), 1));
  char* out = begin;
  while (!text.empty()) {
    const Rune rune = decode(text);
    out = encode(rune.valid ? lower_rune(rune.value) : kReplacementRune, out);
    text.remove_prefix(rune.size);
  }
  arena.shrink_last(out);
  return {begin, static_cast<size_t>(out - begin)};
}

}  // namespace sluice::utf8
