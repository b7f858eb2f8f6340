#include <charconv>

#include "ottl/ast.h"
#include "ottl/lexer.h"
#include "wire/hex.h"
#include "wire/number_parse.h"

namespace sluice::ottl {

std::string ast::Path::text() const {
  std::string out;
  for (const Field& field : fields) {
    if (!out.empty()) out += '.';
    out += field.name;
  }
  return out;
}

namespace {

using ast::Argument;
using ast::Call;
using ast::Condition;
using ast::Value;
using TokenKind = Token::Kind;

/// Deeper nesting is refused, so that recursion is bounded.
constexpr int kDepthMax = 500;

class Parser {
 public:
  Parser(std::string_view source, std::vector<Token> tokens)
      : source_(source), tokens_(std::move(tokens)) {}

  // All return false once something does not fit; status() then says what.
  bool statement(ast::Statement& out);
  bool condition(Condition& out) { return any_of(out); }
  bool value(Value& out);
  bool end() { return kind() == TokenKind::End || fail("the end"); }
  Status status() const {
    return syntax_error(source_, error_at_, error_.empty() ? "expected " + expected_ : error_);
  }

 private:
  class Depth;

  const Token& token(size_t ahead = 0) const {
    return tokens_[std::min(position_ + ahead, tokens_.size() - 1)];
  }
  TokenKind kind(size_t ahead = 0) const { return token(ahead).kind; }
  bool is(std::string_view text, size_t ahead = 0) const {
    return kind(ahead) != TokenKind::String && token(ahead).text == text;
  }
  bool take(std::string_view text) {
    if (!is(text)) return false;
    ++position_;
    return true;
  }
  bool need(std::string_view text) { return take(text) || fail("\"" + std::string(text) + "\""); }
  /// Remembers what the furthest attempt missed.
  bool fail(std::string expected) {
    if (error_.empty() && (token().at >= error_at_ || expected_.empty())) {
      error_at_ = token().at;
      expected_ = std::move(expected);
    }
    return false;
  }
  /// Something that no other reading of the text would mend.
  bool refuse(size_t at, std::string message) {
    if (error_.empty()) {
      error_at_ = at;
      error_ = std::move(message);
    }
    return false;
  }

  bool call(Call& out);
  bool arguments(Call& out);
  bool argument(Argument& out);
  bool keys(std::vector<Value>& out);
  bool key(Value& out);
  bool path(Value& out);
  bool converter(Value& out);
  bool literal(Value& out);
  bool factor(Value& out);
  bool term(Value& out);
  bool sum(Value& out);
  bool chain(Value& out, TokenKind operators, bool (Parser::*operand)(Value&));
  bool list(Value& out);
  bool map(Value& out);
  bool lambda(Value& out);
  bool is_lambda() const;
  bool string(std::string& out);
  bool bytes(Value& out);
  bool integer(Value& out);
  bool real(Value& out);

  bool any_of(Condition& out);
  bool all_of(Condition& out);
  bool negated(Condition& out);
  bool comparison(Condition& out);
  bool single(Condition& out);

  std::string_view source_;
  std::vector<Token> tokens_;
  size_t position_ = 0;
  int depth_ = 0;
  std::string expected_;
  std::string error_;
  size_t error_at_ = 0;
};

/// Counts nesting for as long as it lives.
class Parser::Depth {
 public:
  explicit Depth(Parser& parser) : parser_(parser) { ++parser_.depth_; }
  ~Depth() { --parser_.depth_; }
  Depth(const Depth&) = delete;
  Depth& operator=(const Depth&) = delete;
  bool fits() {
    return parser_.depth_ <= kDepthMax ||
           parser_.refuse(parser_.token().at, "this is nested too deeply");
  }

