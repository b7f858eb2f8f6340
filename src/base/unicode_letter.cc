#include "base/unicode_letter.h"

#include <algorithm>
#include <iterator>

namespace sluice::utf8 {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

constexpr Range kRanges[] = {
#include "base/unicode_letter_table.inc"
};

}  // namespace

bool is_letter(char32_t rune) {
  if (rune < 0x80) return (rune >= 'a' && rune <= 'z') || (rune >= 'A' && rune <= 'Z');
  const auto* range =
      std::lower_bound(std::begin(kRanges), std::end(kRanges), rune,
                       [](const Range& r, char32_t value) { return r.last < value; });
  return range != std::end(kRanges) && rune >= range->first;
}

}  // namespace sluice::utf8
