#include "wire/number_format.h"

#include <charconv>
#include <cmath>
#include <cstring>
#include <string_view>

namespace sluice::wire {
namespace {

/// Whole numbers of a double below this are exact, and their digits are the shortest.
constexpr double kExactIntegerMax = 9007199254740992.0;  // 2^53

/// Plain notation is used for decimal exponents in [kPlainMin, kPlainMax): 1e-6 <= |x| < 1e21.
constexpr int kPlainMin = -6;
constexpr int kPlainMax = 21;

char* put(std::string_view text, char* out) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

char* put_zeros(int count, char* out) {
  std::memset(out, '0', static_cast<size_t>(count));
  return out + count;
}

/// A decimal number: 0.d1d2d3... times ten to the power of `exponent` + 1.
struct Decimal {
  char digits[20];
  int size = 0;
  int exponent = 0;
};

/// The shortest digits of a positive, finite number.
Decimal shortest(double value) {
  char text[kNumberTextMax];
  const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific);
  Decimal out;
  const char* at = text;
  for (; *at != 'e'; ++at) {
    if (*at != '.') out.digits[out.size++] = *at;
  }
  at += at[1] == '+' ? 2 : 1;  // from_chars takes a minus, but no plus
  std::from_chars(at, end.ptr, out.exponent);
  return out;
}

char* put_plain(const Decimal& number, char* out) {
  const int whole = number.exponent + 1;  // digits before the point
  if (whole <= 0) {
    out = put_zeros(-whole, put("0.", out));
    return put({number.digits, static_cast<size_t>(number.size)}, out);
  }
  if (number.size <= whole) {
    out = put({number.digits, static_cast<size_t>(number.size)}, out);
    return put_zeros(whole - number.size, out);
  }
  out = put({number.digits, static_cast<size_t>(whole)}, out);
  *out++ = '.';
  return put({number.digits + whole, static_cast<size_t>(number.size - whole)}, out);
}

char* put_scientific(const Decimal& number, char* out) {
  *out++ = number.digits[0];
  if (number.size > 1) {
    *out++ = '.';
    out = put({number.digits + 1, static_cast<size_t>(number.size - 1)}, out);
  }
  *out++ = 'e';
  *out++ = number.exponent < 0 ? '-' : '+';
  return out + format_int(std::abs(number.exponent), out);
}

}  // namespace

size_t format_int(int64_t value, char* out) {
  return static_cast<size_t>(std::to_chars(out, out + kNumberTextMax, value).ptr - out);
}

size_t format_double(double value, char* out) {
  char* at = out;
  if (std::isnan(value)) return static_cast<size_t>(put("NaN", at) - out);
  if (std::signbit(value)) *at++ = '-';
  value = std::fabs(value);
  if (std::isinf(value)) return static_cast<size_t>(put("Infinity", at) - out);
  if (value < kExactIntegerMax && value == std::floor(value)) {
    at += format_int(static_cast<int64_t>(value), at);
    return static_cast<size_t>(at - out);
  }
  const Decimal number = shortest(value);
  const bool plain = number.exponent >= kPlainMin && number.exponent < kPlainMax;
  at = plain ? put_plain(number, at) : put_scientific(number, at);
  return static_cast<size_t>(at - out);
}

}  // namespace sluice::wire
