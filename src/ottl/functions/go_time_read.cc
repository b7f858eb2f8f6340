// How texts are read by a layout.

#include <algorithm>
#include <optional>

#include "ottl/functions/go_time.h"

namespace sluice::ottl {
namespace {

using Part = TimeLayout::Part;
using Piece = TimeLayout::Piece;

bool is_digit(std::string_view text, size_t at) {
  return at < text.size() && text[at] >= '0' && text[at] <= '9';
}
bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

/// What was read of a time so far.
struct Reading {
  std::string_view text;  ///< the rest
  std::optional<int64_t> year;
  std::optional<int> month;
  std::optional<int> day;
  int hour = 0, minute = 0, second = 0, nanos = 0;
  std::optional<bool> afternoon;
  std::optional<int> offset;  ///< seconds
  std::string_view zone;      ///< its letters, such as CEST
  bool utc = false;
  const TimeNames* names = nullptr;  ///< English if null
  Arena* scratch = nullptr;
};

/// One or two digits; exactly two if `fixed`.
bool take_number(Reading& in, bool fixed, int& out) {
  if (!is_digit(in.text, 0)) return false;
  const bool two = is_digit(in.text, 1);
  if (!two && fixed) return false;
  out = in.text[0] - '0';
  if (two) out = out * 10 + (in.text[1] - '0');
  in.text.remove_prefix(two ? 2 : 1);
  return true;
}

bool take_number(Reading& in, bool fixed, int least, int most, int& out) {
  return take_number(in, fixed, out) && out >= least && out <= most;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return (x | 0x20) == (y | 0x20);
         });
}

/// The index of an English name, whole or its first three letters, at the start of the text.
template <size_t N>
std::optional<int> take_english(Reading& in, const std::string_view (&names)[N], bool whole) {
  for (size_t i = 0; i < N; ++i) {
    const std::string_view name = whole ? names[i] : names[i].substr(0, 3);
    if (!equal_ignoring_case(in.text.substr(0, name.size()), name)) continue;
    in.text.remove_prefix(name.size());
    return static_cast<int>(i);
  }
  return std::nullopt;
}

bool take_year(Reading& in, size_t digits) {
  for (size_t i = 0; i < digits; ++i) {
    if (!is_digit(in.text, i)) return false;
  }
  int64_t year = 0;
  for (size_t i = 0; i < digits; ++i) year = year * 10 + (in.text[i] - '0');
  if (digits == 2) year += year >= 69 ? 1900 : 2000;
  in.year = year;
  in.text.remove_prefix(digits);
  return true;
}

/// A point or comma and digits; false if there are none.
bool take_fraction(Reading& in) {
  if (in.text.empty() || (in.text[0] != '.' && in.text[0] != ',') || !is_digit(in.text, 1))
    return false;
  size_t end = 1;
  int nanos = 0;
  int digits = 0;
  for (; is_digit(in.text, end); ++end) {
    if (digits == 9) continue;  // beyond nanoseconds
    nanos = nanos * 10 + (in.text[end] - '0');
    ++digits;
  }
  for (; digits < 9; ++digits) nanos *= 10;
  in.nanos = nanos;
  in.text.remove_prefix(end);
  return true;
}

bool take_offset(Reading& in, std::string_view layout) {
  if (layout.front() == 'Z' && in.text.substr(0, 1) == "Z") {
    in.text.remove_prefix(1);
    in.utc = true;
    return true;
  }
  if (in.text.empty() || (in.text[0] != '+' && in.text[0] != '-')) return false;
  const int sign = in.text[0] == '-' ? -1 : 1;
  in.text.remove_prefix(1);
  int parts[3] = {0, 0, 0};
  size_t part = 0;
  for (size_t i = 1; i < layout.size();) {
    if (layout[i] == ':') {
      if (in.text.substr(0, 1) != ":") return false;
      in.text.remove_prefix(1);
      ++i;
      continue;
    }
    if (!take_number(in, true, 0, part == 0 ? 24 : 60, parts[part])) return false;
    ++part;
    i += 2;
  }
  in.offset = sign * (parts[0] * 3600 + parts[1] * 60 + parts[2]);
  return true;
}

/// "Z", "+0100", "+01:00" or "+01", the first that fits.
bool take_any_offset(Reading& in) {
  for (const char* layout : {"Z0700", "Z07:00", "Z07"}) {
    Reading tried = in;
    if (!take_offset(tried, layout)) continue;
    in = tried;
    return true;
  }
  return false;
}

/// How long "+3" or "-11" is at the start of the text: up to 23 hours.
size_t signed_hours_size(std::string_view text) {
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return 0;
  size_t end = 1;
  int hours = 0;
  for (; is_digit(text, end); ++end) {
    hours = hours * 10 + (text[end] - '0');
    if (hours > 23) return 0;
  }
  return end == 1 ? 0 : end;
}