 private:
  Parser& parser_;
};

bool Parser::statement(ast::Statement& out) {
  if (kind() == TokenKind::Uppercase) {
    return refuse(token().at, "editor names begin with a lower-case letter, unlike \"" +
                                  std::string(token().text) + "\"");
  }
  if (kind() != TokenKind::Lowercase) return fail("the name of an editor");
  if (!call(out.editor)) return false;
  if (is("[")) return refuse(token().at, "paths and converters can be indexed, editors cannot");
  if (!take("where")) return true;
  out.where = std::make_unique<Condition>();
  return any_of(*out.where);
}

bool Parser::call(Call& out) {
  out.at = token().at;
  out.name = token().text;
  ++position_;
  return need("(") && arguments(out);
}

bool Parser::arguments(Call& out) {
  if (take(")")) return true;
  do {
    if (!argument(out.arguments.emplace_back())) return false;
  } while (take(","));
  return need(")");
}

bool Parser::argument(Argument& out) {
  out.at = token().at;
  if (kind() == TokenKind::Lowercase && kind(1) == TokenKind::Equal) {
    out.name = token().text;
    position_ += 2;
  }
  out.value = std::make_unique<Value>();
  return value(*out.value);
}

bool Parser::value(Value& out) {
  Depth depth(*this);
  if (!depth.fits()) return false;
  out.at = token().at;
  switch (kind()) {
    case TokenKind::String: out.kind = Value::Kind::String; return string(out.text);
    case TokenKind::Bytes: return bytes(out);
    case TokenKind::Boolean:
      out.kind = Value::Kind::Bool;
      out.boolean = is("true");
      ++position_;
      return true;
    case TokenKind::Uppercase:
      if (is("(", 1)) return sum(out);
      out.kind = Value::Kind::Name;
      out.text = token().text;
      ++position_;
      return true;
    default: break;
  }
  if (is("[")) return list(out);
  if (is("{")) return map(out);
  if (is_lambda()) return lambda(out);
  if (is("nil") && !is(".", 1) && !is("[", 1) && !is("(", 1)) {
    ++position_;
    return true;
  }
  return sum(out);
}

bool Parser::string(std::string& out) {
  if (!unquote(token().text, out)) {
    return refuse(token().at,
                  "this text has an escape that does not exist (Go's are allowed: \\n, \\t, "
                  "\\\", \\\\, \\xff, \\u00ff …)");
  }
  ++position_;
  return true;
}

bool Parser::bytes(Value& out) {
  const std::string_view digits = token().text.substr(2);
  out.kind = Value::Kind::Bytes;
  out.text.resize(digits.size() / 2);
  wire::decode_hex(digits, reinterpret_cast<uint8_t*>(out.text.data()));
  ++position_;
  return true;
}

bool Parser::integer(Value& out) {
  // As Go reads one: a leading zero makes it octal.
  const std::string_view digits = token().text;
  const bool octal = digits.size() > 1 && digits.front() == '0';
  const char* end = digits.data() + digits.size();
  out.kind = Value::Kind::Int;
  const auto parsed = std::from_chars(digits.data(), end, out.integer, octal ? 8 : 10);
  if (parsed.ec != std::errc() || parsed.ptr != end)
    return refuse(token().at, "this whole number does not fit into 64 bits, or is not octal");
  ++position_;
  return true;
}

bool Parser::real(Value& out) {
  out.kind = Value::Kind::Float;
  std::string text(token().text);
  if (text.front() == '.') text.insert(0, "0");
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), out.real);
  if (parsed.ec == std::errc::result_out_of_range) {
    const size_t exponent = text.find_first_of("eE");
    if (exponent == std::string::npos || text[exponent + 1] != '-')
      return refuse(token().at, "this number is too large");
    out.real = 0;
  }
  ++position_;
  return true;
}

bool Parser::list(Value& out) {
  out.kind = Value::Kind::List;
  need("[");
  // Commas may be missing, but not stand last.
  while (!is("]")) {
    take(",");
    if (!value(out.items.emplace_back())) return false;
  }
  return need("]");
}

bool Parser::map(Value& out) {
  out.kind = Value::Kind::Map;
  need("{");
  while (!is("}")) {
    ast::MapItem& item = out.members.emplace_back();
    if (kind() != TokenKind::String) return fail("a key in quotes, or \"}\"");
    item.value = std::make_unique<Value>();
    if (!string(item.key) || !need(":") || !value(*item.value)) return false;
    take(",");
  }
  return need("}");
}

bool Parser::is_lambda() const {
  if (!is("(")) return false;
  size_t at = 1;
  while (kind(at) == TokenKind::Lowercase) at += is(",", at + 1) ? 2 : 1;
  return is(")", at) && kind(at + 1) == TokenKind::Arrow;
}

bool Parser::lambda(Value& out) {
  out.kind = Value::Kind::Lambda;
  while (!take("=>")) ++position_;
  return value(out.items.emplace_back());
}

bool Parser::sum(Value& out) { return chain(out, TokenKind::AddSub, &Parser::term); }
bool Parser::term(Value& out) { return chain(out, TokenKind::MultDiv, &Parser::factor); }

bool Parser::chain(Value& out, TokenKind operators, bool (Parser::*operand)(Value&)) {
  if (!(this->*operand)(out)) return false;
  if (kind() != operators) return true;
  Value whole;
  whole.kind = Value::Kind::Arithmetic;
  whole.at = token().at;
  whole.items.push_back(std::move(out));
  while (kind() == operators) {
    whole.text += token().text;
    ++position_;
    if (!(this->*operand)(whole.items.emplace_back())) return false;
  }
  out = std::move(whole);
  return true;
}

bool Parser::factor(Value& out) {
  Depth depth(*this);
  if (!depth.fits()) return false;
  out.at = token().at;
  if (kind() == TokenKind::AddSub) {
    out.kind = Value::Kind::Sign;
    out.text = token().text;
    ++position_;
    Value& operand = out.items.emplace_back();
    operand.at = token().at;
    return take("(") ? sum(operand) && need(")") : literal(operand);
  }
  if (take("(")) return sum(out) && need(")");
  return literal(out);
}

