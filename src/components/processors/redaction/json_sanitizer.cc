#include "components/processors/redaction/json_sanitizer.h"

#include "base/ascii.h"
#include "wire/json_nesting.h"
#include "wire/json_reader.h"
#include "wire/json_scan.h"

namespace sluice::components::redaction_processor {
namespace {

using ascii::is_digit;
using ascii::is_hex_digit;

/// Checks the text and writes at once. NUL is never right outside a string, so it stands for the
/// end.
class Pass {
 public:
  Pass(std::string_view text, std::string& out)
      : at_(text.data()), end_(text.data() + text.size()), out_(out) {}

  bool run() {
    if (!value()) return false;
    while (!nesting_.empty()) {
      if (!step()) return false;
    }
    const char* const space = at_;
    token();
    out_.append(space, at_);  // that behind it stays, as in the original
    return at_ == end_;
  }

 private:
  char peek() const { return at_ != end_ ? *at_ : '\0'; }
  char token() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') ++at_;
    return peek();
  }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  /// Whether there is one at least.
  bool digits() {
    const char* const start = at_;
    while (is_digit(peek())) ++at_;
    return at_ != start;
  }

  /// A scalar, or the bracket that opens a container.
  bool value() {
    const char c = token();
    if (c == '{' || c == '[') {
      if (nesting_.full()) return false;
      nesting_.push(c == '{');
      return copy();
    }
    out_ += "\"?\"";
    if (c == '"') return string();
    if (c == '-' || is_digit(c)) return number();
    return word("true") || word("false") || word("null");
  }

  /// The next child of the innermost container, or its end.
  bool step() {
    const bool in_object = nesting_.in_object();
    if (token() == (in_object ? '}' : ']')) {
      nesting_.pop();
      return copy();
    }
    if (!nesting_.is_fresh() && !(peek() == ',' && copy())) return false;
    nesting_.set_used();
    return (!in_object || name()) && value();
  }

  bool copy() {
    out_ += *at_++;
    return true;
  }

  bool name() {
    if (token() != '"') return false;
    const char* const start = at_;
    if (!string()) return false;
    out_.append(start, at_);
    return token() == ':' && copy();
  }

  /// REQUIRES: a quote stands there.
  bool string() {
    ++at_;
    while (true) {
      at_ = wire::json_find_stop<wire::JsonStop::Control>(at_, end_);
      if (take('"')) return true;
      if (!take('\\') || !escape()) return false;
    }
  }

  bool escape() {
    if (take('u')) {
      for (int i = 0; i < 4; ++i, ++at_) {
        if (!is_hex_digit(peek())) return false;
      }
      return true;
    }
    constexpr std::string_view kEscapes = "\"\\/bfnrt";
    if (kEscapes.find(peek()) == std::string_view::npos) return false;
    ++at_;
    return true;
  }

  bool number() {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (peek() != 'e' && peek() != 'E') return true;
    ++at_;
    if (!take('-')) take('+');
    return digits();
  }

  bool word(std::string_view expected) {
    if (std::string_view(at_, static_cast<size_t>(end_ - at_)).substr(0, expected.size()) !=
        expected)
      return false;
    at_ += expected.size();
    return true;
  }

  const char* at_;
  const char* const end_;
  std::string& out_;
  wire::JsonNesting<wire::kJsonSkipDepthMax> nesting_;
};

}  // namespace

std::optional<std::string> sanitized_json(std::string_view text) {
  std::string out;
  if (!Pass(text, out).run()) return std::nullopt;
  return out;
}

}  // namespace sluice::components::redaction_processor
