#include <gtest/gtest.h>

#include "ottl/ast.h"

namespace sluice::ottl {
namespace {

std::string dump(const ast::Value& value);

std::string dump_keys(const std::vector<ast::Value>& keys) {
  std::string out;
  for (const ast::Value& key : keys) out += "[" + dump(key) + "]";
  return out;
}

std::string dump(const ast::Call& call) {
  std::string out = call.name + "(";
  for (const ast::Argument& argument : call.arguments) {
    if (out.back() != '(') out += ", ";
    out += (argument.name.empty() ? "" : argument.name + "=") + dump(*argument.value);
  }
  return out + ")" + dump_keys(call.keys);
}

std::string dump(const ast::Path& path) {
  std::string out;
  for (const ast::Field& field : path.fields)
    out += (out.empty() ? "" : ".") + field.name + dump_keys(field.keys);
  return out;
}

/// Prefix notation: (+ 1 (* 2 3)).
std::string dump(const ast::Value& value) {
  using Kind = ast::Value::Kind;
  std::string out;
  switch (value.kind) {
    case Kind::Nil: return "nil";
    case Kind::Bool: return value.boolean ? "true" : "false";
    case Kind::Int: return std::to_string(value.integer);
    case Kind::Float: return "f" + std::to_string(value.real);
    case Kind::String: return "'" + value.text + "'";
    case Kind::Bytes: return std::to_string(value.text.size()) + " bytes";
    case Kind::Name: return "name " + value.text;
    case Kind::Path: return dump(*value.path);
    case Kind::Converter: return dump(*value.call);
    case Kind::Lambda: return "lambda";
    case Kind::Given: return "given";
    case Kind::List:
      for (const ast::Value& item : value.items) out += (out.empty() ? "" : " ") + dump(item);
      return "[" + out + "]";
    case Kind::Map:
      for (const ast::MapItem& item : value.members)
        out += (out.empty() ? "" : " ") + item.key + ":" + dump(*item.value);
      return "{" + out + "}";
    case Kind::Sign: return "(" + value.text + " " + dump(value.items.front()) + ")";
    case Kind::Arithmetic:
      out = dump(value.items.front());
      for (size_t i = 1; i < value.items.size(); ++i)
        out = std::string("(") + value.text[i - 1] + " " + out + " " + dump(value.items[i]) + ")";
      return out;
  }
  return out;
}

std::string dump(const ast::Condition& condition) {
  using Kind = ast::Condition::Kind;
  if (condition.kind == Kind::Constant) return condition.constant ? "true" : "false";
  std::string out = condition.kind == Kind::Or    ? "(or"
                    : condition.kind == Kind::And ? "(and"
                    : condition.kind == Kind::Not ? "(not"
                                                  : "(" + condition.op;
  if (condition.kind == Kind::Converter) return dump(condition.sides.front());
  for (const ast::Condition& part : condition.parts) out += " " + dump(part);
  for (const ast::Value& side : condition.sides) out += " " + dump(side);
  return out + ")";
}

std::string parse(std::string_view source) {
  const auto statement = parse_statement(source);
  if (!statement.ok()) return "refused";
  return dump(statement->editor) + (statement->where ? " where " + dump(*statement->where) : "");
}

TEST(Parser, Statements) {
  constexpr std::pair<std::string_view, std::string_view> kCases[] = {
      {"f()", "f()"},
      {"f(log.body)", "f(log.body)"},
      {R"(f(a["x"][1].b))", "f(a['x'][1].b)"},
      {"f(1 + 2 * 3 - 4)", "f((- (+ 1 (* 2 3)) 4))"},
      {"f((1 + 2) * 3)", "f((* (+ 1 2) 3))"},
      {"f(-1, +2.5, -x)", "f((- 1), (+ f2.500000), (- x))"},
      {"f(1, b=2)", "f(1, b=2)"},
      {"f(C(a.b)[0][\"k\"])", "f(C(a.b)[0]['k'])"},
      {"f([1, \"a\", [nil]])", "f([1 'a' [nil]])"},
      {"f([1 2])", "f([1 2])"},
      {"f([,1])", "f([1])"},
      {"f([1,])", "refused"},
      {R"(f({"a": 1, "b": {"c": true}}))", "f({a:1 b:{c:true}})"},
      {R"(f({"a":1,}))", "f({a:1})"},
      {R"(f({"a":1 "b":2}))", "f({a:1 b:2})"},
      {"f({a:1})", "refused"},
      {"f(0x00ff)", "f(2 bytes)"},
      {"f(0x123)", "refused"},
      {"f(SHA256)", "f(name SHA256)"},
      {"f(C(x, (k, v) => k))", "f(C(x, lambda))"},
      {"f(1) where a == 1", "f(1) where (== a 1)"},
      {"f(1) where not a == 1 and true or C(x)", "f(1) where (or (and (not (== a 1)) true) C(x))"},
      {"f(1) where (a == 1 or b == 2) and c != nil",
       "f(1) where (and (or (== a 1) (== b 2)) (!= c nil))"},
      {"f(1) where", "refused"},
      {"f(1) where a", "refused"},
      {"f(1) where a = 1", "refused"},
      {"f(1 == 1)", "refused"},
      {"f(1);", "refused"},
      {"F(1)", "refused"},
      {"f(1)[0]", "refused"},
      {"f([1,2][0])", "refused"},
      {"f(9223372036854775808)", "refused"},
      {"f(1e3)", "refused"},
      {"f(", "refused"},
      {"f)", "refused"},
      {"", "refused"},
  };
  for (const auto& [source, expected] : kCases) EXPECT_EQ(parse(source), expected) << source;
}

TEST(Parser, MessagesSayWhereAndWhatWasExpected) {
  constexpr std::pair<std::string_view, std::string_view> kCases[] = {
      {"set(log.body, ", "\n    set(log.body, \n                  ^"},
      {"set(log.body, 1) whre true", "\n    set(log.body, 1) whre true\n                     ^"},
      {R"(set(log.body, "\q"))", "\n    set(log.body, \"\\q\")\n                  ^"},
  };
  for (const auto& [source, place] : kCases) {
    const auto statement = parse_statement(source);
    ASSERT_FALSE(statement.ok());
    const std::string& message = statement.status().message();
    EXPECT_NE(message.find(place), std::string::npos) << message;
  }
  EXPECT_NE(parse_statement("set(log.body, 1").status().message().find("expected"),
            std::string::npos);
}

TEST(Parser, DeepNestingIsRefusedAndDoesNotRecurseWithoutBound) {
  const auto repeated = [](std::string_view text, size_t times) {
    std::string out;
    for (size_t i = 0; i < times; ++i) out += text;
    return out;
  };
  constexpr size_t kMany = 100'000;
  for (const std::string& source :
       {"f(" + repeated("(", kMany), "f(" + repeated("[", kMany), "f(" + repeated("{\"a\":", kMany),
        "f(" + repeated("C(", kMany), "f(" + repeated("-", kMany) + "1)",
        "f(1) where " + repeated("not ", kMany) + "true", "f(1) where " + repeated("(", kMany)})
    EXPECT_FALSE(parse_statement(source).ok()) << source.substr(0, 30);
  EXPECT_TRUE(parse_statement("f(1) where " + repeated("true or ", 1000) + "true").ok());
  EXPECT_TRUE(parse_statement("f(" + repeated("(", 100) + "1" + repeated(")", 100) + ")").ok());
  // Both chains end up below each other in a tree that is as deep as the parentheses only.
  EXPECT_TRUE(parse_statement("f(1" + repeated(" + 1", kMany) + ")").ok());
  EXPECT_TRUE(parse_statement("f(1" + repeated(" * 2 - 1", kMany) + ")").ok());
}

}  // namespace
}  // namespace sluice::ottl
