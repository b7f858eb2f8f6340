// What kind a value is, and making one kind of another.

#include <cmath>

#include "ottl/function.h"
#include "ottl/functions/functions.h"
#include "wire/hex.h"

namespace sluice::ottl {

template <typename T>
constexpr Kind kKindOf = Kind::None;
template <>
constexpr Kind kKindOf<std::string_view> = Kind::String;
template <>
constexpr Kind kKindOf<int64_t> = Kind::Int;
template <>
constexpr Kind kKindOf<double> = Kind::Double;
template <>
constexpr Kind kKindOf<bool> = Kind::Bool;
template <>
constexpr Kind kKindOf<MapArg> = Kind::Map;

/// Whether an argument has a type. A literal that has not is refused, as in the original.
template <typename T>
struct Is {
  bool yes = false;
};

template <typename T>
struct Param<Is<T>> {
  using Bound = ExprPtr;
  static Status bind(Compiler& compiler, const ast::Value& argument, Bound& out) {
    return Param<T>::bind(compiler, argument, out);
  }
  static bool get(Frame& frame, const Bound& bound, Is<T>& out) {
    const Value value = bound->eval(frame);
    if (frame.failed()) return false;
    out.yes = value.kind == kKindOf<T>;
    return true;
  }
};

namespace {

template <typename T>
void add_check(Library& library, const char* name) {
  library.add(name, {"target"}, [](Frame&, Is<T> target) { return Value::boolean(target.yes); })
      .asked_kind = kKindOf<T>;
}

Value length(Frame& frame, Value target) {
  switch (target.kind) {
    case Kind::String:
    case Kind::Bytes:
    case Kind::Array:
    case Kind::Map: return Value::integer(target.size);
    default: break;
  }
  if (target.kind == kPart) return Value::integer(part_of(target).count);
  return frame.fail("a ", kind_name(target.kind), " has no length");
}

/// Whether it is its type's zero; of lists, maps and bytes: whether nothing is in it.
Value is_empty(Frame&, Value target) {
  switch (target.kind) {
    case Kind::None: return Value::boolean(true);
    case Kind::Bool: return Value::boolean(!target.bool_value);
    case Kind::Int: return Value::boolean(target.int_value == 0);
    case Kind::Double: return Value::boolean(target.double_value == 0);
    case Kind::String:
    case Kind::Bytes:
    case Kind::Array:
    case Kind::Map: return Value::boolean(target.size == 0);
  }
  if (target.kind == kTraceId || target.kind == kProfileId)
    return Value::boolean(trace_id_of(target).empty());
  if (target.kind == kSpanId) return Value::boolean(span_id_of(target).empty());
  if (target.kind == kPart)  // counts are a list there, other parts are never empty
    return Value::boolean(part_of(target).tag->append_json != nullptr &&
                          part_of(target).count == 0);
  return Value::boolean(target.kind == kDuration && target.int_value == 0);
}

/// Luhn's check of the last digit (ISO/IEC 7812-1); blanks do not count.
Value is_valid_luhn(Frame& frame, Text target) {
  if (target.nil) return frame.fail("nothing is no number");
  int sum = 0;
  bool doubles = false;  // every second digit, from the one before the last on
  bool any = false;
  for (size_t i = target.view.size(); i-- > 0;) {
    const char c = target.view[i];
    if (c == ' ') continue;
    if (c < '0' || c > '9') return frame.fail("there is something that is no digit");
    const int digit = (c - '0') * (doubles ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
    doubles = !doubles;
    any = true;
  }
  return Value::boolean(any && sum % 10 == 0);
}

Value hex(Frame& frame, BytesLike target) {
  auto* digits = static_cast<char*>(frame.arena->allocate(target.view.size() * 2, 1));
  wire::hex_lower(reinterpret_cast<const uint8_t*>(target.view.data()), target.view.size(), digits);
  return Value::string({digits, target.view.size() * 2});
}

Value natural_logarithm(Frame& frame, DoubleLike target) {
  if (target.nil) return frame.fail("nothing has no logarithm");
  if (!(target.value > 0)) return frame.fail("only numbers above zero have a logarithm");
  return Value::real(std::log(target.value));
}

}  // namespace

void add_type_functions(Library& library) {
  add_check<std::string_view>(library, "IsString");
  add_check<int64_t>(library, "IsInt");
  add_check<double>(library, "IsDouble");
  add_check<bool>(library, "IsBool");
  add_check<MapArg>(library, "IsMap");
  library
      .add("IsList", {"target"},
           [](Frame&, Value target) { return Value::boolean(target.kind == Kind::Array); })
      .asked_kind = Kind::Array;
  library.add("Int", {"target"}, [](Frame&, IntLike target) {
    return target.nil ? Value() : Value::integer(target.value);
  });
  library.add("Double", {"target"}, [](Frame&, DoubleLike target) {
    return target.nil ? Value() : Value::real(target.value);
  });
  library.add("Bool", {"target"}, [](Frame&, BoolLike target) {
    return target.nil ? Value() : Value::boolean(target.value);
  });
  library.add("String", {"target"}, [](Frame&, Text target) {
    return target.nil ? Value() : Value::string(target.view);
  });
  library.add("IsEmpty", {"target"}, is_empty);
  library.add("IsValidLuhn", {"target"}, is_valid_luhn);
  library.add("Len", {"target"}, length);
  library.add("Hex", {"target"}, hex);
  library.add("Log", {"target"}, natural_logarithm);
}

}  // namespace sluice::ottl
