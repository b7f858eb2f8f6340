#pragma once

// Points in time as Go's time.Time has them: any second, nanoseconds, and a zone to show it in.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"

namespace sluice::ottl {

inline constexpr int64_t kNanosPerSecond = 1'000'000'000;

/// A time zone. Those that zone() and fixed_zone() give live as long as the process.
class Zone;

struct Time {
  int64_t seconds = 0;         ///< since 1970-01-01 00:00 UTC
  int32_t nanos = 0;           ///< 0 to 999,999,999
  const Zone* zone = nullptr;  ///< null is UTC

  static Time of_nanos(int64_t nanos) {
    const int64_t rest = ((nanos % kNanosPerSecond) + kNanosPerSecond) % kNanosPerSecond;
    return {(nanos - rest) / kNanosPerSecond, static_cast<int32_t>(rest)};
  }
  /// Wraps where it does not fit, as in the original.
  int64_t unix_nanos() const {
    return static_cast<int64_t>(static_cast<uint64_t>(seconds) * kNanosPerSecond +
                                static_cast<uint64_t>(nanos));
  }
  Time plus(int64_t nanoseconds) const;
  /// Saturates at the longest duration.
  int64_t minus(const Time& other) const;
  friend bool operator==(const Time& a, const Time& b) {
    return a.seconds == b.seconds && a.nanos == b.nanos;
  }
  friend bool operator<(const Time& a, const Time& b) {
    return a.seconds != b.seconds ? a.seconds < b.seconds : a.nanos < b.nanos;
  }
};

/// A time on calendar and clock.
struct Civil {
  int64_t year = 1970;
  int month = 1, day = 1, hour = 0, minute = 0, second = 0, nanos = 0;
  int weekday = 4;   ///< 0 is Sunday
  int year_day = 1;  ///< 1 is January 1st
  int offset = 0;    ///< seconds east of UTC
  std::string zone;  ///< "UTC", "CET"; empty for an offset without a name
};

Civil civil_of(const Time& time);
/// Fields beyond their ranges are carried over, as Go's time.Date does.
Time time_of_civil(const Civil& civil, const Zone* zone);

/// By IANA name; "" and "UTC" are UTC (null), "Local" is the process's own.
Result<const Zone*> zone(std::string_view name);
const Zone* local_zone();
const Zone* fixed_zone(std::string_view name, int offset_seconds);
/// The offset that a zone's letters such as CEST stand for at this time of its clock (in seconds as
/// if it were UTC), else at any time; nothing if it never had them.
std::optional<int> offset_of_letters(const Zone* zone, std::string_view letters, int64_t civil);

int days_in_month(int64_t year, int month);

/// "2006-01-02T15:04:05.999999999Z07:00".
std::string rfc3339_nano(const Time& time);
}  // namespace sluice::ottl
