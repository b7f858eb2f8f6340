#pragma once

#include <cmath>

namespace sluice {

/// As Go sorts numbers: NaN comes before all others, so that the order is one.
inline bool nan_first_less(double a, double b) {
  return a < b || (std::isnan(a) && !std::isnan(b));
}

}  // namespace sluice
