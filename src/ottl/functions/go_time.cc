#include "ottl/functions/go_time.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

namespace sluice::ottl {
namespace {

using Part = TimeLayout::Part;
using Piece = TimeLayout::Piece;

constexpr std::string_view kMonths[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};
constexpr std::string_view kDays[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                      "Thursday", "Friday", "Saturday"};

struct Directive {
  char name;
  std::string_view layout;
};

constexpr Directive kDirectives[] = {
    {'Y', "2006"},        {'y', "06"},          {'m', "01"},
    {'o', "_1"},          {'q', "1"},           {'b', "Jan"},
    {'h', "Jan"},         {'B', "January"},     {'d', "02"},
    {'e', "_2"},          {'g', "2"},           {'a', "Mon"},
    {'A', "Monday"},      {'H', "15"},          {'l', "3"},
    {'I', "03"},          {'p', "PM"},          {'P', "pm"},
    {'M', "04"},          {'S', "05"},          {'L', "999"},
    {'f', "999999"},      {'s', "999999999"},   {'Z', "MST"},
    {'z', "Z0700"},       {'w', "-070000"},     {'i', "-07"},
    {'j', "-07:00"},      {'k', "-07:00:00"},   {'D', "01/02/2006"},
    {'F', "2006-01-02"},  {'T', "15:04:05"},    {'X', "15:04:05"},
    {'R', "15:04"},       {'r', "03:04:05 pm"}, {'n', "\n"},
    {'t', "\t"},          {'%', "%"},           {'c', "Mon Jan 02 15:04:05 2006"},
    {'v', "_2-Jan-2006"}, {'x', "01/02/06"}};

struct Word {
  std::string_view text;
  Part part;
};

/// What Go looks for in a layout; of two that fit, the longer one.
constexpr Word kWords[] = {{"January", Part::LongMonth},
                           {"Jan", Part::MonthName},
                           {"Monday", Part::LongDay},
                           {"Mon", Part::DayName},
                           {"MST", Part::ZoneName},
                           {"2006", Part::Year},
                           {"01", Part::ZeroMonth},
                           {"02", Part::ZeroDay},
                           {"03", Part::ZeroHour12},
                           {"04", Part::ZeroMinute},
                           {"05", Part::ZeroSecond},
                           {"06", Part::ShortYear},
                           {"15", Part::Hour},
                           {"1", Part::Month},
                           {"_2", Part::SpaceDay},
                           {"2", Part::Day},
                           {"3", Part::Hour12},
                           {"4", Part::Minute},
                           {"5", Part::Second},
                           {"PM", Part::UpperHalf},
                           {"pm", Part::LowerHalf},
                           {"-07:00:00", Part::ZoneOffset},
                           {"-070000", Part::ZoneOffset},
                           {"-07:00", Part::ZoneOffset},
                           {"-0700", Part::ZoneOffset},
                           {"-07", Part::ZoneOffset},
                           {"Z07:00:00", Part::ZoneOffset},
                           {"Z070000", Part::ZoneOffset},
                           {"Z07:00", Part::ZoneOffset},
                           {"Z0700", Part::ZoneOffset},
                           {"Z07", Part::ZoneOffset}};

bool is_digit(std::string_view text, size_t at) {
  return at < text.size() && text[at] >= '0' && text[at] <= '9';
}
bool is_lower(std::string_view text, size_t at) {
  return at < text.size() && text[at] >= 'a' && text[at] <= 'z';
}

/// ".999" or ",999": nines or zeros behind a point, and no digit behind them.
size_t fraction_size(std::string_view text) {
  if (text.size() < 2 || (text[0] != '.' && text[0] != ',') || (text[1] != '9' && text[1] != '0'))
    return 0;
  size_t end = 1;
  while (end < text.size() && text[end] == text[1]) ++end;
  return is_digit(text, end) ? 0 : end;
}

Piece next_piece(std::string_view layout) {
  if (const size_t size = fraction_size(layout))
    return {Part::Fraction, std::string(layout.substr(0, size))};
  for (const Word& word : kWords) {
    if (layout.substr(0, word.text.size()) != word.text) continue;
    // "Jan" and "Mon" begin other words as well: "Month" is none of ours.
    const bool short_name = word.part == Part::MonthName || word.part == Part::DayName;
    if (short_name && is_lower(layout, word.text.size())) continue;
    return {word.part, std::string(word.text)};
  }
  return {Part::Literal, std::string(layout.substr(0, 1))};
}

std::string offset_text(int offset, std::string_view layout) {
  if (offset == 0 && layout.front() == 'Z') return "Z";
  const int size = offset < 0 ? -offset : offset;
  const bool colons = layout.find(':') != std::string_view::npos;
  const auto digits = static_cast<size_t>(
      std::count_if(layout.begin(), layout.end(), [](char c) { return c >= '0' && c <= '9'; }));
  std::string out(1, offset < 0 ? '-' : '+');
  const int parts[] = {size / 3600, size / 60 % 60, size % 60};
  for (size_t i = 0; i < digits / 2; ++i) {
    if (i != 0 && colons) out += ':';
    out += static_cast<char>('0' + parts[i] / 10);
    out += static_cast<char>('0' + parts[i] % 10);
  }
  return out;
}

std::string padded(int64_t number, int width, char fill = '0') {
  char text[32];
  std::snprintf(text, sizeof text, fill == '0' ? "%0*lld" : "%*lld", width,
                static_cast<long long>(number));
  return text;
}

/// So many digits as the layout has; nines leave zeros at the end away.
std::string fraction_text(int nanos, std::string_view layout) {
  std::string digits = padded(nanos, 9).substr(0, std::min<size_t>(9, layout.size() - 1));
  if (layout[1] == '9') {
    while (!digits.empty() && digits.back() == '0') digits.pop_back();
    if (digits.empty()) return {};
  }
  return std::string(1, layout.front()) + digits;
}

std::string part_text(const Piece& piece, const Civil& at) {
  const int hour12 = at.hour % 12 == 0 ? 12 : at.hour % 12;
  switch (piece.part) {
    case Part::Literal: return piece.text;
    case Part::Year: return padded(at.year, 4);
    case Part::ShortYear: return padded(((at.year % 100) + 100) % 100, 2);
    case Part::MonthName: return std::string(kMonths[at.month - 1].substr(0, 3));
    case Part::LongMonth: return std::string(kMonths[at.month - 1]);
    case Part::Month: return std::to_string(at.month);
    case Part::ZeroMonth: return padded(at.month, 2);
    case Part::DayName: return std::string(kDays[at.weekday].substr(0, 3));
    case Part::LongDay: return std::string(kDays[at.weekday]);
    case Part::Day: return std::to_string(at.day);
    case Part::SpaceDay: return padded(at.day, 2, ' ');
    case Part::ZeroDay: return padded(at.day, 2);
    case Part::Hour: return padded(at.hour, 2);
    case Part::Hour12: return std::to_string(hour12);
    case Part::ZeroHour12: return padded(hour12, 2);
    case Part::Minute: return std::to_string(at.minute);
    case Part::ZeroMinute: return padded(at.minute, 2);
    case Part::Second: return std::to_string(at.second);
    case Part::ZeroSecond: return padded(at.second, 2);
    case Part::UpperHalf: return at.hour >= 12 ? "PM" : "AM";
    case Part::LowerHalf: return at.hour >= 12 ? "pm" : "am";
    case Part::ZoneName:
      return at.zone.empty() ? offset_text(at.offset, at.offset % 3600 == 0 ? "-07" : "-0700")
                             : at.zone;
    case Part::ZoneOffset: return offset_text(at.offset, piece.text);
    case Part::Fraction: return fraction_text(at.nanos, piece.text);
  }
  return {};
}

/// What was read of a time so far.
struct Reading {
  std::string_view text;  ///< the rest
  std::optional<int64_t> year;
  std::optional<int> month;
  std::optional<int> day;
  int hour = 0, minute = 0, second = 0, nanos = 0;
  std::optional<bool> afternoon;
  std::optional<int> offset;  ///< seconds
  std::string zone;
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

/// The index of a name, whole or its first three letters, at the start of the text.
template <size_t N>
std::optional<int> take_name(Reading& in, const std::string_view (&names)[N], bool whole) {
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
    in.offset = 0;
    in.zone = "UTC";
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

/// "UTC", "CEST", "GMT+3", "+03": capitals, perhaps with hours.
bool take_zone_name(Reading& in) {
  size_t size = 0;
  while (size < in.text.size() && size < 6 && in.text[size] >= 'A' && in.text[size] <= 'Z') ++size;
  if (in.text.substr(0, 3) == "UTC") size = 3;
  if (size < 3 || size > 5) return false;
  in.zone = in.text.substr(0, size);
  in.text.remove_prefix(size);
  in.offset = 0;
  return true;
}

bool take_half(Reading& in, std::string_view afternoon, std::string_view morning) {
  const std::string_view half = in.text.substr(0, 2);
  if (half != afternoon && half != morning) return false;
  in.afternoon = half == afternoon;
  in.text.remove_prefix(2);
  return true;
}

bool take_literal(Reading& in, char c) {
  // Blanks of the layout stand for any number of blanks.
  if (c == ' ') {
    if (!in.text.empty() && in.text.front() != ' ') return false;
    while (!in.text.empty() && in.text.front() == ' ') in.text.remove_prefix(1);
    return true;
  }
  if (in.text.empty() || in.text.front() != c) return false;
  in.text.remove_prefix(1);
  return true;
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
  const auto month = take_name(in, kMonths, whole);
  if (month) in.month = *month + 1;
  return month.has_value();
}

bool take_part(Reading& in, const Piece& piece, bool fraction_follows) {
  switch (piece.part) {
    case Part::Literal: return take_literal(in, piece.text.front());
    case Part::Year: return take_year(in, 4);
    case Part::ShortYear: return take_year(in, 2);
    case Part::MonthName: return take_month_name(in, false);
    case Part::LongMonth: return take_month_name(in, true);
    case Part::Month: return take_month(in, false);
    case Part::ZeroMonth: return take_month(in, true);
    case Part::DayName: return take_name(in, kDays, false).has_value();
    case Part::LongDay: return take_name(in, kDays, true).has_value();
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
    case Part::Fraction:
      take_fraction(in);  // nines may be missing altogether
      return true;
  }
  return false;
}

const Zone* zone_of(const Reading& in, const Zone* zone) {
  if (!in.offset) return zone;
  if (in.zone == "UTC") return nullptr;
  return fixed_zone(in.zone, *in.offset);
}

}  // namespace

Result<TimeLayout> TimeLayout::make(std::string_view strptime) {
  if (strptime.empty()) return invalid_argument("the format of a time must not be empty");
  std::string layout;
  for (size_t i = 0; i < strptime.size(); ++i) {
    const char c = strptime[i];
    if (c >= '0' && c <= '9') {
      return invalid_argument(
          "the format of a time has directives such as %Y-%m-%d, and no digits");
    }
    if (c != '%') {
      layout += c;
      continue;
    }
    const char name = i + 1 < strptime.size() ? strptime[++i] : '\0';
    const auto known = std::find_if(std::begin(kDirectives), std::end(kDirectives),
                                    [&](const Directive& d) { return d.name == name; });
    if (known == std::end(kDirectives))
      return invalid_argument("the format of a time has no directive %" + std::string(1, name));
    layout += known->layout;
  }
  TimeLayout made;
  for (std::string_view rest = layout; !rest.empty();) {
    made.pieces_.push_back(next_piece(rest));
    rest.remove_prefix(made.pieces_.back().text.size());
  }
  return made;
}

std::string TimeLayout::format(const Time& time) const {
  const Civil at = civil_of(time);
  std::string out;
  for (const Piece& piece : pieces_) out += part_text(piece, at);
  return out;
}

bool TimeLayout::parse(std::string_view text, const Zone* zone, const Time& now, Time& out,
                       std::string& error) const {
  Reading in;
  in.text = text;
  for (size_t i = 0; i < pieces_.size(); ++i) {
    const bool fraction_follows = i + 1 < pieces_.size() && pieces_[i + 1].part == Part::Fraction;
    if (take_part(in, pieces_[i], fraction_follows)) continue;
    error = "the time \"" + std::string(text) + "\" does not have \"" + pieces_[i].text +
            "\" where \"" + std::string(in.text) + "\" stands";
    return false;
  }
  if (!in.text.empty()) {
    error = "the time \"" + std::string(text) + "\" goes on with \"" + std::string(in.text) + "\"";
    return false;
  }
  Civil civil;
  civil.year = in.year.value_or(civil_of(now).year);
  civil.month = in.month.value_or(1);
  civil.day = in.day.value_or(1);
  if (civil.day < 1 || civil.day > days_in_month(civil.year, civil.month)) {
    error = "the month of \"" + std::string(text) + "\" has no such day";
    return false;
  }
  if (in.afternoon == true && in.hour < 12) in.hour += 12;
  if (in.afternoon == false && in.hour == 12) in.hour = 0;
  civil.hour = in.hour;
  civil.minute = in.minute;
  civil.second = in.second;
  civil.nanos = in.nanos;
  const Zone* place = zone_of(in, zone);
  out = time_of_civil(civil, place);
  constexpr int64_t kWeek = 7 * 24 * 3600 * kNanosPerSecond;
  if (!in.year && now.plus(kWeek) < out) {
    --civil.year;
    out = time_of_civil(civil, place);
  }
  return true;
}

// ---- Languages ----

namespace {

struct Language {
  std::string_view tag;
  std::array<std::string_view, 12> months;
  std::array<std::string_view, 12> short_months;
  std::array<std::string_view, 7> days;  // from Sunday on
  std::array<std::string_view, 7> short_days;
};

constexpr Language kLanguages[] = {
    {"en",
     {"January", "February", "March", "April", "May", "June", "July", "August", "September",
      "October", "November", "December"},
     {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
     {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
     {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}},
    {"de",
     {"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober",
      "November", "Dezember"},
     {"Jan", "Feb", "Mär", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez"},
     {"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"},
     {"So", "Mo", "Di", "Mi", "Do", "Fr", "Sa"}},
    {"fr",
     {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
      "octobre", "novembre", "décembre"},
     {"janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.",
      "déc."},
     {"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"},
     {"dim.", "lun.", "mar.", "mer.", "jeu.", "ven.", "sam."}},
    {"it",
     {"gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre",
      "ottobre", "novembre", "dicembre"},
     {"gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic"},
     {"domenica", "lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato"},
     {"dom", "lun", "mar", "mer", "gio", "ven", "sab"}},
    {"es",
     {"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre",
      "octubre", "noviembre", "diciembre"},
     {"ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"},
     {"domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"},
     {"dom", "lun", "mar", "mié", "jue", "vie", "sáb"}},
    {"pt",
     {"janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro",
      "outubro", "novembro", "dezembro"},
     {"jan.", "fev.", "mar.", "abr.", "mai.", "jun.", "jul.", "ago.", "set.", "out.", "nov.",
      "dez."},
     {"domingo", "segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira",
      "sábado"},
     {"dom.", "seg.", "ter.", "qua.", "qui.", "sex.", "sáb."}},
    {"nl",
     {"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september",
      "oktober", "november", "december"},
     {"jan.", "feb.", "mrt.", "apr.", "mei", "jun.", "jul.", "aug.", "sep.", "okt.", "nov.",
      "dec."},
     {"zondag", "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag"},
     {"zo", "ma", "di", "wo", "do", "vr", "za"}},
    {"ja", {}, {}, {}, {}}};

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<signed char>(c) < 0;
}

}  // namespace

Result<TimeLocale> TimeLocale::make(std::string_view tag) {
  const std::string_view language = tag.substr(0, tag.find_first_of("-_"));
  const auto known = std::find_if(std::begin(kLanguages), std::end(kLanguages),
                                  [&](const Language& l) { return l.tag == language; });
  if (known == std::end(kLanguages)) {
    std::string tags;
    for (const Language& each : kLanguages)
      tags += (tags.empty() ? "" : ", ") + std::string(each.tag);
    return invalid_argument("the locale " + std::string(tag) + " is not known; there are: " + tags);
  }
  TimeLocale made;
  const auto add = [&](std::string_view name, std::string_view english) {
    if (!name.empty() && name != english) made.names_.emplace_back(name, english);
  };
  for (size_t i = 0; i < 12; ++i) {
    add(known->months[i], kMonths[i]);
    add(known->short_months[i], kMonths[i].substr(0, 3));
  }
  for (size_t i = 0; i < 7; ++i) {
    add(known->days[i], kDays[i]);
    add(known->short_days[i], kDays[i].substr(0, 3));
  }
  std::stable_sort(made.names_.begin(), made.names_.end(),
                   [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
  return made;
}

std::string TimeLocale::to_english(std::string_view text) const {
  std::string out;
  while (!text.empty()) {
    const auto name = std::find_if(names_.begin(), names_.end(), [&](const auto& each) {
      const bool ends = text.size() == each.first.size() || !is_letter(text[each.first.size()]);
      return text.substr(0, each.first.size()) == each.first && ends;
    });
    const bool starts = out.empty() || !is_letter(out.back());
    if (name != names_.end() && starts) {
      out += name->second;
      text.remove_prefix(name->first.size());
    } else {
      out += text.front();
      text.remove_prefix(1);
    }
  }
  return out;
}

}  // namespace sluice::ottl
