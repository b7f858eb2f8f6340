#pragma once

// From a syntax tree to expressions: names are resolved, what is constant is computed, arguments
// are converted and checked as far as they are literals.

#include <string>
#include <string_view>
#include <vector>

#include "ottl/ast.h"
#include "ottl/context.h"
#include "ottl/expr.h"
#include "ottl/library.h"

namespace sluice::ottl {

class Condition;

class Compiler {
 public:
  /// All references must outlive what is compiled; constants live in `constants`. With `relaxed`,
  /// a path without a context belongs to `kind`; otherwise it is refused.
  Compiler(ContextKind kind, const Library& library, std::string_view source, Arena& constants,
           bool relaxed)
      : kind_(kind), library_(library), source_(source), constants_(constants), relaxed_(relaxed) {}

  Result<ExprPtr> value(const ast::Value& value);
  /// The same for what the original copies one by one: maps, times and ids are errors, and lists
  /// unless they are literals.
  Result<ExprPtr> plain(const ast::Value& value);
  Result<TargetPtr> path(const ast::Path& path);
  Result<Condition> condition(const ast::Condition& condition);
  /// REQUIRES: an editor, or a converter without its keys.
  Result<ExprPtr> call(const ast::Call& call, bool editor);
  /// An index of a path or converter.
  Result<ExprPtr> key(const ast::Value& key);

  ContextKind kind() const { return kind_; }
  const Library& library() const { return library_; }
  Arena& constants() { return constants_; }
  bool relaxed() const { return relaxed_; }
  /// A frame without a record, for literals.
  Frame literal_frame() {
    Frame frame;
    frame.arena = &constants_;
    return frame;
  }
  /// A message that shows where in the statement.
  Status error(size_t at, std::string_view message) const;

 private:
  Result<ExprPtr> list(const ast::Value& value,
                       Result<ExprPtr> (Compiler::*item_of)(const ast::Value&));
  Result<ExprPtr> map(const ast::Value& value);
  Result<ExprPtr> converter(const ast::Value& value);
  Result<ExprPtr> negative(const ast::Value& value);
  Result<ExprPtr> arithmetic(const ast::Value& value);
  template <typename Folded>
  ExprPtr folded(ExprPtr made);
  Result<ExprPtr> name(const ast::Value& value);
  Result<Condition> comparison(const ast::Condition& condition);
  Result<Condition> question(const ast::Value& converter);
  Result<Condition> all_or_any(const ast::Condition& condition);

  const ContextKind kind_;
  const Library& library_;
  const std::string_view source_;
  Arena& constants_;
  const bool relaxed_;
};

/// Reads what an index evaluates to: the element of a list or member of a map. False and an error
/// in the frame where there is none; `absent_is_nil` says that a missing member is nil instead.
bool index_value(Frame& frame, const Value& whole, const Value& key, bool absent_is_nil,
                 Value& out);

}  // namespace sluice::ottl
