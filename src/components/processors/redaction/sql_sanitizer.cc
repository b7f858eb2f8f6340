#include "components/processors/redaction/sql_sanitizer.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/unicode_letter.h"
#include "base/utf8.h"

namespace sluice::components::redaction_processor {
namespace {

/// A body of a function between these is a statement itself.
constexpr std::string_view kFunctionTag = "$func$";

using ascii::is_digit;
using ascii::is_hex_digit;
constexpr bool is_octal_digit(char c) { return c >= '0' && c <= '7'; }
constexpr bool is_sign(char c) { return c == '+' || c == '-'; }
constexpr bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
constexpr bool is_one_of(std::string_view set, char c) {
  return set.find(c) != std::string_view::npos;
}
constexpr bool is_operator(char c) { return is_one_of("+-*/=<>!&|^%~?@:#", c); }
constexpr bool is_punctuation(char c) { return is_one_of("(),;.:[]{}", c); }

/// Goes from token to token, by the rules of the original's lexer as far as they show in what comes
/// out. A NUL byte ends the statement, as it does there.
class Lexer {
 public:
  Lexer(std::string_view text, SqlDialect dialect, std::string& out)
      : text_(text), is_mysql_(dialect == SqlDialect::MySql), dialect_(dialect), out_(out) {}

  void run() {
    while (peek() != '\0') {
      start_ = at_;
      token();
    }
  }

 private:
  char peek(size_t ahead = 0) const {
    return ahead < text_.size() - at_ ? text_[at_ + ahead] : '\0';
  }
  template <typename Predicate>
  void skip_while(Predicate&& holds) {
    while (at_ < text_.size() && holds(text_[at_])) ++at_;
  }
  /// The bytes of the letter (or _) that stands there; 0 if there is none.
  size_t letter_size(size_t ahead = 0) const {
    const char c = peek(ahead);
    if (static_cast<uint8_t>(c) < 0x80)
      return c == '_' || utf8::is_letter(static_cast<uint8_t>(c)) ? 1 : 0;
    const utf8::Rune rune = utf8::decode(text_.substr(at_ + ahead));
    return rune.valid && utf8::is_letter(rune.value) ? rune.size : 0;
  }
  bool is_word_at(size_t ahead) const { return is_digit(peek(ahead)) || letter_size(ahead) != 0; }

  // What becomes of the token that ends here.
  std::string_view token_text() const { return text_.substr(start_, at_ - start_); }
  void keep() { out_ += token_text(); }
  void mask() { out_ += '?'; }
  void mask_digits() {
    bool in_digits = false;
    for (const char c : token_text()) {
      if (!is_digit(c)) out_ += c;
      if (is_digit(c) && !in_digits) out_ += '?';
      in_digits = is_digit(c);
    }
  }
  void keep_next(size_t size) {
    at_ += size;
    keep();
  }

  void token();
  void name();
  void quoted_name(char quote);
  void text(char quote);
  void number();
  void decimal();
  void line_comment();
  void comment();
  void dollar();
  void parameter();
  void operators();

