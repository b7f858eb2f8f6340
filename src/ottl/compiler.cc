#include "ottl/compiler.h"

#include <algorithm>

#include "base/nearest.h"
#include "ottl/condition.h"
#include "ottl/functions/text_case.h"
#include "ottl/lexer.h"

namespace sluice::ottl {
namespace {

/// A literal that came from the statement's text.
Value literal_of(const ast::Value& value, Arena& constants) {
  switch (value.kind) {
    case ast::Value::Kind::Bool: return Value::boolean(value.boolean);
    case ast::Value::Kind::Int: return Value::integer(value.integer);
    case ast::Value::Kind::Float: return Value::real(value.real);
    case ast::Value::Kind::String: return Value::string(constants.copy(value.text));
    case ast::Value::Kind::Bytes: return Value::bytes(constants.copy(value.text));
    default: return {};
  }
}

class GivenExpr final : public Expr {
 public:
  explicit GivenExpr(const Value* value) : value_(value) {}
  Value eval(Frame&) const override { return *value_; }

 private:
  const Value* value_;
};

class ListExpr final : public Expr {
 public:
  explicit ListExpr(std::vector<ExprPtr> items) : items_(std::move(items)) {}
  Value eval(Frame& frame) const override {
    auto* values = frame.arena->allocate_array<Value>(items_.size());
    for (size_t i = 0; i < items_.size(); ++i) {
      values[i] = items_[i]->eval(frame);
      if (frame.failed()) return {};
    }
    return Value::array(values, static_cast<uint32_t>(items_.size()));
  }

 private:
  std::vector<ExprPtr> items_;
};

/// A value that is no map or list, and that a record can hold.
class PlainExpr final : public Expr {
 public:
  explicit PlainExpr(ExprPtr value) : value_(std::move(value)) {}
  Value eval(Frame& frame) const override {
    const Value value = value_->eval(frame);
    if (frame.failed() || value.kind <= Kind::Bytes) return value;
    return frame.fail("a ", kind_name(value.kind), " cannot stand here");
  }

 private:
  ExprPtr value_;
};

/// What arithmetic makes of literals. To the original it is none itself: of a kind that does not
/// fit, it fails for each record.
class Computed final : public Expr {
 public:
  explicit Computed(Value value) : value_(value) {}
  Value eval(Frame&) const override { return value_; }

 private:
  Value value_;
};

class MapExpr final : public Expr {
 public:
  explicit MapExpr(std::vector<std::pair<std::string_view, ExprPtr>> items)
      : items_(std::move(items)) {}
  Value eval(Frame& frame) const override {
    Attributes members;
    members.reserve(*frame.arena, static_cast<uint32_t>(items_.size()));
    for (const auto& [key, expr] : items_) {
      const Value value = expr->eval(frame);
      if (frame.failed()) return {};
      if (!is_storable(value)) return frame.fail("a map cannot hold a ", kind_name(value.kind));
      find_or_add(members, key, *frame.arena) = value;
    }
    return map_value(members);
  }

 private:
  std::vector<std::pair<std::string_view, ExprPtr>> items_;
};

class IndexExpr final : public Expr {
 public:
  IndexExpr(ExprPtr whole, std::vector<ExprPtr> keys)
      : whole_(std::move(whole)), keys_(std::move(keys)) {}
  Value eval(Frame& frame) const override {
    Value value = whole_->eval(frame);
    for (const ExprPtr& key : keys_) {
      if (frame.failed()) return {};
      const Value index = key->eval(frame);
      if (frame.failed()) return {};
      Value element;
      if (!index_value(frame, value, index, false, element)) return {};
      value = element;
    }
    return value;
  }

