#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice::wire {

/// Reads the whole of `text` as Go's strconv.ParseFloat does: decimal numbers ("1.", ".5" and "1e5"
/// too), hexadecimal ones with their binary exponent ("0x1p-2"), "inf", "infinity" and "nan" in any
/// case, underscores between digits; rounded to nearest, ties to even. False if it is anything
/// else, or too large for a double.
bool parse_double(std::string_view text, double& value);

/// Reads the whole of `text` as decimal digits, after a '+' or '-' for the signed one. False if it
/// is anything else, or out of the range of the type. T is one of int32_t, uint32_t, int64_t,
/// uint64_t.
template <typename T>
bool parse_integer(std::string_view text, T& value);

/// The whole part, as Go's int64(x) has it on amd64: the smallest integer where it does not fit.
inline int64_t truncated(double value) {
  constexpr double kLimit = 9223372036854775808.0;  // 2^63
  if (value >= -kLimit && value < kLimit) return static_cast<int64_t>(value);
  return INT64_MIN;
}

/// Reads digits with at most one point among them, as far as they go, and moves `at` behind them.
/// True if they are few enough that `value` is sure to be the nearest double; else parse_double()
/// must look.
inline bool scan_short_decimal(const char*& at, const char* end, double& value) {
  constexpr double kPowers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8, 1e9,
                                1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};
  constexpr std::ptrdiff_t kDigitsMax = 18;  // fit into 64 bits, and 10^18 is exact as a double
  constexpr uint64_t kMantissaMax =
      uint64_t{1} << 53;  // so are whole numbers up to this; one division rounds once
  uint64_t mantissa = 0;  // of too many digits it wraps, and is not used
  auto digits = [&] {
    const char* first = at;
    for (; at != end && *at >= '0' && *at <= '9'; ++at)
      mantissa = mantissa * 10 + static_cast<uint64_t>(*at - '0');
    return at - first;
  };
  const std::ptrdiff_t whole = digits();
  std::ptrdiff_t decimals = 0;
  if (at != end && *at == '.') {
    ++at;
    decimals = digits();
  }
  const std::ptrdiff_t count = whole + decimals;
  if (count == 0 || count > kDigitsMax || mantissa > kMantissaMax) return false;
  value = static_cast<double>(mantissa) / kPowers[decimals];
  return true;
}

}  // namespace sluice::wire
