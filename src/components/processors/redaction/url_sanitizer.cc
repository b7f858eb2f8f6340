#include "components/processors/redaction/url_sanitizer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>

#include "base/ascii.h"

namespace sluice::components::redaction_processor {
namespace {

constexpr size_t kPartsMax = 10;

/// a to z and the space.
constexpr size_t kLetters = 27;
/// Halfway between the least likely of some words and the most likely of some nonsense; the figure
/// of the original.
constexpr double kProbabilityMin = 0.015099318064947853;

constexpr uint32_t kPairs[kLetters][kLetters] = {
#include "components/processors/redaction/letter_pairs.inc"
};

using Table = std::array<std::array<double, kLetters>, kLetters>;

/// Logarithms of how likely a letter is after another one.
Table logarithms() {
  Table table;
  for (size_t i = 0; i < kLetters; ++i) {
    const double sum = std::accumulate(std::begin(kPairs[i]), std::end(kPairs[i]), 0.0);
    std::transform(std::begin(kPairs[i]), std::end(kPairs[i]), table[i].begin(),
                   [&](uint32_t count) { return std::log(count / sum); });
  }
  return table;
}

/// Letters, some punctuation, and anything as the second character.
bool is_plain(std::string_view part) {
  for (size_t i = 0; i < part.size(); ++i) {
    const char c = ascii::lower(part[i]);
    const bool is_letter = c >= 'a' && c <= 'z';
    if (!is_letter && c != '-' && c != '_' && c != '.' && c != ' ' && i != 1) return false;
  }
  return true;
}

bool is_word(std::string_view part) { return is_plain(part) && reads_like_words(part); }

/// The original looks at the tenth part twice: the second time at what its first star left of it.
std::string_view looked_at_again(std::string_view part) {
  if (is_word(part)) return "";
  if (!is_plain(part)) return "*";
  part.remove_prefix(1);
  return reads_like_words(part) ? part : "*";
}

}  // namespace

bool reads_like_words(std::string_view text) {
  static const Table table = logarithms();
  constexpr size_t kNone = kLetters;
  size_t last = kNone;
  size_t pairs = 0;
  double sum = 0;
  for (const char byte : text) {
    const char c = ascii::lower(byte);
    const bool is_letter = c >= 'a' && c <= 'z';
    if (!is_letter && c != ' ') continue;
    const size_t letter = is_letter ? static_cast<size_t>(c - 'a') : kLetters - 1;
    if (last != kNone) {
      sum += table[last][letter];
      ++pairs;
    }
    last = letter;
  }
  return pairs == 0 || std::exp(sum / static_cast<double>(pairs)) > kProbabilityMin;
}

std::string sanitized_path(std::string_view path) {
  const size_t cut = path.find_first_of("?&#");
  const bool is_cut = cut != std::string_view::npos;
  path = path.substr(0, cut);
  std::string out;
  for (size_t parts = 1, at = 0;; ++parts) {
    const size_t end = std::min(path.find('/', at), path.size());
    const std::string_view part = path.substr(at, end - at);
    if (end == path.size()) {
      // Before a query its letters are not looked at, as in the original.
      out += is_cut ? (is_plain(part) ? part : "*") : (is_word(part) ? part : "*");
      return out;
    }
    out += is_word(part) ? part : "*";
    if (parts == kPartsMax) return out.append(looked_at_again(part));
    out += '/';
    at = end + 1;
  }
}

}  // namespace sluice::components::redaction_processor
