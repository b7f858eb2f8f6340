#include "base/unicode_lower.h"

#include <algorithm>
#include <iterator>

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

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }
bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

}  // namespace

std::string_view to_lower(std::string_view text, Arena& arena) {
  // Most texts are ASCII; no branch that depends on the text in the loops for them.
  bool ascii = true;
  bool capitals = false;
  for (const char c : text) {
    ascii &= is_ascii(c);
    capitals |= is_capital(c);
  }
  if (ascii && !capitals) return text;
  if (ascii) {
    char* const lower = static_cast<char*>(arena.allocate(text.size(), 1));
    std::transform(text.begin(), text.end(), lower,
                   [](char c) { return static_cast<char>(is_capital(c) ? c + ('a' - 'A') : c); });
    return {lower, text.size()};
  }
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