bool Parser::literal(Value& out) {
  out.at = token().at;
  switch (kind()) {
    case TokenKind::Int: return integer(out);
    case TokenKind::Float: return real(out);
    case TokenKind::Uppercase:
      if (is("(", 1)) return converter(out);
      return fail("a number, a path or a converter");
    case TokenKind::Lowercase:
      if (is("(", 1)) {
        return refuse(token().at, "converter names begin with a capital letter, unlike \"" +
                                      std::string(token().text) + "\"");
      }
      return path(out);
    default: return fail("a value");
  }
}

bool Parser::converter(Value& out) {
  out.kind = Value::Kind::Converter;
  out.call = std::make_unique<Call>();
  return call(*out.call) && keys(out.call->keys);
}

bool Parser::path(Value& out) {
  out.kind = Value::Kind::Path;
  out.path = std::make_unique<ast::Path>();
  out.path->at = token().at;
  do {
    if (kind() != TokenKind::Lowercase) return fail("the name of a field");
    ast::Field& field = out.path->fields.emplace_back();
    field.name = token().text;
    ++position_;
    if (!keys(field.keys)) return false;
  } while (take("."));
  return true;
}

bool Parser::keys(std::vector<Value>& out) {
  while (take("[")) {
    if (!key(out.emplace_back()) || !need("]")) return false;
  }
  return true;
}

bool Parser::key(Value& out) {
  out.at = token().at;
  if (kind() == TokenKind::String) {
    out.kind = Value::Kind::String;
    return string(out.text);
  }
  if (is("nil")) return fail("a key");
  // Only what begins otherwise than a number may be computed: [-1], [Len(x) - 1], but not [0 + 1].
  return kind() == TokenKind::Int ? literal(out) : sum(out);
}

// ---- Conditions ----

bool Parser::any_of(Condition& out) {
  Depth depth(*this);
  if (!depth.fits()) return false;
  Condition first;
  if (!all_of(first)) return false;
  if (kind() != TokenKind::Or) {
    out = std::move(first);
    return true;
  }
  out.kind = Condition::Kind::Or;
  out.parts.push_back(std::move(first));
  while (kind() == TokenKind::Or) {
    ++position_;
    if (!all_of(out.parts.emplace_back())) return false;
  }
  return true;
}

bool Parser::all_of(Condition& out) {
  Condition first;
  if (!negated(first)) return false;
  if (kind() != TokenKind::And) {
    out = std::move(first);
    return true;
  }
  out.kind = Condition::Kind::And;
  out.parts.push_back(std::move(first));
  while (kind() == TokenKind::And) {
    ++position_;
    if (!negated(out.parts.emplace_back())) return false;
  }
  return true;
}

bool Parser::negated(Condition& out) {
  if (kind() != TokenKind::Not) return single(out);
  out.kind = Condition::Kind::Not;
  out.at = token().at;
  ++position_;
  return single(out.parts.emplace_back());
}

/// A parenthesis may begin a number or a condition; a converter may be compared or stand alone. A
/// comparison is tried first.
bool Parser::single(Condition& out) {
  const size_t start = position_;
  out.at = token().at;
  if (comparison(out)) return true;
  if (!error_.empty()) return false;
  position_ = start;
  out = Condition();
  out.at = token().at;
  if (kind() == TokenKind::Boolean) {
    out.constant = is("true");
    ++position_;
    return true;
  }
  if (kind() == TokenKind::Uppercase && is("(", 1)) {
    out.kind = Condition::Kind::Converter;
    return converter(out.sides.emplace_back());
  }
  if (!is("(")) return false;
  ++position_;
  return any_of(out) && need(")");
}

bool Parser::comparison(Condition& out) {
  out.kind = Condition::Kind::Compare;
  if (!value(out.sides.emplace_back())) return false;
  if (kind() != TokenKind::Compare) return fail("a comparison (==, !=, <, <=, >, >=)");
  out.op = token().text;
  ++position_;
  return value(out.sides.emplace_back());
}

template <typename T>
Result<T> parse(std::string_view source, bool (Parser::*rule)(T&)) {
  auto tokens = tokenize(source);
  if (!tokens.ok()) return tokens.status();
  Parser parser(source, std::move(*tokens));
  T out;
  if (!(parser.*rule)(out) || !parser.end()) return parser.status();
  return out;
}

}  // namespace

Result<ast::Statement> parse_statement(std::string_view source) {
  return parse(source, &Parser::statement);
}
Result<ast::Condition> parse_condition(std::string_view source) {
  return parse(source, &Parser::condition);
}
Result<ast::Value> parse_value(std::string_view source) { return parse(source, &Parser::value); }

}  // namespace sluice::ottl
