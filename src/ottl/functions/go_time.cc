#include "ottl/functions/go_time.h"

#include <algorithm>
#include <cstdio>

namespace sluice::ottl {
namespace {

using Part = TimeLayout::Part;
using Piece = TimeLayout::Piece;

struct Directive {
  char name;
  std::string_view layout;
  /// How it is read, where that is not how it is written.
  std::string_view read{};
};

/// Stand in layouts that texts are read by, for what no layout of Go can say: a year of four digits
/// or two, and any way to write an offset.
constexpr std::string_view kAnyYear = "\x01";
constexpr std::string_view kAnyOffset = "\x02";

/// Numbers are read without their zeros too.
constexpr Directive kDirectives[] = {{'Y', "2006"},
                                     {'y', "06"},
                                     {'m', "01", "1"},
                                     {'o', "_1", "1"},
                                     {'q', "1"},
                                     {'b', "Jan"},
                                     {'h', "Jan"},
                                     {'B', "January"},
                                     {'d', "02", "2"},
                                     {'e', "_2", "2"},
                                     {'g', "2"},
                                     {'a', "Mon"},
                                     {'A', "Monday"},
                                     {'H', "15"},
                                     {'l', "3"},
                                     {'I', "03", "3"},
                                     {'p', "PM"},
                                     {'P', "pm"},
                                     {'M', "04", "4"},
                                     {'S', "05", "5"},
                                     {'L', "999"},
                                     {'f', "999999"},
                                     {'s', "999999999"},
                                     {'Z', "MST"},
                                     {'z', "Z0700", kAnyOffset},
                                     {'w', "-070000"},
                                     {'i', "-07"},
                                     {'j', "-07:00"},
                                     {'k', "-07:00:00"},
                                     {'D', "01/02/2006", "1/2/\x01"},
                                     {'x', "01/02/2006", "1/2/\x01"},
                                     {'F', "2006-01-02", "2006-1-2"},
                                     {'T', "15:04:05", "15:4:5"},
                                     {'X', "15:04:05", "15:4:5"},
                                     {'R', "15:04", "15:4"},
                                     {'r', "03:04:05 pm", "3:4:5 pm"},
                                     {'n', "\n"},
                                     {'t', "\t"},
                                     {'%', "%"},
                                     {'c', "Mon Jan 02 15:04:05 2006", "Mon Jan 2 15:4:5 2006"}};

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
                           {"Z07", Part::ZoneOffset},
                           {kAnyYear, Part::AnyYear},
                           {kAnyOffset, Part::AnyOffset}};

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
  const size_t blanks = std::min(layout.find_first_not_of(' '), layout.size());
  if (blanks != 0) return {Part::Literal, std::string(blanks, ' ')};
  if (layout.substr(0, 5) == "_2006") return {Part::Literal, "_"};
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
    case Part::MonthName: return std::string(kMonthNames[at.month - 1].substr(0, 3));
    case Part::LongMonth: return std::string(kMonthNames[at.month - 1]);
    case Part::Month: return std::to_string(at.month);
    case Part::ZeroMonth: return padded(at.month, 2);
    case Part::DayName: return std::string(kDayNames[at.weekday].substr(0, 3));
    case Part::LongDay: return std::string(kDayNames[at.weekday]);
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
    case Part::AnyYear:
    case Part::AnyOffset: return {};  // only read
    case Part::Fraction: return fraction_text(at.nanos, piece.text);
  }
  return {};
}

std::vector<Piece> pieces_of(std::string_view layout) {
  std::vector<Piece> pieces;
  while (!layout.empty()) {
    pieces.push_back(next_piece(layout));
    layout.remove_prefix(pieces.back().text.size());
  }
  return pieces;
}

/// Fractions of a second, which Go knows behind a point or comma only.
bool is_fraction(char directive) {
  return directive == 'L' || directive == 'f' || directive == 's';
}

}  // namespace

Result<TimeLayout> TimeLayout::make(std::string_view strptime) {
  if (strptime.empty()) return invalid_argument("the format of a time must not be empty");
  TimeLayout made;
  std::string written;
  std::string literal;  // since the last directive
  const auto read = [&](std::string_view layout) {
    for (Piece& piece : pieces_of(layout)) made.read_.push_back(std::move(piece));
  };
  for (size_t i = 0; i < strptime.size(); ++i) {
    if (is_digit(strptime, i)) {
      return invalid_argument(
          "the format of a time has directives such as %Y-%m-%d, and no digits");
    }
    if (strptime[i] != '%' || i + 1 == strptime.size()) {
      written += strptime[i];
      literal += strptime[i];
      continue;
    }
    const char name = strptime[i + 1];
    const auto known = std::find_if(std::begin(kDirectives), std::end(kDirectives),
                                    [&](const Directive& d) { return d.name == name; });
    if (known == std::end(kDirectives))
      return invalid_argument("the format of a time has no directive %" + std::string(1, name));
    if (is_fraction(name) && i != 0 && strptime[i - 1] != '.' && strptime[i - 1] != ',')
      return invalid_argument("%" + std::string(1, name) + " needs a point or comma before it");
    written += known->layout;
    if (is_fraction(name)) {
      literal += known->layout;  // one with the point before it
    } else {
      read(literal);
      literal.clear();
      read(known->read.empty() ? known->layout : known->read);
    }
    ++i;
  }
  read(literal);
  made.written_ = pieces_of(written);
  return made;
}

std::string TimeLayout::format(const Time& time) const {
  const Civil at = civil_of(time);
  std::string out;
  for (const Piece& piece : written_) out += part_text(piece, at);
  return out;
}

}  // namespace sluice::ottl
