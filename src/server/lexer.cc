#include <algorithm>
#include <array>
#include <cstring>

#include "base/ascii.h"

#include "server/sql.h"

namespace sluice::server {

namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}
using ascii::is_digit;
using ascii::is_hex_digit;
bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
char to_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

/// White space beyond ASCII that the engine's lexer passes over, found by asking it about every
/// character.
constexpr std::array<std::string_view, 25> kUnicodeBlanks = {
    "\xC2\x85",     "\xC2\xA0",     "\xE1\xA0\x8E", "\xE2\x80\x80", "\xE2\x80\x81",
    "\xE2\x80\x82", "\xE2\x80\x83", "\xE2\x80\x84", "\xE2\x80\x85", "\xE2\x80\x86",
    "\xE2\x80\x87", "\xE2\x80\x88", "\xE2\x80\x89", "\xE2\x80\x8A", "\xE2\x80\x8B",
    "\xE2\x80\x8C", "\xE2\x80\x8D", "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAF",
    "\xE2\x81\x9F", "\xE2\x81\xA0", "\xE3\x80\x80", "\xEF\xBB\xBF", ""};

constexpr std::string_view kMinusSign = "\xE2\x88\x92";  // U+2212, an operator to the engine

/// Operators of more than one byte; every other operator is one byte of kSingles.
constexpr std::array<std::string_view, 11> kOperators = {"<=>", "->", "==", "!=", "<=", "<>",
                                                         ">=",  "::", "||", "@@", "\\G"};
constexpr std::string_view kSingles = "()[]{},.+-*/%=<>?:|@^$";

size_t unicode_blank_size(std::string_view text) {
  if (static_cast<unsigned char>(text[0]) < 0x80) {
    return 0;
  }
  for (std::string_view blank : kUnicodeBlanks) {
    if (!blank.empty() && starts_with(text, blank)) {
      return blank.size();
    }
  }
  return 0;
}

/// Size of the block comment that `text` starts with; block comments nest. kAbsent if it is not
/// closed.
size_t block_comment_size(std::string_view text) {
  size_t depth = 0;
  size_t at = 0;
  while (at + 2 <= text.size()) {
    std::string_view two = text.substr(at, 2);
    if (two == "/*") {
      ++depth;
    } else if (two == "*/") {
      --depth;
    } else {
      ++at;
      continue;
    }
    at += 2;
    if (depth == 0) {
      return at;
    }
  }
  return kAbsent;
}

bool starts_line_comment(std::string_view text) {
  return starts_with(text, "--") || starts_with(text, "//") || starts_with(text, "# ") ||
         starts_with(text, "#!");
}

/// Size of the white space and comments at the front of `text`; stops before a comment that is not
/// closed.
size_t blank_size(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    std::string_view rest = text.substr(at);
    if (is_blank(rest[0])) {
      ++at;
    } else if (starts_line_comment(rest)) {
      at += std::min(rest.find('\n'), rest.size());
    } else if (starts_with(rest, "/*")) {
      size_t size = block_comment_size(rest);
      if (size == kAbsent) {
        return at;
      }
      at += size;
    } else if (size_t size = unicode_blank_size(rest); size != 0) {
      at += size;
    } else {
      return at;
    }
  }
  return at;
}

/// Size of a quoted token: a backslash takes the next byte with it, a doubled quote stands for
/// itself.
size_t quoted_size(std::string_view text) {
  const char quote = text[0];
  size_t at = 1;
  while (at < text.size()) {
    if (text[at] == '\\') {
      at += 2;
    } else if (text[at] != quote) {
      ++at;
    } else if (at + 1 < text.size() && text[at + 1] == quote) {
      at += 2;
    } else {
      return at + 1;
    }
  }
  return kAbsent;
}

/// Size of x'…' or b'…'.
size_t binary_string_size(std::string_view text) {
  const bool hex = to_lower(text[0]) == 'x';
  size_t at = 2;
  while (at < text.size() && (hex ? is_hex_digit(text[at]) : text[at] == '0' || text[at] == '1')) {
    ++at;
  }
  return at < text.size() && text[at] == '\'' ? at + 1 : kAbsent;
}

/// Size of $tag$…$tag$; 0 if `text` does not start one.
size_t heredoc_size(std::string_view text) {
  size_t name_end = 1;
  while (name_end < text.size() && is_word(text[name_end])) {
    ++name_end;
  }
  if (name_end == text.size() || text[name_end] != '$') {
    return 0;
  }
  std::string_view mark = text.substr(0, name_end + 1);
  size_t close = text.find(mark, mark.size());
  return close == kAbsent ? 0 : close + mark.size();
}

/// Skips digits; an underscore may stand between two of them.
size_t skip_digits(std::string_view text, size_t at, bool hex, bool start_of_block) {
  auto digit = [hex](char c) { return hex ? is_hex_digit(c) : is_digit(c); };
  while (at < text.size()) {
    bool separator =
        text[at] == '_' && !start_of_block && at + 1 < text.size() && digit(text[at + 1]);
    if (!digit(text[at]) && !separator) {
      break;
    }
    ++at;
    start_of_block = false;
  }
  return at;
}

