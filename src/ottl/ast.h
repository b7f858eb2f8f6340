#pragma once

// The syntax tree of OTTL. Positions are bytes in the source.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "otlp/records.h"

namespace sluice::ottl::ast {

struct Value;

struct Argument {
  std::string name;  ///< empty for a positional one
  std::unique_ptr<Value> value;
  size_t at = 0;
};

/// An editor or converter.
struct Call {
  std::string name;
  std::vector<Argument> arguments;
  std::vector<Value> keys;  ///< indexes behind a converter
  size_t at = 0;
};

struct Field {
  std::string name;
  std::vector<Value> keys;
};

struct Path {
  std::vector<Field> fields;
  size_t at = 0;

  /// What stands where the name of a context may: the first of several fields. Empty if nothing
  /// does.
  std::string_view head() const {
    const bool may_be_context = fields.size() > 1 && fields.front().keys.empty();
    return may_be_context ? std::string_view(fields.front().name) : std::string_view();
  }
  /// "log.attributes".
  std::string text() const;
};

struct MapItem {
  std::string key;
  std::unique_ptr<Value> value;
};

struct Value {
  enum class Kind : uint8_t {
    Nil,
    Bool,
    Int,
    Float,
    String,
    Bytes,
    Name,  // of an enumeration's value, or of a function given as an argument
    List,
    Map,
    Path,
    Converter,
    Sign,        // text is "+" or "-", one item
    Arithmetic,  // text has the operators between the items; flat, so that long is not deep
    Lambda,      // parsed so that it can be refused by name
    Given,       // never parsed: what a function that is given by name is called with
  };
  Kind kind = Kind::Nil;
  bool boolean = false;
  int64_t integer = 0;
  double real = 0;
  std::string text;  ///< String, Bytes (raw), Name, operator
  std::vector<Value> items;
  std::vector<MapItem> members;
  std::unique_ptr<ast::Path> path;
  std::unique_ptr<Call> call;
  const otlp::Value* given = nullptr;
  size_t at = 0;
};

struct Condition {
  enum class Kind : uint8_t { Or, And, Not, Compare, Constant, Converter };
  Kind kind = Kind::Constant;
  std::vector<Condition> parts;  // Or, And, Not
  std::string op;                // Compare
  std::vector<Value> sides;      // Compare: two; Converter: one
  bool constant = false;
  size_t at = 0;
};

struct Statement {
  Call editor;
  std::unique_ptr<Condition> where;  ///< null: always
};

}  // namespace sluice::ottl::ast

namespace sluice::ottl {

/// InvalidArgument shows the place and what was expected there.
Result<ast::Statement> parse_statement(std::string_view source);
Result<ast::Condition> parse_condition(std::string_view source);
/// An expression of its own, as the routing connector and others take it.
Result<ast::Value> parse_value(std::string_view source);

}  // namespace sluice::ottl
