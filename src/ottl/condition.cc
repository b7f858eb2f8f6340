#include "ottl/condition.h"

#include <utility>

namespace sluice::ottl {

inline bool Condition::Step::test(Frame& frame) const {
  switch (ask) {
    case Ask::FieldIsInt: {
      const Value value = access.field(frame);
      if (value.kind != Kind::Int) return equal(value, literal);
      return value.int_value == literal.int_value;
    }
    case Ask::FieldIsText: {
      const Value value = access.field(frame);
      return value.is_string() && value.view() == literal.view();
    }
    case Ask::ValueIsOfKind: return access.value(frame).kind == literal.kind;
    case Ask::AttributeIsOfKind: {
      const Value* value = find(access.map(frame), access.key);
      return (value == nullptr ? Kind::None : value->kind) == literal.kind;
    }
    case Ask::AttributeIsText: {
      const Value* value = find(access.map(frame), access.key);
      return value != nullptr && value->is_string() && value->view() == literal.view();
    }
    default: return test_expression(frame);
  }
}

[[gnu::noinline]] bool Condition::Step::test_expression(Frame& frame) const {
  const Value value = left->eval(frame);
  if (frame.failed()) return false;
  if (ask == Ask::IsOfKind) return value.kind == literal.kind;
  if (ask == Ask::Compare) {
    const Value other = right ? right->eval(frame) : literal;
    return !frame.failed() && ottl::compare(value, op, other);
  }
  if (value.kind == Kind::Bool) return value.bool_value;
  static_cast<void>(
      frame.fail("a condition must be true or false, and not a ", kind_name(value.kind)));
  return false;
}

bool Condition::run(Frame& frame) const {
  uint32_t at = start_;
  do {
    const Step& step = steps_[at];
    at = step.test(frame) ? step.when_true : step.when_false;
    if (frame.failed()) return false;
  } while (at < kFails);
  return at == kHolds;
}

Condition::Condition(Step step) { steps_.push_back(std::move(step)); }

Condition Condition::is_of_kind(ExprPtr value, Kind kind) {
  Step step{.ask = Ask::IsOfKind, .access = value->access()};
  if (step.access.kind == Access::Kind::Value) step.ask = Ask::ValueIsOfKind;
  if (step.access.kind == Access::Kind::Attribute) step.ask = Ask::AttributeIsOfKind;
  step.left = std::move(value);
  step.literal.kind = kind;
  return Condition(std::move(step));
}

Condition Condition::compare(ExprPtr left, Comparison op, ExprPtr right) {
  const Value* literal = right->constant();
  if (literal == nullptr)
    return Condition(Step{Ask::Compare, op, std::move(left), std::move(right)});
  if (left->constant() != nullptr) return constant(ottl::compare(*left->constant(), op, *literal));
  const bool is_plain =
      is_nil(*literal) || literal->kind == Kind::Int || literal->kind == Kind::String;
  if (op == Comparison::NotEqual && is_plain)
    return negated(compare(std::move(left), Comparison::Equal, std::move(right)));
  if (op == Comparison::Equal && is_nil(*literal)) return is_of_kind(std::move(left), Kind::None);
  Step step{.ask = Ask::Compare, .op = op, .literal = *literal, .access = left->access()};
  const bool is_field = step.access.kind == Access::Kind::Field;
  const bool is_attribute = step.access.kind == Access::Kind::Attribute;
  if (op == Comparison::Equal && literal->kind == Kind::Int && is_field) step.ask = Ask::FieldIsInt;
  if (op == Comparison::Equal && literal->kind == Kind::String && (is_field || is_attribute))
    step.ask = is_field ? Ask::FieldIsText : Ask::AttributeIsText;
  step.left = std::move(left);
  return Condition(std::move(step));
}

Condition Condition::truth(ExprPtr value) {
  return Condition(Step{.ask = Ask::Truth, .left = std::move(value)});
}

Condition Condition::negated(Condition operand) {
  const auto turned = [](uint32_t to) {
    return to == kHolds ? kFails : to == kFails ? kHolds : to;
  };
  operand.start_ = turned(operand.start_);
  for (Step& step : operand.steps_) {
    step.when_true = turned(step.when_true);
    step.when_false = turned(step.when_false);
  }
  return operand;
}

Condition Condition::joined(std::vector<Condition> parts, bool any) {
  const uint32_t decided = any ? kHolds : kFails;
  Condition joined = constant(!any);
  for (const Condition& part : parts) {
    if (part.constant() == any) return constant(any);
  }
  // Where a part does not decide, the first test of the next one follows.
  size_t size = 0;
  for (const Condition& part : parts) size += part.steps_.size();
  joined.steps_.reserve(size);
  for (Condition& part : parts) {
    if (part.steps_.empty()) continue;
    const auto begin = static_cast<uint32_t>(joined.steps_.size());
    const auto next = static_cast<uint32_t>(begin + part.steps_.size());
    const bool is_last = next == size;
    const auto moved = [&](uint32_t to) {
      if (to < kFails) return begin + to;
      return to == decided || is_last ? to : next;
    };
    if (begin == 0) joined.start_ = part.start_;
    for (Step& step : part.steps_) {
      step.when_true = moved(step.when_true);
      step.when_false = moved(step.when_false);
      joined.steps_.push_back(std::move(step));
    }
  }
  return joined;
}

}  // namespace sluice::ottl
