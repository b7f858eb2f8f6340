#include "wire/json_reader.h"

#include <cstring>

#include "base/ascii.h"
#include "wire/base64.h"
#include "wire/hex.h"
#include "wire/json_scan.h"
#include "wire/json_string.h"
#include "wire/number_parse.h"

namespace sluice::wire {
namespace {

using ascii::is_digit;

/// What stands at a position, for an error message.
std::string found_text(const char* at, const char* end) {
  if (at == end) return "the end";
  if (*at >= ' ' && *at <= '~') return std::string("'") + *at + "'";
  char digits[2];
  hex_lower(reinterpret_cast<const uint8_t*>(at), 1, digits);
  return "byte 0x" + std::string(digits, sizeof digits);
}

/// Whether a key may be shown in a message: short and plain.
bool is_presentable(std::string_view key) {
  constexpr size_t kShownMax = 64;
  if (key.empty() || key.size() > kShownMax) return false;
  const char* end = key.data() + key.size();
  return json_find_stop<JsonStop::ControlAndHigh>(key.data(), end) == end;
}

}  // namespace

bool JsonReader::fail_at(const char* at, const char* expected) {
  if (expected_ == nullptr) {
    expected_ = expected;
    error_at_ = at;
  }
  at_ = end_;
  return false;
}

std::string JsonReader::error() const {
  std::string text = "byte " + std::to_string(error_at_ - start_);
  if (is_presentable(key_)) text.append(", in \"").append(key_).append("\"");
  return text.append(": expected ")
      .append(expected_)
      .append(", found ")
      .append(found_text(error_at_, end_));
}

bool JsonReader::word(std::string_view expected) {
  if (static_cast<size_t>(end_ - at_) < expected.size()) return false;
  if (std::memcmp(at_, expected.data(), expected.size()) != 0) return false;
  at_ += expected.size();
  return true;
}

bool JsonReader::member() {
  if (peek_token() != '"') return fail("a member's name in double quotes");
  const char* name = at_;
  if (!quoted(key_)) return false;
  if (key_.empty()) return fail_at(name, "a member's name that is not empty");
  if (peek_token() != ':') return fail("':' after a member's name");
  ++at_;
  return true;
}

bool JsonReader::begin_object() {
  const char c = peek_token();
  if (c == '{') {
    ++at_;
    if (peek_token() != '}') return member();
    ++at_;
    return false;
  }
  if (c != 'n' || !null()) fail("an object or null");
  return false;
}

bool JsonReader::next_member() {
  const char c = peek_token();
  if (c == ',') {
    ++at_;
    return member();
  }
  if (c != '}') return fail("',' or '}' after a member");
  ++at_;
  return false;
}

bool JsonReader::begin_array() {
  const char c = peek_token();
  if (c == '[') {
    ++at_;
    if (peek_token() != ']') return true;
    ++at_;
    return false;
  }
  if (c != 'n' || !null()) fail("an array or null");
  return false;
}

bool JsonReader::next_element() {
  const char c = peek_token();
  if (c == ',') {
    ++at_;
    return true;
  }
  if (c != ']') return fail("',' or ']' after an element");
  ++at_;
  return false;
}

/// REQUIRES: the next byte is a quote.
bool JsonReader::quoted(std::string_view& out) {
  const char* start = ++at_;
  at_ = json_find_stop<JsonStop::Control>(at_, end_);
  if (peek() == '"') {
    out = {start, static_cast<size_t>(at_++ - start)};
    return true;
  }
  if (at_ == end_) return fail("a closing quote");
  if (*at_ != '\\') return fail("no bare control character in a string");
  return quoted_with_escapes(start, out);
}

/// REQUIRES: the next byte is the string's first backslash.
bool JsonReader::quoted_with_escapes(const char* start, std::string_view& out) {
  while (peek() == '\\') {
    if (end_ - at_ < 2) return fail_at(end_, "a closing quote");
    at_ = json_find_stop<JsonStop::Nothing>(at_ + 2, end_);
  }
  if (at_ == end_) return fail("a closing quote");
  const std::string_view raw(start, static_cast<size_t>(at_++ - start));
  const char* bad = nullptr;
  if (!json_unescape(raw, JsonSurrogates::InTwos, arena_, out, bad)) {
    return fail_at(bad, R"(an escape: one of \" \\ \/ \b \f \n \r \t \uXXXX)");
  }
  return true;
}

bool JsonReader::string(std::string_view& out) {
  const char c = peek_token();
  if (c == '"') return quoted(out);
  out = {};
  return (c == 'n' && null()) || fail("a string or null");
}

bool JsonReader::raw_string(std::string_view& out) {
  if (peek_token() != '"') return fail("a string");
  const char* start = ++at_;
  const auto* quote =
      static_cast<const char*>(std::memchr(start, '"', static_cast<size_t>(end_ - start)));
  if (quote == nullptr) return fail_at(end_, "a closing quote");
  out = {start, static_cast<size_t>(quote - start)};
  at_ = quote + 1;
  return true;
}

bool JsonReader::bytes(std::string_view& out) {
  std::string_view text;
  if (!raw_string(text)) return false;
  char* to = static_cast<char*>(arena_.allocate(base64_decoded_max(text.size()), 1));
  size_t size = 0;
  if (!decode_base64(text, to, size)) return fail_at(text.data(), "standard base64 with padding");
  arena_.shrink_last(to + size);
  out = {to, size};
  return true;
}

bool JsonReader::boolean(bool& out) {
  const char c = peek_token();
  if ((c != 't' || !word("true")) && (c != 'f' || !word("false"))) return fail("true or false");
  out = c == 't';
  return true;
}

/// A number by JSON's own grammar, as text.
bool JsonReader::number(std::string_view& out) {
  const char* start = at_;
  auto digits = [this] {
    const char* first = at_;
    while (is_digit(peek())) ++at_;
    return at_ != first;
  };
  if (peek() == '-') ++at_;
  if (peek() == '0') {
    ++at_;
    if (is_digit(peek())) return fail("no digit after a leading zero");
  } else if (!digits()) {
    return fail("a digit");
  }
  if (peek() == '.') {
    ++at_;
    if (!digits()) return fail("a digit after the point");
  }
  if (peek() == 'e' || peek() == 'E') {
    ++at_;
    if (peek() == '+' || peek() == '-') ++at_;
    if (!digits()) return fail("a digit in the exponent");
  }
  out = {start, static_cast<size_t>(at_ - start)};
  return true;
}

bool JsonReader::real(double& out) {
  const char c = peek_token();
  std::string_view text;
  if (c == '"') {
    const char* start = at_;
    if (!quoted(text)) return false;
    return parse_double(text, out) ||
           fail_at(start, "a number in the string, within the range of a double");
  }
  if (c != '-' && !is_digit(c)) return fail("a number, bare or in a string");
  if (!number(text)) return false;
  return parse_double(text, out) || fail_at(text.data(), "a number within the range of a double");
}

template <typename T>
bool JsonReader::any_integer(T& out) {
  const char c = peek_token();
  std::string_view text;
  if (c == '"') {
    const char* start = at_;
    if (!quoted(text)) return false;
    return parse_integer(text, out) ||
           fail_at(start, "a whole number in the string, within the field's range");
  }
  if (c != '-' && !is_digit(c)) return fail("a whole number, bare or in a string");
  if (!number(text)) return false;
  return parse_integer(text, out) ||
         fail_at(text.data(), "a whole number within the field's range");
}

template bool JsonReader::any_integer(uint64_t&);
template bool JsonReader::any_integer(int64_t&);
template bool JsonReader::any_integer(uint32_t&);
template bool JsonReader::any_integer(int32_t&);

bool JsonReader::enumeration(std::span<const JsonEnumName> names, int32_t& out) {
  if (peek_token() != '"') return any_integer(out);
  const char* start = at_;
  std::string_view text;
  if (!quoted(text)) return false;
  for (const JsonEnumName& known : names) {
    if (known.name == text) {
      out = known.value;
      return true;
    }
  }
  return fail_at(start, "one of the field's names, or a bare number");
}

bool JsonReader::skip() {
  Nesting nesting;
  if (!skip_value(nesting)) return false;
  while (!nesting.empty()) {
    if (!skip_step(nesting)) return false;
  }
  return true;
}

/// A scalar, or the bracket that opens a container.
bool JsonReader::skip_value(Nesting& nesting) {
  const char c = peek_token();
  std::string_view ignored;
  if (c == '"') return quoted(ignored);
  if (c == '-' || is_digit(c)) return number(ignored);
  if (c == '{' || c == '[') {
    if (nesting.full()) return fail("no deeper nesting");
    ++at_;
    nesting.push(c == '{');
    return true;
  }
  if (word("true") || word("false") || word("null")) return true;
  return fail("a value");
}

/// The next child of the innermost container, or its end.
bool JsonReader::skip_step(Nesting& nesting) {
  const bool in_object = nesting.in_object();
  if (peek_token() == (in_object ? '}' : ']')) {
    ++at_;
    nesting.pop();
    return true;
  }
  if (!nesting.is_fresh()) {
    if (peek() != ',')
      return fail(in_object ? "',' or '}' after a member" : "',' or ']' after an element");
    ++at_;
  }
  nesting.set_used();
  if (in_object) {
    std::string_view ignored;
    if (peek_token() != '"') return fail("a member's name in double quotes");
    if (!quoted(ignored)) return false;
    if (peek_token() != ':') return fail("':' after a member's name");
    ++at_;
  }
  return skip_value(nesting);
}

}  // namespace sluice::wire
