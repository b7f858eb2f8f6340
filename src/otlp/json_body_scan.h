#pragma once

// What the readers of JSON bodies share: spaces, words, strings and numbers of the grammar that
// json_body.h describes.

#include <cstring>
#include <string_view>

#include "base/arena.h"
#include "otlp/records.h"
#include "wire/json_scan.h"
#include "wire/json_string.h"
#include "wire/number_parse.h"

namespace sluice::otlp {

/// Over one text. Functions take the position and return the next one, or null if the text is not
/// accepted; so the position stays in a register.
class JsonBodyScan {
 public:
  JsonBodyScan(std::string_view text, Arena& arena)
      : begin_(text.data()), end_(text.data() + text.size()), arena_(arena) {}

 protected:
  /// NUL at the end, and NUL is never right inside, so one comparison covers both.
  char peek(const char* at) const { return at != end_ ? *at : '\0'; }

  const char* skip_spaces(const char* at) const {
    if (at == end_ || static_cast<unsigned char>(*at) > ' ') return at;  // as a rule
    while (at != end_ && (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r')) ++at;
    return at;
  }

  const char* word(const char* at, std::string_view expected) const {
    if (static_cast<size_t>(end_ - at) < expected.size()) return nullptr;
    return std::memcmp(at, expected.data(), expected.size()) == 0 ? at + expected.size() : nullptr;
  }

  /// A string, number, true, false or null.
  const char* scalar(const char* at, Value& out) {
    switch (peek(at)) {
      case '"': {
        std::string_view text;
        at = string(at, text);
        out = Value::string(text);
        return at;
      }
      case 't': out = Value::boolean(true); return word(at, "true");
      case 'f': out = Value::boolean(false); return word(at, "false");
      case 'n': out = Value(); return word(at, "null");
      default: {
        double read = 0;
        at = number(at, read);
        out = Value::real(read);
        return at;
      }
    }
  }

  /// REQUIRES: a quote stands at `at`.
  const char* string(const char* at, std::string_view& out) {
    const char* start = at + 1;
    at = wire::json_find_stop<wire::JsonStop::Nul>(start, end_);
    if (peek(at) == '"') {
      out = {start, static_cast<size_t>(at - start)};
      return at + 1;
    }
    return string_with_escapes(start, at, out);
  }

  const char* string_with_escapes(const char* start, const char* at, std::string_view& out) {
    while (peek(at) == '\\' && end_ - at >= 2)
      at = wire::json_find_stop<wire::JsonStop::Nul>(at + 2, end_);
    if (peek(at) != '"') return nullptr;
    const std::string_view raw(start, static_cast<size_t>(at - start));
    const char* bad = nullptr;
    return wire::json_unescape(raw, wire::JsonSurrogates::Alone, arena_, out, bad) ? at + 1
                                                                                   : nullptr;
  }

  const char* number(const char* at, double& out) const {
    const char* start = at;
    const bool is_negative = peek(at) == '-';
    if (is_negative) ++at;
    if (!is_negative && !is_digit(peek(at))) return nullptr;
    if (wire::scan_short_decimal(at, end_, out) && !in_number(peek(at))) {
      if (is_negative) out = -out;
      return at;
    }
    while (in_number(peek(at))) ++at;
    return wire::parse_double({start, static_cast<size_t>(at - start)}, out) ? at : nullptr;
  }

  const char* begin_;
  const char* end_;
  Arena& arena_;

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  static bool in_number(char c) {
    return is_digit(c) || c == '.' || c == 'e' || c == 'E' || c == '+' || c == '-';
  }
};

}  // namespace sluice::otlp
