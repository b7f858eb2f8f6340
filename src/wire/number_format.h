#pragma once

#include <cstddef>
#include <cstdint>

namespace sluice::wire {

/// What the longest number takes as text: "-0.0000012345678901234567" and
/// "-1.7976931348623157e+308" stay below it.
inline constexpr size_t kNumberTextMax = 32;

/// Decimal digits with a leading '-' where negative. Writes at most 20 bytes to `out`, returns how
/// many.
size_t format_int(int64_t value, char* out);

/// The shortest digits that read back as the same double, laid out as ECMAScript and Go's JSON do:
/// plain notation for zero and 1e-6 <= |x| < 1e21, otherwise an exponent with its sign and without
/// leading zeros ("1e-7", "1e+21"); no trailing
/// ".0"; "-0" keeps its sign; "NaN", "Infinity" and "-Infinity" by name.
/// `out` has room for kNumberTextMax bytes; returns how many were written.
size_t format_double(double value, char* out);

}  // namespace sluice::wire