/// What Go takes for the letters of a zone: "CET", "CEST", "ChST", "GMT+3", "-03".
size_t zone_name_size(std::string_view text) {
  if (text.size() < 3) return 0;
  if (text.substr(0, 4) == "ChST" || text.substr(0, 4) == "MeST") return 4;
  if (text.substr(0, 3) == "GMT") return 3 + signed_hours_size(text.substr(3));
  if (text[0] == '+' || text[0] == '-') return signed_hours_size(text);
  size_t capitals = 0;
  while (capitals < std::min<size_t>(6, text.size()) && is_capital(text[capitals])) ++capitals;
  const bool ends_in_t = capitals > 3 && text[capitals - 1] == 'T';
  if (capitals == 3 || (capitals == 4 && text.substr(0, 4) == "WITA")) return capitals;
  return capitals < 6 && ends_in_t ? capitals : 0;
}

bool take_zone_name(Reading& in) {
  if (in.text.substr(0, 3) == "UTC") {
    in.utc = true;
    in.text.remove_prefix(3);
    return true;
  }
  const size_t size = zone_name_size(in.text);
  in.zone = in.text.substr(0, size);
  in.text.remove_prefix(size);
  return size != 0;
}

bool take_half(Reading& in, std::string_view afternoon, std::string_view morning) {
  if (in.names != nullptr) {
    const auto half = in.names->take(TimeNames::List::Halves, in.text, *in.scratch);
    if (half) in.afternoon = *half == 1;
    return half.has_value();
  }
  const std::string_view half = in.text.substr(0, 2);
  if (half != afternoon && half != morning) return false;
  in.afternoon = half == afternoon;
  in.text.remove_prefix(2);
  return true;
}

/// A character, or blanks, which stand for any number of blanks.
bool take_literal(Reading& in, char c) {
  if (c == ' ') {
    if (!in.text.empty() && in.text.front() != ' ') return false;
    while (!in.text.empty() && in.text.front() == ' ') in.text.remove_prefix(1);
    return true;
  }
  if (in.text.empty() || in.text.front() != c) return false;
  // The original's translation of names loses its way at a letter of more than one byte.
  if (in.names != nullptr && static_cast<signed char>(c) < 0) return false;
  in.text.remove_prefix(1);
  return true;
}

/// White space may stand before numbers, and before an offset that may be written in any way.
bool may_be_indented(Part part) {
  switch (part) {
    case Part::Year:
    case Part::AnyYear:
    case Part::ShortYear:
    case Part::Month:
    case Part::ZeroMonth:
    case Part::Day:
    case Part::ZeroDay:
    case Part::Hour:
    case Part::Hour12:
    case Part::ZeroHour12:
    case Part::Minute:
    case Part::ZeroMinute:
    case Part::Second:
    case Part::ZeroSecond:
    case Part::AnyOffset: return true;
    default: return false;
  }
}

bool take_day(Reading& in, bool fixed) {
  int day = 0;
  if (!take_number(in, fixed, day)) return false;
  in.day = day;
  return true;
}

bool take_month(Reading& in, bool fixed) {
  int month = 0;
  if (!take_number(in, fixed, 1, 12, month)) return false;
  in.month = month;
  return true;
}

bool take_month_name(Reading& in, bool whole) {
  using enum TimeNames::List;
  const auto month = in.names == nullptr
                         ? take_english(in, kMonthNames, whole)
                         : in.names->take(whole ? Months : ShortMonths, in.text, *in.scratch);
  if (month) in.month = *month + 1;
  return month.has_value();
}

/// Which day of the week it says does not matter, as in the original.
bool take_day_name(Reading& in, bool whole) {
  using enum TimeNames::List;
  const auto day = in.names == nullptr
                       ? take_english(in, kDayNames, whole)
                       : in.names->take(whole ? Days : ShortDays, in.text, *in.scratch);
  return day.has_value();
}

bool take_part(Reading& in, const Piece& piece, bool fraction_follows) {
  if (may_be_indented(piece.part))
    in.text.remove_prefix(std::min(in.text.find_first_not_of(" \t\n\f\r"), in.text.size()));
  switch (piece.part) {
    case Part::Literal: return take_literal(in, piece.text.front());
    case Part::Year: return take_year(in, 4);
    case Part::ShortYear: return take_year(in, 2);
    case Part::AnyYear: return take_year(in, 4) || take_year(in, 2);
    case Part::MonthName: return take_month_name(in, false);
    case Part::LongMonth: return take_month_name(in, true);
    case Part::Month: return take_month(in, false);
    case Part::ZeroMonth: return take_month(in, true);
    case Part::DayName: return take_day_name(in, false);
    case Part::LongDay: return take_day_name(in, true);
    case Part::SpaceDay:
      if (in.text.substr(0, 1) == " ") in.text.remove_prefix(1);
      return take_day(in, false);
    case Part::Day: return take_day(in, false);
    case Part::ZeroDay: return take_day(in, true);
    case Part::Hour: return take_number(in, false, 0, 23, in.hour);
    case Part::Hour12: return take_number(in, false, 0, 12, in.hour);
    case Part::ZeroHour12: return take_number(in, true, 0, 12, in.hour);
    case Part::Minute: return take_number(in, false, 0, 59, in.minute);
    case Part::ZeroMinute: return take_number(in, true, 0, 59, in.minute);
    case Part::Second:
    case Part::ZeroSecond:
      if (!take_number(in, piece.part == Part::ZeroSecond, 0, 59, in.second)) return false;
      // A fraction may follow the seconds although the layout has none.
      if (!fraction_follows) take_fraction(in);
      return true;
    case Part::UpperHalf: return take_half(in, "PM", "AM");
    case Part::LowerHalf: return take_half(in, "pm", "am");
    case Part::ZoneName: return take_zone_name(in);
    case Part::ZoneOffset: return take_offset(in, piece.text);
    case Part::AnyOffset: return take_any_offset(in);
    case Part::Fraction:
      take_fraction(in);  // nines may be missing altogether
      return true;
  }
  return false;
}

