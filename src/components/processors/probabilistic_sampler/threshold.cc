#include "components/processors/probabilistic_sampler/threshold.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace sluice::components::probabilistic_sampler_processor {
namespace {

std::optional<uint64_t> parse_hex(std::string_view text) {
  uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value, 16);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return value;
}

}  // namespace

std::string randomness_text(uint64_t randomness) {
  char text[24];
  std::snprintf(text, sizeof text, "%014llx", static_cast<unsigned long long>(randomness));
  return text;
}

std::string Threshold::text() const {
  std::string out = randomness_text(value);
  while (out.size() > 1 && out.back() == '0') out.pop_back();
  return out;
}

std::optional<Threshold> Threshold::of_text(std::string_view text) {
  if (text.empty() || text.size() > kHexDigits) return std::nullopt;
  const auto value = parse_hex(text);
  if (!value) return std::nullopt;
  return Threshold{*value << (4 * (kHexDigits - text.size()))};
}

std::optional<uint64_t> randomness_of_text(std::string_view text) {
  if (text.size() != kHexDigits) return std::nullopt;
  return parse_hex(text);
}

std::optional<Threshold> threshold_of(double probability, int precision) {
  if (!(probability >= kLeastProbability && probability <= 1)) return std::nullopt;  // also NaN
  if (probability == 1) return kAlways;
  int exponent = 0;
  int rest_exponent = 0;
  std::frexp(probability, &exponent);
  std::frexp(1 - probability, &rest_exponent);
  precision = std::min(kHexDigits, precision + std::max(exponent / -4, rest_exponent / -4));
  uint64_t threshold =
      kEverything -
      static_cast<uint64_t>(std::round(probability * static_cast<double>(kEverything)));
  if (const int shift = 4 * (kHexDigits - precision); shift > 0) {
    threshold += uint64_t{1} << (shift - 1);
    threshold = threshold >> shift << shift;
  }
  return Threshold{threshold};
}

}  // namespace sluice::components::probabilistic_sampler_processor
