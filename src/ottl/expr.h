#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "ottl/frame.h"

namespace sluice::ottl {

/// How a value is reached without eval(), where it is a plain part of the record.
struct Access {
  enum class Kind : uint8_t { None, Field, Value, Attribute };

  Kind kind = Kind::None;
  union {
    ottl::Value (*field)(Frame&) = nullptr;  ///< computed from a member of the record
    ottl::Value& (*value)(Frame&);           ///< itself a value of any kind
    Attributes& (*map)(Frame&);              ///< where the attribute is in
  };
  std::string_view key{};  ///< of the attribute
};

/// A compiled expression. Belongs to one thread: expressions may keep scratch between evaluations.
class Expr {
 public:
  virtual ~Expr() = default;
  /// On failure the frame has an error, and the value is nil.
  virtual Value eval(Frame& frame) const = 0;
  /// The value of a literal, or of what was folded into one; null for all else.
  virtual const Value* constant() const { return nullptr; }
  virtual Access access() const { return {}; }
  /// Whether lists and maps that it yields are new each time, so that a record may keep them.
  virtual bool is_fresh() const { return false; }
};
using ExprPtr = std::unique_ptr<const Expr>;

/// What may be remembered of a path between records (memo.h).
enum class Remembered : uint8_t {
  No,       ///< large, or computed
  Read,     ///< a small value whose place in the record matters
  Written,  ///< a small value in a place of its own
};

/// An expression that can be assigned to.
class Target : public Expr {
 public:
  virtual Remembered remembered() const { return Remembered::No; }
  /// False where the frame got an error. REQUIRES: the value is not nil.
  virtual bool set(Frame& frame, const Value& value) const = 0;
  /// The record's own map, where the path is a whole one: to be read and changed in place.
  virtual Attributes* attributes(Frame&) const { return nullptr; }
};
using TargetPtr = std::unique_ptr<const Target>;

class Constant final : public Expr {
 public:
  explicit Constant(Value value) : value_(value) {}
  Value eval(Frame&) const override { return value_; }
  const Value* constant() const override { return &value_; }

 private:
  Value value_;
};

}  // namespace sluice::ottl
