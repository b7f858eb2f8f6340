#include "wire/json_string.h"

#include "base/utf8.h"
#include "wire/hex.h"
#include "wire/json_scan.h"

namespace sluice::wire {
namespace {

constexpr size_t kUnicodeEscape = 6;  // \uXXXX

bool is_high(char32_t unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool is_low(char32_t unit) { return unit >= 0xdc00 && unit < 0xe000; }
bool is_surrogate(char32_t unit) { return unit >= 0xd800 && unit < 0xe000; }

/// The byte that a two-character escape means, or NUL if there is no such escape.
char short_escape(char letter) {
  switch (letter) {
    case '"':
    case '\\':
    case '/': return letter;
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return '\0';
  }
}

char* put_unit(char32_t unit, char* to) {
  return utf8::encode(is_surrogate(unit) ? utf8::kReplacementRune : unit, to);
}

class Unescaper {
 public:
  Unescaper(std::string_view raw, JsonSurrogates surrogates, char* to)
      : at_(raw.data()), end_(raw.data() + raw.size()), to_(to), surrogates_(surrogates) {}

  bool run() {
    while (true) {
      json_copy_plain(at_, end_, to_);
      if (at_ == end_) return true;
      if (!escape()) return false;
    }
  }

  const char* at() const { return at_; }
  char* to() const { return to_; }

 private:
  bool escape() {
    if (end_ - at_ < 2) return false;
    if (at_[1] == 'u') return unicode_escape();
    const char byte = short_escape(at_[1]);
    if (byte == '\0') return false;
    *to_++ = byte;
    at_ += 2;
    return true;
  }

  /// The UTF-16 unit of the \uXXXX escape at `at`. False if there is none.
  bool unit(const char* at, char32_t& out) const {
    if (end_ - at < static_cast<std::ptrdiff_t>(kUnicodeEscape) || at[0] != '\\' || at[1] != 'u')
      return false;
    int value = 0;
    int seen = 0;  // negative as soon as one digit was none
    for (int i = 2; i < 6; ++i) {
      const int digit = hex_digit_value(at[i]);
      seen |= digit;
      value = value * 16 + digit;
    }
    out = static_cast<char32_t>(value);
    return seen >= 0;
  }

  bool unicode_escape() {
    char32_t first = 0;
    if (!unit(at_, first)) return false;
    at_ += kUnicodeEscape;
    char32_t second = 0;
    if (!is_surrogate(first) || !unit(at_, second)) {
      to_ = put_unit(first, to_);
    } else if (is_high(first) && is_low(second)) {
      to_ = utf8::encode(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00), to_);
      at_ += kUnicodeEscape;
    } else {
      to_ = put_unit(first, to_);
      if (surrogates_ == JsonSurrogates::InTwos) {
        to_ = put_unit(second, to_);
        at_ += kUnicodeEscape;
      }
    }
    return true;
  }

  const char* at_;
  const char* end_;
  char* to_;
  JsonSurrogates surrogates_;
};

}  // namespace

bool json_unescape(std::string_view raw, JsonSurrogates surrogates, Arena& arena,
                   std::string_view& out, const char*& bad) {
  // No escape is shorter than what it means.
  char* to = static_cast<char*>(arena.allocate(raw.size() + kJsonCopySlack, 1));
  Unescaper unescaper(raw, surrogates, to);
  if (!unescaper.run()) {
    bad = unescaper.at();
    return false;
  }
  arena.shrink_last(unescaper.to());
  out = {to, static_cast<size_t>(unescaper.to() - to)};
  return true;
}

}  // namespace sluice::wire
