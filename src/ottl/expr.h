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
  /// Whether lists and maps that it yields are new each time, so that a record may keep them.
  virtual bool is_fresh() const { return false; }
};
using ExprPtr = std::unique_ptr<const Expr>;

struct MapPath;  // paths.h

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
  /// Of a path to one attribute: which map it is in, and its key. Null: it is none.
  virtual const MapPath* attribute(std::string_view& /*key*/) const { return nullptr; }
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