  std::string_view text_;
  const bool is_mysql_;
  const SqlDialect dialect_;
  std::string& out_;
  size_t start_ = 0;  // of the token
  size_t at_ = 0;
};

void Lexer::token() {
  const char c = peek();
  const char next = peek(1);
  if (is_space(c)) {
    skip_while(is_space);
    return keep();
  }
  if (letter_size() != 0) return name();
  if (c == '\'' || (c == '"' && is_mysql_)) return text(c);
  if (c == '"' || (c == '`' && is_mysql_)) return quoted_name(c);
  if ((c == '-' && next == '-') || (c == '#' && is_mysql_)) return line_comment();
  if (c == '/' && next == '*') return comment();
  if (is_digit(c)) return number();
  if (is_sign(c) && (is_digit(next) || next == '.')) {
    ++at_;
    return decimal();
  }
  if (c == '$') return dollar();
  if (c == '@') return parameter();
  if (c != '*' && is_operator(c)) return operators();
  keep_next(1);
}

/// true, false and null are values where a word may end; names of functions keep their digits.
void Lexer::name() {
  const bool is_ascii = static_cast<uint8_t>(peek()) < 0x80;
  if (is_ascii) {
    skip_while([](char c) {
      return c == '_' ||
             (static_cast<uint8_t>(c) < 0x80 && utf8::is_letter(static_cast<uint8_t>(c)));
    });
    constexpr size_t kLongest = 5;
    const std::string_view word = token_text();
    const char end = peek();
    if (word.size() <= kLongest && (end == '\0' || is_space(end) || is_punctuation(end))) {
      const std::string upper = ascii::upper(std::string(word));
      if (upper == "TRUE" || upper == "FALSE" || upper == "NULL") return mask();
    }
  }
  for (size_t size = 1; size != 0; at_ += size) {
    size = letter_size();
    if (size == 0 && (is_digit(peek()) || is_one_of("\".?$#/@!", peek()))) size = 1;
  }
  if (is_ascii && peek() == '(') return keep();
  mask_digits();
}

/// Also of several parts: "a"."b". Without an end it stays as it is.
void Lexer::quoted_name(char quote) {
  ++at_;
  while (peek() != quote || (peek(1) == '.' && peek(2) == quote)) {
    if (peek() == '\0') return keep();
    at_ += peek() == quote ? 3 : 1;
  }
  ++at_;
  mask_digits();
}

/// Without an end it is masked to the end of the statement.
void Lexer::text(char quote) {
  bool is_escaped = false;
  for (++at_; peek() != '\0'; ++at_) {
    const char c = peek();
    if (c == quote && !is_escaped) {
      ++at_;
      break;
    }
    is_escaped = c == '\\' && !is_escaped;
  }
  mask();
}

void Lexer::number() {
  const char next = peek(1);
  if (peek() == '0' && ascii::lower(next) == 'x') {
    at_ += 2;
    skip_while(is_hex_digit);
    return mask();
  }
  if (peek() == '0' && is_octal_digit(next)) {
    at_ += 2;
    skip_while(is_octal_digit);
    return mask();
  }
  decimal();
}

void Lexer::decimal() {
  const auto is_exponent = [](char c) { return c == 'e' || c == 'E'; };
  for (char c = peek(); is_digit(c) || c == '.' || is_exponent(c); c = peek()) {
    ++at_;
    if (is_exponent(c) && is_sign(peek())) ++at_;
  }
  mask();
}

void Lexer::line_comment() {
  skip_while([](char c) { return c != '\n' && c != '\0'; });
  keep();
}

void Lexer::comment() {
  at_ += 2;
  while (peek() != '\0' && !(peek() == '*' && peek(1) == '/')) ++at_;
  if (peek() != '\0') at_ += 2;
  keep();
}

/// A numbered parameter, or a text between $$ or $tag$. One that does not end is masked to the end
/// of the statement; a dollar that begins no such thing is a character.
void Lexer::dollar() {
  if (is_digit(peek(1))) {
    at_ += 2;
    skip_while(is_digit);
    return mask();
  }
  size_t size = 1;
  while (is_word_at(size)) size += std::max<size_t>(letter_size(size), 1);
  if (peek(size) != '$') return keep_next(1);
  const std::string_view tag = text_.substr(at_, size + 1);
  const size_t begin = at_ + tag.size();
  const size_t end = text_.find(tag, begin);
  at_ = std::min(end, text_.size());
  if (end == std::string_view::npos) return mask();
  at_ += tag.size();
  if (tag != kFunctionTag) return mask();
  // Nothing inside has this tag, so this ends after one step.
  out_ += kFunctionTag;
  out_ += sanitized_sql(text_.substr(begin, end - begin), dialect_);
  out_ += kFunctionTag;
}

/// @name and @@variable keep their digits; else an operator.
void Lexer::parameter() {
  const size_t prefix = peek(1) == '@' ? 2 : 1;
  if (is_word_at(prefix)) {
    at_ += prefix + 1;
    while (is_word_at(0)) ++at_;  // a letter's other bytes are no letters
    return keep();
  }
  if (prefix == 2 || peek(1) == '?' || peek(1) == '>') return keep_next(2);
  operators();
}

/// Those of JSON end where they end, such as ->>; all others are runs of their characters.
void Lexer::operators() {
  char last = peek();
  const char next = peek(1);
  if ((last == '-' || last == '#') && next == '>') return keep_next(peek(2) == '>' ? 3 : 2);
  if ((last == '#' && next == '-') || (last == '?' && (next == '|' || next == '&')) ||
      (last == '<' && next == '@'))
    return keep_next(2);
  for (++at_; is_operator(peek()) && !(last == '=' && (peek() == '?' || peek() == '@')); ++at_)
    last = peek();
  keep();
}

}  // namespace

std::string sanitized_sql(std::string_view statement, SqlDialect dialect) {
  std::string out;
  out.reserve(statement.size());
  Lexer(statement, dialect, out).run();
  const std::string_view trimmed = utf8::trim_space(out);
  return trimmed.size() == out.size() ? out : std::string(trimmed);
}

}  // namespace sluice::components::redaction_processor
