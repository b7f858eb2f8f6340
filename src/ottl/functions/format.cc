#include "ottl/functions/format.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <optional>
#include <vector>

#include "base/duration.h"
#include "base/utf8.h"
#include "wire/hex.h"

namespace sluice::ottl {
namespace {

/// One "%…" of a format.
struct Verb {
  bool plus = false, minus = false, sharp = false, space = false, zero = false;
  std::optional<int> width;
  std::optional<int> precision;
  char32_t verb = 0;
};

size_t rune_count(std::string_view text) {
  size_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(utf8::decode(text).size);
  return count;
}

void append_rune(char32_t rune, std::string& out) {
  char bytes[4];
  out.append(bytes, utf8::encode(rune, bytes));
}

void pad(std::string_view text, const Verb& verb, std::string& out) {
  const size_t width = static_cast<size_t>(verb.width.value_or(0));
  const size_t count = rune_count(text);
  const std::string padding(width > count ? width - count : 0,
                            verb.zero && !verb.minus ? '0' : ' ');
  if (!verb.minus) out += padding;
  out += text;
  if (verb.minus) out += padding;
}

std::string_view type_name(const Value& value) {
  switch (value.kind) {
    case Kind::String: return "string";
    case Kind::Bool: return "bool";
    case Kind::Int: return "int64";
    case Kind::Double: return "float64";
    case Kind::Bytes: return "[]uint8";
    case Kind::Array: return "[]interface {}";
    case Kind::Map: return "map[string]interface {}";
    default: break;
  }
  if (value.kind == kTime) return "time.Time";
  if (value.kind == kDuration) return "time.Duration";
  if (value.kind == kTraceId) return "pcommon.TraceID";
  if (value.kind == kSpanId) return "pcommon.SpanID";
  if (value.kind == kProfileId) return "pprofile.ProfileID";
  return "<nil>";
}

/// The shortest digits as %v has them: an exponent below 1e-4 and from 1e6 on.
std::string shortest(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number < 0 ? "-Inf" : "+Inf";
  char text[64];
  for (int digits = 1; digits <= 17; ++digits) {
    std::snprintf(text, sizeof text, "%.*e", digits - 1, number);
    if (std::strtod(text, nullptr) == number) break;
  }
  const std::string scientific = text;
  const size_t e = scientific.find('e');
  const int exponent = std::stoi(scientific.substr(e + 1));
  if (exponent < -4 || exponent >= 6) return scientific;
  const auto digits =
      static_cast<int>(std::count_if(text, text + e, [](char c) { return c >= '0' && c <= '9'; }));
  char plain[512];
  std::snprintf(plain, sizeof plain, "%.*f", std::max(0, digits - 1 - exponent), number);
  return plain;
}

/// Nothing for an id of zeros, which says that there is none.
template <size_t N>
std::string id_digits(const otlp::Id<N>& id) {
  if (id.empty()) return {};
  std::string out(2 * N, '\0');
  wire::hex_lower(id.bytes.data(), N, out.data());
  return out;
}

/// What %v makes of a value.
std::string plain(const Value& value) {
  switch (value.kind) {
    case Kind::None: return "<nil>";
    case Kind::String: return std::string(value.view());
    case Kind::Bool: return value.bool_value ? "true" : "false";
    case Kind::Int: return std::to_string(value.int_value);
    case Kind::Double: return shortest(value.double_value);
    case Kind::Bytes: {
      std::string out = "[";
      for (const char c : value.view()) {
        if (out.size() > 1) out += ' ';
        out += std::to_string(static_cast<unsigned char>(c));
      }
      return out + "]";
    }
    case Kind::Array: {
      std::string out = "[";
      for (uint32_t i = 0; i < value.size; ++i) {
        if (i != 0) out += ' ';
        out += plain(value.elements[i]);
      }
      return out + "]";
    }
    case Kind::Map: {
      std::vector<const KeyValue*> members;
      for (uint32_t i = 0; i < value.size; ++i) members.push_back(&value.members[i]);
      std::sort(members.begin(), members.end(),
                [](const KeyValue* a, const KeyValue* b) { return a->key < b->key; });
      std::string out = "map[";
      for (const KeyValue* member : members) {
        if (out.size() > 4) out += ' ';
        out += std::string(member->key) + ":" + plain(member->value);
      }
      return out + "]";
    }
  }
  if (value.kind == kDuration) return show_duration(std::chrono::nanoseconds(value.int_value));
  if (value.kind == kTime) {
    const Civil civil = civil_of(time_of(value));
    char text[96];
    int size = std::snprintf(text, sizeof text, "%04lld-%02d-%02d %02d:%02d:%02d",
                             static_cast<long long>(civil.year), civil.month, civil.day, civil.hour,
                             civil.minute, civil.second);
    std::string out(text, static_cast<size_t>(size));
    if (civil.nanos != 0) {
      std::snprintf(text, sizeof text, ".%09d", civil.nanos);
      out += text;
      while (out.back() == '0') out.pop_back();
    }
    const int minutes = std::abs(civil.offset) / 60;
    size = std::snprintf(text, sizeof text, " %c%02d%02d", civil.offset < 0 ? '-' : '+',
                         minutes / 60, minutes % 60);
    return out + std::string(text, static_cast<size_t>(size)) + " " +
           (civil.zone.empty() ? std::string(text + 1) : civil.zone);
  }
  if (value.kind == kTraceId || value.kind == kProfileId) return id_digits(trace_id_of(value));
  if (value.kind == kSpanId) return id_digits(span_id_of(value));
  return "{}";
}

/// With `ascii`, escapes stand for all other characters.
std::string quoted(std::string_view text, bool ascii) {
  std::string out = "\"";
  while (!text.empty()) {
    const utf8::Rune rune = utf8::decode(text);
    const char c = text.front();
    constexpr std::string_view kNamed = "\a\b\f\n\r\t\v\\\"";
    constexpr std::string_view kNames = "abfnrtv\\\"";
    const size_t named = kNamed.find(c);
    char code[16];
    if (named != std::string_view::npos) {
      out += '\\';
      out += kNames[named];
    } else if (!rune.valid || rune.value < 0x20 || rune.value == 0x7f) {
      std::snprintf(code, sizeof code, "\\x%02x", static_cast<unsigned char>(c));
      out += code;
    } else if (ascii && rune.value > 0x7f) {
      std::snprintf(code, sizeof code, rune.value > 0xffff ? "\\U%08x" : "\\u%04x",
                    static_cast<unsigned>(rune.value));
      out += code;
    } else {
      out += text.substr(0, rune.size);
    }
    text.remove_prefix(rune.size);
  }
  return out + "\"";
}

std::string integer_digits(uint64_t number, unsigned base, bool capitals) {
  const std::string_view all = capitals ? "0123456789ABCDEF" : "0123456789abcdef";
  std::string digits;
  do {
    digits += all[number % base];
    number /= base;
  } while (number != 0);
  std::reverse(digits.begin(), digits.end());
  return digits;
}

bool format_int(int64_t number, const Verb& verb, std::string& out) {
  const bool negative = number < 0;
  const uint64_t size =
      negative ? 0 - static_cast<uint64_t>(number) : static_cast<uint64_t>(number);
  std::string digits;
  std::string prefix;
  switch (verb.verb) {
    case 'v':
    case 'd': digits = integer_digits(size, 10, false); break;
    case 'b':
      digits = integer_digits(size, 2, false);
      if (verb.sharp) prefix = "0b";
      break;
    case 'o':
    case 'O':
      digits = integer_digits(size, 8, false);
      if (verb.sharp) prefix = "0";
      if (verb.verb == 'O') prefix = "0o";
      break;
    case 'x':
    case 'X':
      digits = integer_digits(size, 16, verb.verb == 'X');
      if (verb.sharp) prefix = verb.verb == 'x' ? "0x" : "0X";
      break;
    case 'c':
    case 'q': {
      const std::string_view quote = verb.verb == 'q' ? "'" : "";
      std::string text(quote);
      append_rune(number >= 0 && number <= 0x10FFFF ? static_cast<char32_t>(number)
                                                    : utf8::kReplacementRune,
                  text);
      pad(text.append(quote), verb, out);
      return true;
    }
    case 'U': {
      std::string text = integer_digits(size, 16, true);
      if (text.size() < 4) text.insert(0, 4 - text.size(), '0');
      pad("U+" + text, verb, out);
      return true;
    }
    default: return false;
  }
  if (verb.precision && digits.size() < static_cast<size_t>(*verb.precision))
    digits.insert(0, static_cast<size_t>(*verb.precision) - digits.size(), '0');
  const std::string sign = negative ? "-" : verb.plus ? "+" : verb.space ? " " : "";
  const size_t width = static_cast<size_t>(verb.width.value_or(0));
  const size_t used = sign.size() + prefix.size() + digits.size();
  if (verb.zero && !verb.minus && !verb.precision && used < width)
    digits.insert(0, width - used, '0');
  Verb spaces = verb;
  spaces.zero = false;
  pad(sign + prefix + digits, spaces, out);
  return true;
}

/// "6755399441055744p-52": an integer times a power of two.
std::string binary_digits(double number) {
  constexpr int kLeast = -1074;  // of the smallest double
  const int exponent = number == 0 ? kLeast : std::max(kLeast, std::ilogb(number) - 52);
  char text[64];
  std::snprintf(text, sizeof text, "%.0fp%+d", std::ldexp(number, -exponent), exponent);
  return text;
}

/// As C writes it, but with an exponent of two digits at least.
void widen_exponent(std::string& hex) {
  const size_t digits = hex.find_first_of("pP") + 2;
  if (hex.size() == digits + 1) hex.insert(digits, 1, '0');
}

bool format_double(double number, const Verb& verb, std::string& out) {
  constexpr std::u32string_view kVerbs = U"vgGeEfFxXb";
  if (kVerbs.find(verb.verb) == std::u32string_view::npos) return false;
  std::string text;
  const bool is_general = verb.verb == 'v' || verb.verb == 'g' || verb.verb == 'G';
  if (!std::isfinite(number) || (is_general && !verb.precision)) {
    text = shortest(number);
  } else if (verb.verb == 'b') {
    text = binary_digits(number);
  } else {
    const bool is_hex = verb.verb == 'x' || verb.verb == 'X';
    // C's %a is Go's %x.
    const char32_t letter = verb.verb == 'v' ? 'g' : is_hex ? verb.verb - 'x' + 'a' : verb.verb;
    const char spec[] = {'%', '.', '*', static_cast<char>(letter), '\0'};
    char digits[512];
    // Less than 0 is all that there are.
    const int size = std::snprintf(digits, sizeof digits, spec,
                                   verb.precision.value_or(is_hex ? -1 : 6), number);
    text.assign(digits, std::min(static_cast<size_t>(size), sizeof digits - 1));
    if (is_hex) widen_exponent(text);
  }
  std::string sign;
  if (text.front() == '-' || text.front() == '+') {
    sign = text.front() == '-' ? "-" : verb.plus || std::isinf(number) ? "+" : "";
    text.erase(0, 1);
  } else if (verb.plus) {
    sign = "+";
  } else if (verb.space) {
    sign = " ";
  }
  const size_t width = static_cast<size_t>(verb.width.value_or(0));
  if (verb.zero && !verb.minus && sign.size() + text.size() < width && std::isfinite(number))
    text.insert(0, width - sign.size() - text.size(), '0');
  Verb spaces = verb;
  spaces.zero = false;
  pad(sign + text, spaces, out);
  return true;
}

/// So many bytes as the precision says, in hex: each with its prefix where blanks separate them.
std::string hex_bytes(std::string_view text, const Verb& verb) {
  std::string out;
  if (verb.precision) text = text.substr(0, static_cast<size_t>(*verb.precision));
  for (const char c : text) {
    if (verb.space && !out.empty()) out += ' ';
    if (verb.sharp && (verb.space || out.empty())) out += verb.verb == 'x' ? "0x" : "0X";
    const std::string digits = integer_digits(static_cast<unsigned char>(c), 16, verb.verb == 'X');
    if (digits.size() < 2) out += '0';
    out += digits;
  }
  return out;
}

bool format_text(std::string_view text, const Verb& verb, std::string& out) {
  std::string made;
  switch (verb.verb) {
    case 's':
    case 'v': made = text; break;
    case 'q': made = quoted(text, verb.plus); break;
    case 'x':
    case 'X': made = hex_bytes(text, verb); break;
    default: return false;
  }
  if (verb.precision && (verb.verb == 's' || verb.verb == 'v')) {
    std::string_view rest = made;
    for (int i = 0; i < *verb.precision && !rest.empty(); ++i)
      rest.remove_prefix(utf8::decode(rest).size);
    made.resize(made.size() - rest.size());
  }
  pad(made, verb, out);
  return true;
}

void append_value(const Value& value, const Verb& verb, std::string& out);

bool format_value(const Value& value, const Verb& verb, std::string& out) {
  if (verb.verb == 'T') {
    pad(type_name(value), verb, out);
    return true;
  }
  switch (value.kind) {
    case Kind::Int: return format_int(value.int_value, verb, out);
    case Kind::Double: return format_double(value.double_value, verb, out);
    case Kind::String: return format_text(value.view(), verb, out);
    case Kind::Bytes:
      if (verb.verb != 'v' && format_text(value.view(), verb, out)) return true;
      [[fallthrough]];
    case Kind::Array:
      out += '[';
      for (uint32_t i = 0; i < value.size; ++i) {
        if (i != 0) out += ' ';
        const bool is_byte = value.kind == Kind::Bytes;
        append_value(is_byte ? Value::integer(static_cast<unsigned char>(value.chars[i]))
                             : value.elements[i],
                     verb, out);
      }
      out += ']';
      return true;
    case Kind::Bool:
      if (verb.verb != 't' && verb.verb != 'v') return false;
      break;
    default: break;
  }
  const bool shows_itself = value.kind == kDuration || value.kind == kTime ||
                            value.kind == kTraceId || value.kind == kSpanId ||
                            value.kind == kProfileId;
  if (shows_itself && format_text(plain(value), verb, out)) return true;
  if (value.kind == kDuration) return format_int(value.int_value, verb, out);
  if (verb.verb != 'v' && value.kind != Kind::Bool) return false;
  pad(plain(value), verb, out);
  return true;
}

/// "%!d(string=x)": the value as %v has it, with the flags and the width that were given.
void append_mismatch(const Value& value, Verb verb, std::string& out) {
  out += "%!";
  append_rune(verb.verb, out);
  out += '(';
  if (value.kind == Kind::None) {
    out += "<nil>";
  } else {
    out += type_name(value);
    out += '=';
    verb.verb = 'v';
    const bool is_count = value.kind == kDuration;
    format_value(is_count ? Value::integer(value.int_value) : value, verb, out);
  }
  out += ')';
}

void append_value(const Value& value, const Verb& verb, std::string& out) {
  if (!format_value(value, verb, out)) append_mismatch(value, verb, out);
}

class Formatter {
 public:
  Formatter(std::string_view format, std::span<const Value> arguments)
      : format_(format), arguments_(arguments) {}