/// Skips an exponent, which may lack its digits: the engine takes "1e" for a number too.
size_t skip_exponent(std::string_view text, size_t at, bool hex) {
  if (at + 1 >= text.size() || to_lower(text[at]) != (hex ? 'p' : 'e')) {
    return at;
  }
  ++at;
  if (at + 1 < text.size() && (text[at] == '-' || text[at] == '+')) {
    ++at;
  }
  return skip_digits(text, at, false, true);
}

size_t number_size(std::string_view text) {
  bool hex = false;
  bool prefixed = false;
  if (text.size() > 2 && text[0] == '0') {
    hex = to_lower(text[1]) == 'x' && is_hex_digit(text[2]);
    prefixed = hex || (to_lower(text[1]) == 'b' && (text[2] == '0' || text[2] == '1'));
  }
  size_t at = skip_digits(text, prefixed ? 2 : 1, hex, prefixed);
  if (at < text.size() && text[at] == '.') {
    at = skip_digits(text, at + 1, hex, true);
  }
  return skip_exponent(text, at, hex);
}

size_t word_size(std::string_view text, bool dollars) {
  size_t at = 0;
  while (at < text.size() && (is_word(text[at]) || (dollars && text[at] == '$'))) {
    ++at;
  }
  return at;
}

struct Cut {
  TokenType type = TokenType::Error;
  size_t size = kAbsent;
};

Cut cut_unless_open(TokenType type, size_t size) {
  return size == kAbsent ? Cut{} : Cut{type, size};
}

Cut cut_number(std::string_view text, bool after_dot) {
  size_t size = after_dot ? skip_digits(text, 1, false, false) : number_size(text);
  size_t tail = word_size(text.substr(size), false);
  if (tail == 0) {
    return {TokenType::Number, size};
  }
  // Digits and letters together are a name, unless a point or sign is among them.
  std::string_view all = text.substr(0, size + tail);
  return std::all_of(all.begin(), all.end(), is_word) ? Cut{TokenType::Word, all.size()} : Cut{};
}

/// A "$tag$" without its end is a word, but to know that takes a search through all that follows.
/// More of them than this are refused, lest a statement of nothing else take the square of its size
/// in time.
constexpr unsigned kOpenHeredocsMax = 50;

Cut cut_dollar(std::string_view text, unsigned& open_heredocs) {
  if (size_t size = heredoc_size(text); size != 0) {
    return {TokenType::Heredoc, size};
  }
  const size_t name = word_size(text.substr(1), false);
  if (name + 1 < text.size() && text[name + 1] == '$' && ++open_heredocs > kOpenHeredocsMax) {
    return {};
  }
  if (text.size() == 1 || !is_word(text[1])) {
    return {TokenType::Punctuation, 1};
  }
  return {TokenType::Word, word_size(text, true)};
}

/// Typographic quotes, as word processors make them, take no escapes.
Cut cut_unicode_quote(std::string_view text) {
  constexpr std::string_view kSingleClose = "\xE2\x80\x99";
  constexpr std::string_view kDoubleClose = "\xE2\x80\x9D";
  const bool single = starts_with(text, "\xE2\x80\x98");
  if (!single && !starts_with(text, "\xE2\x80\x9C")) {
    return {};
  }
  size_t close = text.find(single ? kSingleClose : kDoubleClose, 3);
  return cut_unless_open(single ? TokenType::String : TokenType::QuotedIdentifier,
                         close == kAbsent ? kAbsent : close + 3);
}

Cut cut_operator(std::string_view text) {
  for (std::string_view op : kOperators) {
    if (starts_with(text, op)) {
      return {TokenType::Punctuation, op.size()};
    }
  }
  if (starts_with(text, "/*")) {
    return {};  // blank_size() left a comment that is not closed
  }
  if (starts_with(text, kMinusSign)) {
    return {TokenType::Punctuation, kMinusSign.size()};
  }
  if (kSingles.find(text[0]) != kAbsent && text[0] != '\0') {
    return {TokenType::Punctuation, 1};
  }
  return cut_unicode_quote(text);
}

/// The first token of `text`, which is not empty and starts with neither white space nor a comment.
Cut cut_token(std::string_view text, bool after_dot, bool dot_is_point, unsigned& open_heredocs) {
  const char c = text[0];
  if (c == ';') {
    return {TokenType::Semicolon, 1};
  }
  if (c == '\'') {
    return cut_unless_open(TokenType::String, quoted_size(text));
  }
  if (c == '"' || c == '`') {
    return cut_unless_open(TokenType::QuotedIdentifier, quoted_size(text));
  }
  if (is_digit(c)) {
    return cut_number(text, after_dot);
  }
  if (c == '.' && dot_is_point) {
    return {TokenType::Number, skip_exponent(text, skip_digits(text, 1, false, true), false)};
  }
  if (c == '$') {
    return cut_dollar(text, open_heredocs);
  }
  if (text.size() > 2 && text[1] == '\'' && (to_lower(c) == 'x' || to_lower(c) == 'b')) {
    return cut_unless_open(TokenType::String, binary_string_size(text));
  }
  if (is_word(c)) {
    return {TokenType::Word, word_size(text, true)};
  }
  return cut_operator(text);
}

