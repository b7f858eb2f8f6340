#include "ottl/lexer.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/utf8.h"
#include "wire/hex.h"

namespace sluice::ottl {
namespace {

using ascii::is_digit;
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_name(char c) { return is_digit(c) || is_lower(c) || is_upper(c) || c == '_'; }
bool is_hex(char c) { return wire::hex_digit_value(c) >= 0; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

size_t count_while(std::string_view text, size_t from, bool (*accepts)(char)) {
  size_t end = from;
  while (end < text.size() && accepts(text[end])) ++end;
  return end - from;
}

/// Pairs of hex digits after 0x; 0 if there is not one pair, or half of one is left.
size_t bytes_size(std::string_view text) {
  if (text.substr(0, 2) != "0x") return 0;
  const size_t digits = count_while(text, 2, is_hex);
  return digits < 2 ? 0 : 2 + digits / 2 * 2;
}

/// Digits around a point, and an exponent; 0 if there is no point or no digit.
size_t float_size(std::string_view text) {
  const size_t whole = count_while(text, 0, is_digit);
  if (text.substr(whole, 1) != ".") return 0;
  const size_t fraction = count_while(text, whole + 1, is_digit);
  if (whole + fraction == 0) return 0;
  size_t size = whole + 1 + fraction;
  if (size < text.size() && (text[size] == 'e' || text[size] == 'E')) {
    const size_t sign =
        size + 1 < text.size() && (text[size + 1] == '+' || text[size + 1] == '-') ? 1 : 0;
    const size_t digits = count_while(text, size + 1 + sign, is_digit);
    if (digits != 0) size += 1 + sign + digits;
  }
  return size;
}

/// Up to the closing quote; 0 if there is none.
size_t string_size(std::string_view text) {
  if (text.front() != '"') return 0;
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i + 1;
    }
  }
  return 0;
}

Token::Kind word_kind(std::string_view word) {
  if (word == "not") return Token::Kind::Not;
  if (word == "or") return Token::Kind::Or;
  if (word == "and") return Token::Kind::And;
  if (word == "true" || word == "false") return Token::Kind::Boolean;
  return is_upper(word.front()) ? Token::Kind::Uppercase : Token::Kind::Lowercase;
}

size_t comparison_size(std::string_view text) {
  for (const std::string_view op : {"==", "!=", ">=", "<=", ">", "<"}) {
    if (text.substr(0, op.size()) == op) return op.size();
  }
  return 0;
}

/// The token at the start of the text; of size 0 if there is none.
Token next_token(std::string_view text) {
  using Kind = Token::Kind;
  const char c = text.front();
  const auto made = [&](Kind kind, size_t size) { return Token{kind, text.substr(0, size), 0}; };
  if (const size_t size = bytes_size(text)) return made(Kind::Bytes, size);
  if (const size_t size = float_size(text)) return made(Kind::Float, size);
  if (is_digit(c)) return made(Kind::Int, count_while(text, 0, is_digit));
  if (const size_t size = string_size(text)) return made(Kind::String, size);
  if (is_lower(c) || is_upper(c)) {
    const size_t size = count_while(text, 0, is_name);
    return made(word_kind(text.substr(0, size)), size);
  }
  if (text.substr(0, 2) == "=>") return made(Kind::Arrow, 2);
  if (const size_t size = comparison_size(text)) return made(Kind::Compare, size);
  if (c == '+' || c == '-') return made(Kind::AddSub, 1);
  if (c == '*' || c == '/') return made(Kind::MultDiv, 1);
  if (c == '=') return made(Kind::Equal, 1);
  if (c == '_') return made(Kind::Lowercase, std::max<size_t>(1, count_while(text, 0, is_name)));
  constexpr std::string_view kPunctuation = "(),.[]{}:";
  if (kPunctuation.find(c) != std::string_view::npos) return made(Kind::Punct, 1);
  return made(Kind::End, 0);
}

/// Why no token begins with this.
std::string_view reason_for_none(char c) {
  if (c == '"') return "the quote is not closed";
  return c == '\'' ? "this is no OTTL: texts stand in double quotes" : "this is no OTTL";
}

/// A number of hex or octal digits as a code point.
bool append_code(std::string_view digits, int base, char32_t most, std::string& out) {
  char32_t code = 0;
  for (const char c : digits) {
    const int digit = wire::hex_digit_value(c);
    if (digit < 0 || digit >= base) return false;
    code = code * static_cast<char32_t>(base) + static_cast<char32_t>(digit);
  }
  if (code > most || (code >= 0xD800 && code < 0xE000)) return false;
  char bytes[4];
  out.append(bytes, utf8::encode(code, bytes));
  return true;
}

/// One escape after its backslash; how many bytes it takes, 0 if it is none.
size_t append_escape(std::string_view text, std::string& out) {
  constexpr std::string_view kNames = "abfnrtv\\\"";
  constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\\"";
  if (text.empty()) return 0;
  const size_t plain = kNames.find(text.front());
  if (plain != std::string_view::npos) {
    out += kMeanings[plain];
    return 1;
  }
  const char c = text.front();
  const size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
  if (digits != 0) {
    if (text.size() <= digits) return 0;
    return append_code(text.substr(1, digits), 16, 0x10FFFF, out) ? 1 + digits : 0;
  }
  if (text.size() < 3) return 0;
  return append_code(text.substr(0, 3), 8, 0xFF, out) ? 3 : 0;
}

}  // namespace

Result<std::vector<Token>> tokenize(std::string_view source) {
  std::vector<Token> tokens;
  size_t at = 0;
  while (true) {
    at += count_while(source, at, is_space);
    if (at == source.size()) break;
    Token token = next_token(source.substr(at));
    if (token.text.empty()) return syntax_error(source, at, reason_for_none(source[at]));
    token.at = at;
    at += token.text.size();
    tokens.push_back(token);
  }
  tokens.push_back({Token::Kind::End, source.substr(source.size()), source.size()});
  return tokens;
}

bool unquote(std::string_view quoted, std::string& out) {
  const std::string_view text = quoted.substr(1, quoted.size() - 2);
  out.clear();
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    const size_t taken = append_escape(text.substr(i + 1), out);
    if (taken == 0) return false;
    i += taken;
  }
  return true;
}

Status syntax_error(std::string_view source, size_t at, std::string_view message) {
  constexpr size_t kLineMax = 100;
  // The line of the place, cut to what a terminal shows.
  size_t start = source.rfind('\n', at == 0 ? 0 : at - 1);
  start = start == std::string_view::npos ? 0 : start + 1;
  const size_t end = std::min(source.find('\n', at), source.size());
  const size_t from = at - start > kLineMax / 2 ? at - kLineMax / 2 : start;
  const std::string line(source.substr(from, std::min(end - from, kLineMax)));
  return invalid_argument(std::string(message) + "\n    " + line + "\n    " +
                          std::string(at - from, ' ') + "^");
}

std::string text_name(std::string_view what, std::string_view text) {
  constexpr size_t kTextMax = 200;
  const std::string shown(text.substr(0, kTextMax));
  return std::string(what) + " `" + shown + (text.size() > kTextMax ? "…" : "") + "`";
}

Status about_text(std::string_view what, std::string_view text, const Status& status) {
  return status.with_context(text_name(what, text));
}

}  // namespace sluice::ottl