  std::string run() {
    while (at_ < format_.size()) {
      if (format_[at_] == '%') {
        ++at_;
        directive();
      } else {
        out_ += format_[at_++];
      }
    }
    if (!reordered_ && next_ < arguments_.size()) append_extra();
    return std::move(out_);
  }

 private:
  static constexpr int kWidthMax = 1'000'000;  // Go's

  void directive() {
    Verb verb;
    flags(verb);
    bool bad_index = !index();
    if (take('*')) {
      verb.width = star();
      if (verb.width && *verb.width < 0) {
        verb.minus = true;
        verb.width = -*verb.width;
      }
    } else {
      verb.width = number();
    }
    if (take('.')) {
      bad_index = !index() || bad_index;
      verb.precision = take('*') ? star() : std::optional<int>(number().value_or(0));
    }
    bad_index = !index() || bad_index;
    if (at_ >= format_.size()) {
      out_ += "%!(NOVERB)";
      return;
    }
    const utf8::Rune rune = utf8::decode(format_.substr(at_));
    verb.verb = rune.value;
    at_ += rune.size;
    if (verb.verb == '%') {
      out_ += '%';
    } else if (bad_index) {
      problem(verb.verb, "(BADINDEX)");
    } else if (next_ >= arguments_.size()) {
      problem(verb.verb, "(MISSING)");
    } else {
      if (verb.verb == 'v') verb.plus = false;  // %+v shows names of fields, which nothing has here
      append_value(arguments_[next_++], verb, out_);
    }
  }

