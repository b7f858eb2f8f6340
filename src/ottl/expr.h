#pragma once

#include <memory>
#include <optional>

#include "ottl/frame.h"

namespace sluice::ottl {

/// A compiled expression. Belongs to one thread: expressions may keep scratch between evaluations.
class Expr {
 public:
  virtual ~Expr() = default;
  /// On failure the frame has an error, and the value is nil.
  virtual Value eval(Frame& frame) const = 0;
  /// The value of a literal, or of what was folded into one; null for all else.
  virtual const Value* constant() const { return nullptr; }
};
using ExprPtr = std::unique_ptr<const Expr>;

/// An expression that can be assigned to.
class Target : public Expr {
 public:
  /// False where the frame got an error. REQUIRES: the value is not nil.
  virtual bool set(Frame& frame, const Value& value) const = 0;
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

/// A compiled condition.
class Test {
 public:
  virtual ~Test() = default;
  /// False, and an error in the frame, where it cannot be said.
  virtual bool holds(Frame& frame) const = 0;
  /// What it is for every record, if that is known.
  virtual std::optional<bool> constant() const { return std::nullopt; }
};
using TestPtr = std::unique_ptr<const Test>;

}  // namespace sluice::ottl