 private:
  ExprPtr whole_;
  std::vector<ExprPtr> keys_;
};

// ---- Arithmetic ----

Value no_arithmetic(Frame& frame, const Value& left, char op, const Value& right) {
  return frame.fail("cannot compute ", kind_name(left.kind), " ", std::string_view(&op, 1), " ",
                    kind_name(right.kind));
}

/// Whole numbers wrap around, as in the original.
Value compute(Frame& frame, int64_t left, char op, int64_t right) {
  const auto a = static_cast<uint64_t>(left);
  const auto b = static_cast<uint64_t>(right);
  switch (op) {
    case '+': return Value::integer(static_cast<int64_t>(a + b));
    case '-': return Value::integer(static_cast<int64_t>(a - b));
    case '*': return Value::integer(static_cast<int64_t>(a * b));
    default: break;
  }
  if (right == 0) return frame.fail("division by zero");
  return Value::integer(right == -1 ? static_cast<int64_t>(0 - a) : left / right);
}

Value compute(Frame& frame, double left, char op, double right) {
  switch (op) {
    case '+': return Value::real(left + right);
    case '-': return Value::real(left - right);
    case '*': return Value::real(left * right);
    default: break;
  }
  return right == 0 ? frame.fail("division by zero") : Value::real(left / right);
}

Value compute_time(Frame& frame, const Value& left, char op, const Value& right) {
  if (left.kind == kTime && right.kind == kDuration && (op == '+' || op == '-')) {
    const int64_t by = op == '+' ? right.int_value
                                 : static_cast<int64_t>(0 - static_cast<uint64_t>(right.int_value));
    return time_value(time_of(left).plus(by), *frame.arena);
  }
  if (left.kind == kDuration && right.kind == kTime && op == '+')
    return time_value(time_of(right).plus(left.int_value), *frame.arena);
  if (left.kind == kTime && right.kind == kTime && op == '-')
    return duration_value(time_of(left).minus(time_of(right)));
  if (left.kind == kDuration && right.kind == kDuration && (op == '+' || op == '-'))
    return duration_value(compute(frame, left.int_value, op, right.int_value).int_value);
  return no_arithmetic(frame, left, op, right);
}

Value compute(Frame& frame, const Value& left, char op, const Value& right) {
  const auto number = [](const Value& v) {
    return v.kind == Kind::Int ? static_cast<double>(v.int_value) : v.double_value;
  };
  const bool left_is_number = left.kind == Kind::Int || left.kind == Kind::Double;
  const bool right_is_number = right.kind == Kind::Int || right.kind == Kind::Double;
  if (!left_is_number || !right_is_number) return compute_time(frame, left, op, right);
  if (left.kind == Kind::Int && right.kind == Kind::Int)
    return compute(frame, left.int_value, op, right.int_value);
  return compute(frame, number(left), op, number(right));
}

/// Operands with operators of one rank between them, computed from the left.
class ArithmeticExpr final : public Expr {
 public:
  explicit ArithmeticExpr(ExprPtr first) : first_(std::move(first)) {}
  void add(char op, ExprPtr operand) { rest_.push_back({op, std::move(operand)}); }
  Value eval(Frame& frame) const override {
    Value result = first_->eval(frame);
    for (const Step& step : rest_) {
      if (frame.failed()) return {};
      const Value operand = step.operand->eval(frame);
      if (frame.failed()) return {};
      result = compute(frame, result, step.op, operand);
    }
    return result;
  }

 private:
  struct Step {
    char op;
    ExprPtr operand;
  };
  ExprPtr first_;
  std::vector<Step> rest_;
};

class NegativeExpr final : public Expr {
 public:
  explicit NegativeExpr(ExprPtr operand) : operand_(std::move(operand)) {}
  Value eval(Frame& frame) const override {
    const Value value = operand_->eval(frame);
    if (frame.failed()) return {};
    if (value.kind == Kind::Int) return compute(frame, 0, '-', value.int_value);
    if (value.kind == Kind::Double) return Value::real(-value.double_value);
    return frame.fail("cannot negate a ", kind_name(value.kind));
  }