  void problem(char32_t verb, std::string_view what) {
    out_ += "%!";
    append_rune(verb, out_);
    out_ += what;
  }

  void flags(Verb& verb) {
    for (; at_ < format_.size(); ++at_) {
      switch (format_[at_]) {
        case '+': verb.plus = true; break;
        case '-': verb.minus = true; break;
        case '#': verb.sharp = true; break;
        case ' ': verb.space = true; break;
        case '0': verb.zero = true; break;
        default: return;
      }
    }
  }

  bool take(char c) {
    if (at_ >= format_.size() || format_[at_] != c) return false;
    ++at_;
    return true;
  }

  std::optional<int> number() {
    std::optional<int> out;
    while (at_ < format_.size() && format_[at_] >= '0' && format_[at_] <= '9')
      out = std::min(kWidthMax, out.value_or(0) * 10 + (format_[at_++] - '0'));
    return out;
  }

  std::optional<int> star() {
    const Value width = next_ < arguments_.size() ? arguments_[next_++] : Value();
    if (width.kind == Kind::Int && width.int_value >= -kWidthMax && width.int_value <= kWidthMax)
      return static_cast<int>(width.int_value);
    out_ += "%!(BADWIDTH)";
    return std::nullopt;
  }

  /// "[2]": which argument is next. False if there is no such one.
  bool index() {
    if (!take('[')) return true;
    reordered_ = true;
    const auto wanted = number();
    if (!take(']') || !wanted || *wanted < 1 || static_cast<size_t>(*wanted) > arguments_.size())
      return false;
    next_ = static_cast<size_t>(*wanted) - 1;
    return true;
  }

  void append_extra() {
    out_ += "%!(EXTRA ";
    for (size_t i = next_; i < arguments_.size(); ++i) {
      if (i != next_) out_ += ", ";
      if (arguments_[i].kind == Kind::None) {
        out_ += "<nil>";
        continue;
      }
      out_ += type_name(arguments_[i]);
      out_ += '=';
      out_ += plain(arguments_[i]);
    }
    out_ += ')';
  }

  std::string_view format_;
  std::span<const Value> arguments_;
  size_t at_ = 0;
  size_t next_ = 0;
  bool reordered_ = false;
  std::string out_;
};

}  // namespace

std::string go_format(std::string_view format, std::span<const Value> arguments) {
  return Formatter(format, arguments).run();
}

}  // namespace sluice::ottl
