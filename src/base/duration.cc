#include "base/duration.h"

#include <array>
#include <cstdint>
#include <limits>

#include "base/ascii.h"

namespace sluice {
namespace {

struct Unit {
  std::string_view name;
  uint64_t nanos;
};
constexpr std::array<Unit, 8> kUnits = {{{"ns", 1},
                                         {"us", 1'000},
                                         {"\u00b5s", 1'000},
                                         {"\u03bcs", 1'000},
                                         {"ms", 1'000'000},
                                         {"s", 1'000'000'000},
                                         {"m", 60'000'000'000},
                                         {"h", 3'600'000'000'000}}};
/// One more than the largest positive duration: the magnitude of the smallest.
constexpr uint64_t kMagnitudeMax = uint64_t{1} << 63;

using ascii::is_digit;

/// A number with its unit from the front of `text`, in nanoseconds.
std::optional<uint64_t> take_term(std::string_view& text) {
  uint64_t whole = 0;
  double fraction = 0;
  double scale = 1;
  size_t at = 0;
  size_t digits = 0;
  for (; at < text.size() && is_digit(text[at]); ++at, ++digits) {
    const auto digit = static_cast<uint64_t>(text[at] - '0');
    if (whole > (kMagnitudeMax - digit) / 10) return {};
    whole = whole * 10 + digit;
  }
  if (at < text.size() && text[at] == '.') {
    for (++at; at < text.size() && is_digit(text[at]); ++at, ++digits) {
      fraction = fraction * 10 + (text[at] - '0');
      scale *= 10;
    }
  }
  if (digits == 0) return {};
  size_t end = at;
  while (end < text.size() && text[end] != '.' && !is_digit(text[end])) ++end;
  const std::string_view name = text.substr(at, end - at);
  text.remove_prefix(end);
  for (const Unit& unit : kUnits) {
    if (unit.name != name) continue;
    if (whole > kMagnitudeMax / unit.nanos) return {};
    return whole * unit.nanos +
           static_cast<uint64_t>(fraction * (static_cast<double>(unit.nanos) / scale));
  }
  return {};
}

/// `value` / 10^`decimals` without zeros at the end.
std::string decimal(uint64_t value, int decimals) {
  std::string fraction;
  for (int i = 0; i < decimals; ++i, value /= 10) {
    if (!fraction.empty() || value % 10 != 0)
      fraction.insert(fraction.begin(), static_cast<char>('0' + value % 10));
  }
  return std::to_string(value) + (fraction.empty() ? "" : "." + fraction);
}

}  // namespace

std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  const bool is_negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  if (text == "0") return std::chrono::nanoseconds(0);
  if (text.empty()) return {};
  uint64_t total = 0;
  while (!text.empty()) {
    const auto term = take_term(text);
    if (!term || *term > kMagnitudeMax - total) return {};
    total += *term;
  }
  if (is_negative) return std::chrono::nanoseconds(static_cast<int64_t>(0 - total));
  if (total == kMagnitudeMax) return {};
  return std::chrono::nanoseconds(static_cast<int64_t>(total));
}

std::string show_duration(std::chrono::nanoseconds duration) {
  const int64_t count = duration.count();
  if (count == 0) return "0s";
  const std::string sign = count < 0 ? "-" : "";
  const uint64_t nanos =
      count < 0 ? 0 - static_cast<uint64_t>(count) : static_cast<uint64_t>(count);
  constexpr uint64_t kSecond = 1'000'000'000;
  if (nanos < 1'000) return sign + std::to_string(nanos) + "ns";
  if (nanos < 1'000'000) return sign + decimal(nanos, 3) + "\u00b5s";
  if (nanos < kSecond) return sign + decimal(nanos, 6) + "ms";
  std::string out = sign;
  const uint64_t minutes = nanos / (60 * kSecond);
  if (minutes >= 60) out += std::to_string(minutes / 60) + "h";
  if (minutes >= 1) out += std::to_string(minutes % 60) + "m";
  return out + decimal(nanos % (60 * kSecond), 9) + "s";
}

}  // namespace sluice
