#include "wire/number_parse.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>

#include "base/ascii.h"

namespace sluice::wire {
namespace {

using ascii::is_digit;
using ascii::is_hex_digit;
using ascii::lower;

bool equals_lower(std::string_view text, std::string_view lower_case) {
  if (text.size() != lower_case.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (lower(text[i]) != lower_case[i]) return false;
  }
  return true;
}

/// Underscores stand between two digits, or between a base prefix and a digit.
bool underscores_are_right(std::string_view text, bool hex) {
  bool after_digit = hex;  // the prefix counts as a digit
  bool after_underscore = false;
  for (const char c : text) {
    const bool digit = hex ? is_hex_digit(c) : is_digit(c);
    if (c == '_' ? !after_digit : after_underscore && !digit) return false;
    after_underscore = c == '_';
    after_digit = digit;
  }
  return !after_underscore;
}

/// Digits, with underscores among them. Returns how many digits.
size_t skip_digits(std::string_view& text, bool hex) {
  size_t digits = 0;
  size_t i = 0;
  for (; i < text.size(); ++i) {
    if (text[i] == '_') continue;
    if (hex ? !is_hex_digit(text[i]) : !is_digit(text[i])) break;
    ++digits;
  }
  text.remove_prefix(i);
  return digits;
}

bool skip_one(std::string_view& text, char a, char b) {
  if (text.empty() || (text[0] != a && text[0] != b)) return false;
  text.remove_prefix(1);
  return true;
}

/// digits [. digits] [e [sign] digits], at least one digit before the exponent; hexadecimal: p,
/// which must be there.
bool is_number(std::string_view text, bool hex) {
  size_t digits = skip_digits(text, hex);
  if (skip_one(text, '.', '.')) digits += skip_digits(text, hex);
  if (digits == 0) return false;
  if (!(hex ? skip_one(text, 'p', 'P') : skip_one(text, 'e', 'E'))) return !hex && text.empty();
  skip_one(text, '+', '-');
  return !text.empty() && is_digit(text[0]) && skip_digits(text, false) != 0 && text.empty();
}

/// The number, without sign and base prefix, which is known to be well-formed.
bool convert(std::string_view text, bool hex, double& value) {
  const auto format = hex ? std::chars_format::hex : std::chars_format::general;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value, format);
  if (result.ec != std::errc()) {  // too large, or so small that it is zero or subnormal
    value = std::strtod(((hex ? "0x" : "") + std::string(text)).c_str(), nullptr);
  }
  return !std::isinf(value);
}

bool parse_unsigned_double(std::string_view text, double& value) {
  const char* at = text.data();
  const char* end = at + text.size();
  if (scan_short_decimal(at, end, value) && at == end) return true;
  if (equals_lower(text, "inf") || equals_lower(text, "infinity")) {
    value = std::numeric_limits<double>::infinity();
    return true;
  }
  const bool hex = text.size() > 2 && text[0] == '0' && lower(text[1]) == 'x';
  if (hex) text.remove_prefix(2);
  if (!is_number(text, hex)) return false;
  if (text.find('_') == std::string_view::npos) return convert(text, hex, value);
  if (!underscores_are_right(text, hex)) return false;
  std::string plain(text);
  std::erase(plain, '_');
  return convert(plain, hex, value);
}

}  // namespace

bool parse_double(std::string_view text, double& value) {
  if (equals_lower(text, "nan")) {
    value = std::bit_cast<double>(uint64_t{0x7FF8000000000001});  // as Go has it
    return true;
  }
  const bool negative = !text.empty() && text[0] == '-';
  skip_one(text, '+', '-');
  if (!parse_unsigned_double(text, value)) return false;
  if (negative) value = -value;
  return true;
}

template <typename T>
bool parse_integer(std::string_view text, T& value) {
  if constexpr (std::is_signed_v<T>) {
    if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  }
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  return result.ec == std::errc() && result.ptr == text.data() + text.size();
}

template bool parse_integer(std::string_view, int32_t&);
template bool parse_integer(std::string_view, uint32_t&);
template bool parse_integer(std::string_view, int64_t&);
template bool parse_integer(std::string_view, uint64_t&);

}  // namespace sluice::wire