 private:
  ExprPtr operand_;
};

std::optional<Comparison> comparison_of(std::string_view op) {
  if (op == "==") return Comparison::Equal;
  if (op == "!=") return Comparison::NotEqual;
  if (op == "<") return Comparison::Less;
  if (op == "<=") return Comparison::LessEqual;
  if (op == ">") return Comparison::Greater;
  if (op == ">=") return Comparison::GreaterEqual;
  return std::nullopt;
}

/// Each parameter's argument; a message if they do not fit.
std::string match_arguments(const Function& function, const ast::Call& call, Arguments& out) {
  out.assign(function.parameters.size(), nullptr);
  if (function.parameters.empty()) return {};  // such functions take anything
  bool named = false;
  size_t position = 0;
  for (const ast::Argument& argument : call.arguments) {
    size_t index = position;
    if (argument.name.empty()) {
      if (named) return "an argument without a name stands behind one with a name";
    } else {
      named = true;
      // "resolve_conflicts" and "resolveConflicts" are the same.
      const std::string name = to_camel(argument.name);
      const auto found =
          std::find_if(function.parameters.begin(), function.parameters.end(),
                       [&](const std::string& parameter) { return to_camel(parameter) == name; });
      if (found == function.parameters.end()) {
        return "there is no parameter \"" + argument.name + "\"" +
               did_you_mean(argument.name, function.parameters);
      }
      index = static_cast<size_t>(found - function.parameters.begin());
    }
    if (index >= out.size()) break;
    out[index] = argument.value.get();
    ++position;
  }
  const bool missing =
      std::any_of(out.begin(), out.begin() + static_cast<ptrdiff_t>(function.required),
                  [](const ast::Value* value) { return value == nullptr; });
  if (!missing && call.arguments.size() <= out.size()) return {};
  const std::string least = std::to_string(function.required);
  return "expected " +
         (function.required == out.size() ? least : least + " to " + std::to_string(out.size())) +
         " arguments, found " + std::to_string(call.arguments.size());
}

}  // namespace

Status Compiler::error(size_t at, std::string_view message) const {
  return syntax_error(source_, at, message);
}

Result<ExprPtr> Compiler::value(const ast::Value& value) {
  switch (value.kind) {
    case ast::Value::Kind::List: return list(value, &Compiler::value);
    case ast::Value::Kind::Map: return map(value);
    case ast::Value::Kind::Converter: return converter(value);
    case ast::Value::Kind::Sign: return negative(value);
    case ast::Value::Kind::Arithmetic: return arithmetic(value);
    case ast::Value::Kind::Name: return name(value);
    case ast::Value::Kind::Given: return ExprPtr(std::make_unique<GivenExpr>(value.given));
    case ast::Value::Kind::Lambda: return error(value.at, "no function takes a lambda expression");
    case ast::Value::Kind::Path: {
      auto target = path(*value.path);
      if (!target.ok()) return target.status();
      return ExprPtr(std::move(*target));
    }
    default: return ExprPtr(std::make_unique<Constant>(literal_of(value, constants_)));
  }
}

Result<ExprPtr> Compiler::plain(const ast::Value& value) {
  if (value.kind == ast::Value::Kind::List) return list(value, &Compiler::plain);
  auto made = this->value(value);
  if (!made.ok()) return made;
  const Value* constant = (*made)->constant();
  if (constant != nullptr && constant->kind <= Kind::Bytes) return made;
  return ExprPtr(std::make_unique<PlainExpr>(std::move(*made)));
}

/// `made` itself where it cannot be computed now: it fails for every record, as in the original.
template <typename Folded>
ExprPtr Compiler::folded(ExprPtr made) {
  Frame frame = literal_frame();
  const Value value = made->eval(frame);
  return frame.failed() ? std::move(made) : ExprPtr(std::make_unique<Folded>(value));
}

Result<ExprPtr> Compiler::list(const ast::Value& value,
                               Result<ExprPtr> (Compiler::*item_of)(const ast::Value&)) {
  std::vector<ExprPtr> items;
  bool constant = true;
  for (const ast::Value& item : value.items) {
    auto expr = (this->*item_of)(item);
    if (!expr.ok()) return expr.status();
    constant = constant && (*expr)->constant() != nullptr;
    items.push_back(std::move(*expr));
  }
  ExprPtr made = std::make_unique<ListExpr>(std::move(items));
  return constant ? folded<Constant>(std::move(made)) : std::move(made);
}

Result<ExprPtr> Compiler::map(const ast::Value& value) {
  std::vector<std::pair<std::string_view, ExprPtr>> items;
  bool constant = true;
  for (const ast::MapItem& item : value.members) {
    auto expr = this->value(*item.value);
    if (!expr.ok()) return expr.status();
    constant = constant && (*expr)->constant() != nullptr;
    items.emplace_back(constants_.copy(item.key), std::move(*expr));
  }
  ExprPtr made = std::make_unique<MapExpr>(std::move(items));
  return constant ? folded<Constant>(std::move(made)) : std::move(made);
}

Result<ExprPtr> Compiler::name(const ast::Value& value) {
  if (const auto number = enumeration(kind_, value.text))
    return ExprPtr(std::make_unique<Constant>(Value::integer(*number)));
  return error(value.at, "there is no enumeration value " + value.text + " in the context " +
                             std::string(context_name(kind_)) +
                             did_you_mean(value.text, enumeration_names(kind_)));
}

Result<ExprPtr> Compiler::negative(const ast::Value& value) {
  auto operand = this->value(value.items.front());
  if (!operand.ok() || value.text == "+") return operand;
  const bool constant = (*operand)->constant() != nullptr;
  ExprPtr made = std::make_unique<NegativeExpr>(std::move(*operand));
  return constant ? folded<Constant>(std::move(made)) : std::move(made);
}

Result<ExprPtr> Compiler::arithmetic(const ast::Value& value) {
  auto first = this->value(value.items.front());
  if (!first.ok()) return first.status();
  bool constant = (*first)->constant() != nullptr;
  auto made = std::make_unique<ArithmeticExpr>(std::move(*first));
  for (size_t i = 1; i < value.items.size(); ++i) {
    auto operand = this->value(value.items[i]);
    if (!operand.ok()) return operand.status();
    constant = constant && (*operand)->constant() != nullptr;
    made->add(value.text[i - 1], std::move(*operand));
  }
  return constant ? folded<Computed>(std::move(made)) : ExprPtr(std::move(made));
}

Result<ExprPtr> Compiler::converter(const ast::Value& value) {
  auto made = call(*value.call, false);
  if (!made.ok() || value.call->keys.empty()) return made;
  std::vector<ExprPtr> keys;
  for (const ast::Value& index : value.call->keys) {
    auto expr = key(index);
    if (!expr.ok()) return expr.status();
    keys.push_back(std::move(*expr));
  }
  return ExprPtr(std::make_unique<IndexExpr>(std::move(*made), std::move(keys)));
}

Result<ExprPtr> Compiler::key(const ast::Value& key) { return value(key); }

Result<TargetPtr> Compiler::path(const ast::Path& path) { return compile_path(kind_, path, *this); }

Result<ExprPtr> Compiler::call(const ast::Call& call, bool editor) {
  const Function* function = library_.find(call.name, kind_);
  const std::string kind = editor ? "editor" : "converter";
  if (function == nullptr) {
    if (library_.known(call.name)) {
      return error(call.at, "the " + kind + " " + call.name + " is not there in the context " +
                                std::string(context_name(kind_)));
    }
    return error(call.at, "there is no " + kind + " " + call.name +
                              did_you_mean(call.name, library_.names(kind_, editor)));
  }
  Arguments arguments;
  const std::string problem = match_arguments(*function, call, arguments);
  if (!problem.empty()) return error(call.at, call.name + ": " + problem);
  auto made = function->bind(*this, arguments);
  if (made.ok() || made.status().message().find('\n') != std::string::npos) return made;
  return error(call.at, call.name + ": " + made.status().message());
}

Result<Condition> Compiler::condition(const ast::Condition& condition) {
  switch (condition.kind) {
    case ast::Condition::Kind::Constant: return Condition::constant(condition.constant);
    case ast::Condition::Kind::Compare: return comparison(condition);
    case ast::Condition::Kind::Or:
    case ast::Condition::Kind::And: return all_or_any(condition);
    case ast::Condition::Kind::Converter: return question(condition.sides.front());
    case ast::Condition::Kind::Not: break;
  }
  auto operand = this->condition(condition.parts.front());
  if (!operand.ok()) return operand;
  return Condition::negated(std::move(*operand));
}

Result<Condition> Compiler::comparison(const ast::Condition& condition) {
  auto left = value(condition.sides.front());
  if (!left.ok()) return left.status();
  auto right = value(condition.sides.back());
  if (!right.ok()) return right.status();
  return Condition::compare(std::move(*left), *comparison_of(condition.op), std::move(*right));
}

/// A converter that says yes or no.
Result<Condition> Compiler::question(const ast::Value& converter) {
  auto answer = value(converter);
  if (!answer.ok()) return answer.status();
  const ast::Call& call = *converter.call;
  const Function& function = *library_.find(call.name, kind_);
  if (!function.asked_kind || !call.keys.empty()) return Condition::truth(std::move(*answer));
  auto asked = value(*call.arguments.front().value);
  if (!asked.ok()) return asked.status();
  return Condition::is_of_kind(std::move(*asked), *function.asked_kind);
}

Result<Condition> Compiler::all_or_any(const ast::Condition& condition) {
  std::vector<Condition> parts;
  for (const ast::Condition& part : condition.parts) {
    auto made = this->condition(part);
    if (!made.ok()) return made;
    parts.push_back(std::move(*made));
  }
  return condition.kind == ast::Condition::Kind::Or ? Condition::any_of(std::move(parts))
                                                    : Condition::all_of(std::move(parts));
}

bool index_value(Frame& frame, const Value& whole, const Value& key, bool absent_is_nil,
                 Value& out) {
  out = {};
  if (whole.kind == Kind::Map) {
    if (key.kind != Kind::String) {
      frame.fail("a map is indexed by text, not by a ", kind_name(key.kind));
      return false;
    }
    const Value* member = find(whole, key.view());
    if (member != nullptr) {
      out = *member;
    } else if (!absent_is_nil) {
      frame.fail("there is no key \"", key.view(), "\" in the map");
      return false;
    }
    return true;
  }
  if (whole.kind == Kind::Array) {
    if (key.kind != Kind::Int) {
      frame.fail("a list is indexed by whole numbers, not by a ", kind_name(key.kind));
      return false;
    }
    if (key.int_value < 0 || key.int_value >= whole.size) {
      frame.fail("index ", std::to_string(key.int_value), " is not in the list of ",
                 std::to_string(whole.size));
      return false;
    }
    out = whole.elements[key.int_value];
    return true;
  }
  frame.fail("a ", kind_name(whole.kind), " cannot be indexed");
  return false;
}

}  // namespace sluice::ottl
