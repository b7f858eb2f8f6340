#pragma once

// Times as text: strptime's directives are turned into layouts of Go's package time
// (https://pkg.go.dev/time#pkg-constants), one that texts are written by and one that they are read
// by, which is less strict, as in the original.

#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/status.h"
#include "ottl/functions/time_names.h"
#include "ottl/time.h"

namespace sluice::ottl {

/// In English; their first three letters are their short names.
inline constexpr std::string_view kMonthNames[] = {"January",   "February", "March",    "April",
                                                   "May",       "June",     "July",     "August",
                                                   "September", "October",  "November", "December"};
inline constexpr std::string_view kDayNames[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                 "Thursday", "Friday", "Saturday"};

/// What a text does not say itself.
struct TimeDefaults {
  const Zone* zone;  ///< of a time without one; its letters are known, those of others are not
  /// A time without a year is in this year, or the one before if it would lie more than a week
  /// ahead.
  Time now;
  const TimeNames* names = nullptr;  ///< null: English
};

/// A layout in pieces: literal text, and what stands for a part of a time.
class TimeLayout {
 public:
  /// From strptime's directives. Refused are unknown directives, digits, fractions that no point
  /// stands before, and nothing at all.
  static Result<TimeLayout> make(std::string_view strptime);

  std::string format(const Time& time) const;
  /// It ends with a Z: what it reads is in UTC where no location is given.
  bool is_zulu() const {
    return !read_.empty() && read_.back().part == Part::Literal && read_.back().text == "Z";
  }
  /// False, and why, if the text is not like this.
  bool parse(std::string_view text, const TimeDefaults& defaults, Arena& scratch, Time& out,
             std::string& error) const;

  enum class Part : uint8_t {
    Literal,
    Year,        // 2006
    AnyYear,     // 2006 or 06
    ShortYear,   // 06
    MonthName,   // Jan
    LongMonth,   // January
    Month,       // 1
    ZeroMonth,   // 01
    DayName,     // Mon
    LongDay,     // Monday
    Day,         // 2
    SpaceDay,    // _2
    ZeroDay,     // 02
    Hour,        // 15
    Hour12,      // 3
    ZeroHour12,  // 03
    Minute,      // 4
    ZeroMinute,  // 04
    Second,      // 5
    ZeroSecond,  // 05
    UpperHalf,   // PM
    LowerHalf,   // pm
    ZoneName,    // MST
    ZoneOffset,  // -0700 and the like
    AnyOffset,   // Z0700, Z07:00 or Z07
    Fraction,    // .999
  };
  struct Piece {
    Part part = Part::Literal;
    std::string text{};  ///< as it stands in the layout
  };

 private:
  std::vector<Piece> written_;
  std::vector<Piece> read_;
};

}  // namespace sluice::ottl