/// The engine does not ask whether \xHH holds hex digits: any other byte counts as 255, and the sum
/// is cut to a byte. A guard that read `rem\x7?te` in another way would not know it for "remote".
unsigned hex_value(char c) {
  constexpr unsigned kNoDigit = 255;
  if (!is_hex_digit(c)) {
    return kNoDigit;
  }
  return static_cast<unsigned>(is_digit(c) ? c - '0' : to_lower(c) - 'a' + 10);
}

/// The text of one escape, `at` being behind the backslash; moves `at` past it.
void append_escape(std::string_view body, size_t& at, std::string& out) {
  static constexpr std::string_view kLetters = "abefnrtv0";
  static constexpr std::string_view kControls{"\a\b\x1B\f\n\r\t\v\0", 9};
  static constexpr std::string_view kPlain = "\\`\"'/=";
  char c = body[at++];
  if (c == 'x' && at + 2 <= body.size()) {
    out.push_back(static_cast<char>(hex_value(body[at]) * 16 + hex_value(body[at + 1])));
    at += 2;
  } else if (c == 'N') {
    // \N is the NULL of text formats, and nothing at all here.
  } else if (size_t letter = kLetters.find(c); letter != kAbsent) {
    out.push_back(kControls[letter]);
  } else {
    if (kPlain.find(c) == kAbsent) {
      out.push_back('\\');
    }
    out.push_back(c);
  }
}

/// The engine cuts a token by one rule (a backslash takes the next byte with it) and reads its text
/// by another (\x takes two). Where the second meets a quote that the first did not, the text ends
/// there for the engine, and so it does here.
std::string unescaped(std::string_view body, char quote) {
  std::string out;
  size_t at = 0;
  while (at < body.size()) {
    char c = body[at++];
    if (c == '\\' && at < body.size()) {
      append_escape(body, at, out);
    } else if (c != quote) {
      out.push_back(c);
    } else if (at < body.size() && body[at] == quote) {
      out.push_back(c);
      ++at;
    } else {
      return out;
    }
  }
  return out;
}

std::string from_binary_string(std::string_view token) {
  const bool hex = to_lower(token[0]) == 'x';
  const size_t width = hex ? 2 : 8;
  std::string_view digits = token.substr(2, token.size() - 3);
  std::string out;
  size_t first = digits.size() % width == 0 ? width : digits.size() % width;
  for (size_t at = 0; at < digits.size();) {
    size_t end = at == 0 ? first : at + width;
    unsigned value = 0;
    for (; at < end; ++at) {
      value = value * (hex ? 16 : 2) + hex_value(digits[at]);
    }
    out.push_back(static_cast<char>(value));
  }
  return out;
}

}  // namespace

bool Token::is_keyword(std::string_view keyword) const {
  return type == TokenType::Word && text.size() == keyword.size() &&
         std::equal(text.begin(), text.end(), keyword.begin(),
                    [](char a, char b) { return to_upper(a) == b; });
}

bool Lexer::next(Token& token) {
  position_ += blank_size(sql_.substr(position_));
  if (position_ == sql_.size()) {
    return false;
  }
  std::string_view rest = sql_.substr(position_);
  // At the very start of a text the engine takes a "." for a number, digits or not.
  const bool digit_follows = rest.size() > 1 && is_digit(rest[1]);
  const bool dot_is_point = position_ == 0 || (digit_follows && !after_operand_);
  Cut cut = cut_token(rest, after_dot_, dot_is_point, open_heredocs_);
  token.type = cut.type;
  token.text = rest.substr(0, cut.size);
  position_ += token.text.size();
  after_dot_ = token.is(".");
  after_operand_ =
      token.is(")") || token.is("]") || token.is_identifier() || token.type == TokenType::Number;
  return true;
}

std::string unquoted(const Token& token) {
  std::string_view text = token.text;
  if (token.type == TokenType::Heredoc) {
    size_t mark = text.find('$', 1) + 1;
    return std::string(text.substr(mark, text.size() - 2 * mark));
  }
  if (token.type != TokenType::String && token.type != TokenType::QuotedIdentifier) {
    return std::string(text);
  }
  const char first = text[0];
  if (first == '\'' || first == '"' || first == '`') {
    return unescaped(text.substr(1, text.size() - 2), first);
  }
  if (first == '\xE2') {
    return std::string(text.substr(3, text.size() - 6));
  }
  return from_binary_string(text);
}

}  // namespace sluice::server