/// The zones whose letters are the names of files of the time zone database.
constexpr std::string_view kZoneFiles[] = {"CET", "EET", "EST", "GMT",   "HST",   "MET", "MST",
                                           "PRC", "ROC", "ROK", "GMT+0", "GMT-0", "UCT", "WET"};

/// "GMT+3" is three hours ahead; other letters say nothing of themselves.
int offset_of_gmt(std::string_view letters) {
  if (letters.size() <= 3 || letters.substr(0, 3) != "GMT") return 0;
  int hours = 0;
  for (const char c : letters.substr(4)) hours = hours * 10 + (c - '0');
  return (letters[3] == '-' ? -3600 : 3600) * hours;
}

/// The time with the zone that the text says, as Go has it: what letters stand for is known only
/// of those of the place itself.
Time in_zone(const Reading& in, const Civil& civil, const Zone* place) {
  if (in.utc) return time_of_civil(civil, nullptr);
  if (!in.offset && in.zone.empty()) return time_of_civil(civil, place);
  Time time = time_of_civil(civil, nullptr);
  const std::optional<int> known =
      in.offset ? std::nullopt : offset_of_letters(place, in.zone, time.seconds);
  const int offset = in.offset ? *in.offset : known.value_or(offset_of_gmt(in.zone));
  time.seconds -= offset;
  time.zone = place;
  if (known) return time;
  const Civil there = civil_of(time);
  const bool same = there.offset == offset && (in.zone.empty() || there.zone == in.zone);
  if (!in.offset || !same) time.zone = fixed_zone(in.zone, offset);
  return time;
}

/// As the original corrects Go: letters without an offset are looked for in the time zone database.
bool find_zone(const Reading& in, const Civil& civil, const Zone* place, Time& out) {
  out = in_zone(in, civil, place);
  if (in.utc || (!in.offset && in.zone.empty())) return true;
  if (civil_of(out).offset != 0) return true;
  const bool is_file =
      std::find(std::begin(kZoneFiles), std::end(kZoneFiles), in.zone) != std::end(kZoneFiles);
  if (!is_file && !in.zone.empty()) return false;
  const auto found = zone(in.zone);
  if (!found.ok()) return false;
  out = in_zone(in, civil, *found);
  return true;
}

/// For messages.
std::string shown(const Piece& piece) {
  if (piece.part == Part::AnyYear) return "2006";
  return piece.part == Part::AnyOffset ? "Z0700" : piece.text;
}

}  // namespace

bool TimeLayout::parse(std::string_view text, const TimeDefaults& defaults, Arena& scratch,
                       Time& out, std::string& error) const {
  Reading in;
  in.text = text;
  in.names = defaults.names;
  in.scratch = &scratch;
  for (size_t i = 0; i < read_.size(); ++i) {
    const bool fraction_follows = i + 1 < read_.size() && read_[i + 1].part == Part::Fraction;
    if (take_part(in, read_[i], fraction_follows)) continue;
    error = "the time \"" + std::string(text) + "\" does not have \"" + shown(read_[i]) +
            "\" where \"" + std::string(in.text) + "\" stands";
    return false;
  }
  if (!in.text.empty()) {
    error = "the time \"" + std::string(text) + "\" goes on with \"" + std::string(in.text) + "\"";
    return false;
  }
  Civil civil;
  civil.year = in.year.value_or(civil_of(defaults.now).year);
  civil.month = in.month.value_or(1);
  civil.day = in.day.value_or(1);
  // Without a year it may be a leap year, and the 29th of February becomes the 1st of March.
  constexpr int64_t kLeapYear = 0;
  if (civil.day < 1 || civil.day > days_in_month(in.year.value_or(kLeapYear), civil.month)) {
    error = "the month of \"" + std::string(text) + "\" has no such day";
    return false;
  }
  if (in.afternoon == true && in.hour < 12) in.hour += 12;
  if (in.afternoon == false && in.hour == 12) in.hour = 0;
  civil.hour = in.hour;
  civil.minute = in.minute;
  civil.second = in.second;
  civil.nanos = in.nanos;
  bool known = find_zone(in, civil, defaults.zone, out);
  constexpr int64_t kWeek = 7 * 24 * 3600 * kNanosPerSecond;
  if (known && !in.year && defaults.now.plus(kWeek) < out) {
    --civil.year;
    known = find_zone(in, civil, defaults.zone, out);
  }
  if (!known) error = "the time zone \"" + std::string(in.zone) + "\" is not known";
  return known;
}

}  // namespace sluice::ottl
