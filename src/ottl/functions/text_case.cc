#include "ottl/functions/text_case.h"

#include <locale.h>
#include <clocale>
#include <cwctype>

#include "base/ascii.h"
#include "base/utf8.h"

namespace sluice::ottl {
namespace {

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
using ascii::is_digit;
char lower(char c) { return is_upper(c) ? static_cast<char>(c + 32) : c; }
char upper(char c) { return is_lower(c) ? static_cast<char>(c - 32) : c; }

std::string_view trim_space(std::string_view text) {
  constexpr std::string_view kSpace = " \t\n\v\f\r";
  const size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

/// The C library's tables of Unicode, whatever the process's locale is.
locale_t unicode_locale() {
  static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return locale;
}

template <typename Ascii, typename Wide>
std::string map_characters(std::string_view text, Ascii ascii, Wide wide) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    if (static_cast<signed char>(text.front()) >= 0) {
      out += ascii(text.front());
      text.remove_prefix(1);
      continue;
    }
    const utf8::Rune rune = utf8::decode(text);
    char bytes[4];
    const char32_t mapped =
        rune.valid ? static_cast<char32_t>(wide(static_cast<wint_t>(rune.value), unicode_locale()))
                   : utf8::kReplacementRune;
    out.append(bytes, utf8::encode(mapped, bytes));
    text.remove_prefix(rune.size);
  }
  return out;
}

}  // namespace

std::string to_upper(std::string_view text) { return map_characters(text, upper, towupper_l); }

std::string to_snake(std::string_view text) {
  text = trim_space(text);
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == ' ' || c == '_' || c == '-' || c == '.') {
      out += '_';
      continue;
    }
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    // The last capital of several begins the next word: "HTTPServer" is "http_server".
    if (is_upper(c) && is_lower(next) && i > 0 && is_upper(text[i - 1])) out += '_';
    out += lower(c);
    const bool ends_word = (is_upper(c) && is_digit(next)) ||
                           (is_lower(c) && (is_upper(next) || is_digit(next))) ||
                           (is_digit(c) && (is_upper(next) || is_lower(next)));
    if (ends_word) out += '_';
  }
  return out;
}

std::string to_camel(std::string_view text) {
  text = trim_space(text);
  std::string out;
  bool begins_word = true;
  bool after_capital = false;
  for (const char c : text) {
    const bool letter = is_lower(c) || is_upper(c);
    if (letter) {
      out += begins_word ? upper(c) : after_capital ? lower(c) : c;
      begins_word = false;
    } else if (is_digit(c)) {
      out += c;
      begins_word = true;
    } else {
      begins_word = c == '_' || c == ' ' || c == '-' || c == '.';
    }
    after_capital = is_upper(c);
  }
  return out;
}

}  // namespace sluice::ottl
