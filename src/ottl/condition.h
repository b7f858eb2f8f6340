#pragma once

// A compiled condition: tests in a row, each of which says where to go on. What rules about records
// ask most, which kind a value is of and whether it equals a literal, needs no call of an
// expression where the value is a plain part of the record.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "ottl/expr.h"
#include "ottl/value.h"

namespace sluice::ottl {

/// Belongs to one thread, as the expressions in it do.
class Condition {
 public:
  static Condition constant(bool holds) { return Condition(holds ? kHolds : kFails); }
  static Condition is_of_kind(ExprPtr value, Kind kind);
  static Condition compare(ExprPtr left, Comparison op, ExprPtr right);
  /// A value that is true or false; all else is an error.
  static Condition truth(ExprPtr value);
  static Condition negated(Condition operand);
  /// Asked from the left until it is decided. One constant decides it at once, even where another
  /// part would fail.
  static Condition all_of(std::vector<Condition> parts) { return joined(std::move(parts), false); }
  static Condition any_of(std::vector<Condition> parts) { return joined(std::move(parts), true); }

  /// False, and an error in the frame, where it cannot be said.
  bool holds(Frame& frame) const { return steps_.empty() ? start_ == kHolds : run(frame); }
  /// What it is for every record, if that is known.
  std::optional<bool> constant() const {
    return steps_.empty() ? std::optional(start_ == kHolds) : std::nullopt;
  }

 private:
  static constexpr uint32_t kHolds = UINT32_MAX;
  static constexpr uint32_t kFails = UINT32_MAX - 1;

  enum class Ask : uint8_t {
    // Of a plain part of the record:
    FieldIsInt,
    FieldIsText,
    ValueIsOfKind,
    AttributeIsOfKind,
    AttributeIsText,
    // Of whatever an expression yields:
    IsOfKind,
    Compare,
    Truth,
  };
  struct Step {
    bool test(Frame& frame) const;
    bool test_expression(Frame& frame) const;

    Ask ask;
    Comparison op{};  // of Compare
    ExprPtr left{};
    ExprPtr right{};  // of Compare, where it is no literal
    Value literal{};  // of IsOfKind, a value of that kind
    Access access{};  // of `left`
    uint32_t when_true = kHolds;
    uint32_t when_false = kFails;
  };

  explicit Condition(uint32_t start) : start_(start) {}
  explicit Condition(Step step);
  static Condition joined(std::vector<Condition> parts, bool any);
  bool run(Frame& frame) const;

  std::vector<Step> steps_;
  uint32_t start_ = 0;  // of a constant: kHolds or kFails
};

}  // namespace sluice::ottl
