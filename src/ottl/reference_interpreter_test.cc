#include "ottl/reference_interpreter_test.h"

#include <algorithm>
#include <optional>

#include "ottl/value.h"
#include "testing/ottl_evaluate.h"

namespace sluice::ottl::reference {
namespace {

using Kind = Value::Kind;

struct Failure {};
struct NotKnown {};

Value of_bool(bool b) {
  Value v;
  v.kind = Kind::Bool;
  v.boolean = b;
  return v;
}
Value of_int(int64_t i) {
  Value v;
  v.kind = Kind::Int;
  v.integer = i;
  return v;
}
Value of_double(double d) {
  Value v;
  v.kind = Kind::Double;
  v.real = d;
  return v;
}
Value of_text(std::string text) {
  Value v;
  v.kind = Kind::String;
  v.text = std::move(text);
  return v;
}
Value empty(Kind kind) {
  Value v;
  v.kind = kind;
  return v;
}

Value copied(const otlp::Value& from) {
  using From = otlp::ValueKind;
  Value v;
  switch (from.kind) {
    case From::None: return v;
    case From::Bool: return of_bool(from.bool_value);
    case From::Int: return of_int(from.int_value);
    case From::Double: return of_double(from.double_value);
    case From::String: return of_text(std::string(from.view()));
    case From::Bytes: throw NotKnown();
    case From::Array:
      v.kind = Kind::List;
      for (uint32_t i = 0; i < from.size; ++i) v.list.push_back(copied(from.elements[i]));
      return v;
    case From::Map:
      v.kind = Kind::Map;
      for (uint32_t i = 0; i < from.size; ++i)
        v.map.emplace_back(from.members[i].key, copied(from.members[i].value));
      return v;
  }
  return v;
}

Value* member(Value& map, const std::string& key) {
  for (auto& [name, value] : map.map) {
    if (name == key) return &value;
  }
  return nullptr;
}

Value& member_or_new(Value& map, const std::string& key) {
  if (Value* known = member(map, key)) return *known;
  return map.map.emplace_back(key, Value()).second;
}

bool same(const Value& a, const Value& b) {
  if (a.kind != b.kind) return false;
  if (a.kind == Kind::Map) {
    return a.map.size() == b.map.size() &&
           std::all_of(a.map.begin(), a.map.end(), [&](const auto& one) {
             const Value* other = member(const_cast<Value&>(b), one.first);
             return other != nullptr && same(one.second, *other);
           });
  }
  return a.boolean == b.boolean && a.integer == b.integer && a.real == b.real && a.text == b.text &&
         std::equal(a.list.begin(), a.list.end(), b.list.begin(), b.list.end(), same);
}

/// -1, 0, 1; 2 where there is no order (NaN).
int order(double a, double b) { return a < b ? -1 : a > b ? 1 : a == b ? 0 : 2; }

bool decide(const std::string& op, int order) {
  if (op == "==") return order == 0;
  if (op == "!=") return order != 0;
  if (op == "<") return order == -1;
  if (op == "<=") return order == -1 || order == 0;
  if (op == ">") return order == 1;
  return order == 1 || order == 0;
}

bool compare(const Value& a, const std::string& op, const Value& b) {
  const auto is_number = [](const Value& v) {
    return v.kind == Kind::Int || v.kind == Kind::Double;
  };
  const auto number = [](const Value& v) {
    return v.kind == Kind::Int ? static_cast<double>(v.integer) : v.real;
  };
  if (a.kind == Kind::Int && b.kind == Kind::Int)
    return decide(op, a.integer < b.integer ? -1 : a.integer > b.integer ? 1 : 0);
  if (is_number(a) && is_number(b)) return decide(op, order(number(a), number(b)));
  if (a.kind != b.kind) return op == "!=";
  if (a.kind == Kind::Nil) return decide(op, 0);
  if (a.kind == Kind::Bool) return decide(op, order(a.boolean, b.boolean));
  if (a.kind == Kind::String) return decide(op, a.text < b.text ? -1 : a.text == b.text ? 0 : 1);
  if (op == "==" || op == "!=") return same(a, b) == (op == "==");
  return false;
}

Value compute(const Value& a, char op, const Value& b) {
  const bool whole = a.kind == Kind::Int && b.kind == Kind::Int;
  const auto number = [](const Value& v) {
    if (v.kind == Kind::Int) return static_cast<double>(v.integer);
    if (v.kind == Kind::Double) return v.real;
    throw Failure();
  };
  const double x = number(a);
  const double y = number(b);
  if (op == '/' && y == 0) throw Failure();
  if (!whole) return of_double(op == '+' ? x + y : op == '-' ? x - y : op == '*' ? x * y : x / y);
  const auto u = static_cast<uint64_t>(a.integer);
  const auto w = static_cast<uint64_t>(b.integer);
  if (op == '/') return of_int(b.integer == -1 ? static_cast<int64_t>(-u) : a.integer / b.integer);
  return of_int(static_cast<int64_t>(op == '+' ? u + w : op == '-' ? u - w : u * w));
}

class Interpreter {
 public:
  explicit Interpreter(Record& record) : record_(record) {}

  void run(const ast::Statement& statement) {
    if (statement.where && !holds(*statement.where)) return;
    edit(statement.editor);
  }

 private:
  // ---- Conditions ----

  /// What a condition is for every record; literals decide before anything is evaluated.
  std::optional<bool> constant(const ast::Condition& condition) {
    using C = ast::Condition::Kind;
    if (condition.kind == C::Constant) return condition.constant;
    if (condition.kind == C::Not) {
      const auto inner = constant(condition.parts.front());
      return inner ? std::optional<bool>(!*inner) : std::nullopt;
    }
    if (condition.kind == C::Or || condition.kind == C::And) {
      const bool any = condition.kind == C::Or;
      for (const ast::Condition& part : condition.parts) {
        if (constant(part) == any) return any;
      }
    }
    if (condition.kind == C::Compare && is_constant(condition.sides[0]) &&
        is_constant(condition.sides[1]))
      return compare(value(condition.sides[0]), condition.op, value(condition.sides[1]));
    return std::nullopt;
  }

  bool is_constant(const ast::Value& v) {
    using K = ast::Value::Kind;
    switch (v.kind) {
      case K::Nil:
      case K::Bool:
      case K::Int:
      case K::Float:
      case K::String:
      case K::Name: return true;
      case K::List:
        if (v.items.empty()) return false;
        break;
      case K::Map:
        return !v.members.empty() &&
               std::all_of(v.members.begin(), v.members.end(),
                           [&](const ast::MapItem& member) { return is_constant(*member.value); });
      case K::Sign:
      case K::Arithmetic: break;
      default: return false;
    }
    if (!std::all_of(v.items.begin(), v.items.end(),
                     [&](const ast::Value& item) { return is_constant(item); }))
      return false;
    try {
      value(v);
      return true;
    } catch (Failure) {
      return false;  // it fails for every record, when it is its turn
    }
  }

  bool holds(const ast::Condition& condition) {
    using C = ast::Condition::Kind;
    if (const auto known = constant(condition)) return *known;
    switch (condition.kind) {
      case C::Not: return !holds(condition.parts.front());
      case C::Compare: {
        const Value left = value(condition.sides[0]);
        return compare(left, condition.op, value(condition.sides[1]));
      }
      case C::Converter: {
        const Value result = value(condition.sides.front());
        if (result.kind != Kind::Bool) throw Failure();
        return result.boolean;
      }
      default: break;
    }
    const bool any = condition.kind == C::Or;
    for (const ast::Condition& part : condition.parts) {
      if (holds(part) == any) return any;
    }
    return !any;
  }

  // ---- Values ----

  Value value(const ast::Value& v) {
    using K = ast::Value::Kind;
    switch (v.kind) {
      case K::Nil: return {};
      case K::Bool: return of_bool(v.boolean);
      case K::Int: return of_int(v.integer);
      case K::Float: return of_double(v.real);
      case K::String: return of_text(v.text);
      case K::List: {
        Value list = empty(Kind::List);
        for (const ast::Value& item : v.items) list.list.push_back(value(item));
        return list;
      }
      case K::Map: {
        Value map = empty(Kind::Map);
        for (const ast::MapItem& item : v.members)
          member_or_new(map, item.key) = value(*item.value);
        return map;
      }
      case K::Sign: {
        const Value operand = value(v.items.front());
        if (operand.kind == Kind::Double) return of_double(-operand.real);
        if (operand.kind != Kind::Int) throw Failure();
        return compute(of_int(0), '-', operand);
      }
      case K::Arithmetic: {
        Value result = value(v.items.front());
        for (size_t i = 1; i < v.items.size(); ++i)
          result = compute(result, v.text[i - 1], value(v.items[i]));
        return result;
      }
      case K::Path: return read(*v.path);
      case K::Converter: return call(*v.call);
      default: throw NotKnown();
    }
  }

  /// What may be added to a list: no map, and no list but a literal one.
  Value plain(const ast::Value& v) {
    if (v.kind == ast::Value::Kind::List) {
      Value list = empty(Kind::List);
      for (const ast::Value& item : v.items) list.list.push_back(plain(item));
      return list;
    }
    Value made = value(v);
    if (made.kind == Kind::List || made.kind == Kind::Map) throw Failure();
    return made;
  }

  /// The element of a list or map; null where a map has no such key.
  static Value* element(Value& whole, const Value& key) {
    if (whole.kind == Kind::Map && key.kind == Kind::String) return member(whole, key.text);
    if (whole.kind != Kind::List || key.kind != Kind::Int) throw Failure();
    if (key.integer < 0 || key.integer >= static_cast<int64_t>(whole.list.size())) throw Failure();
    return &whole.list[static_cast<size_t>(key.integer)];
  }

  std::string field(const ast::Path& path) const {
    if (path.fields.size() != 2 || path.fields[0].name != "log") throw NotKnown();
    return path.fields[1].name;
  }
  Value* root(const std::string& name) {
    if (name == "body") return &record_.body;
    if (name == "attributes") return &record_.attributes;
    if (name == "cache") return &record_.cache;
    return nullptr;
  }

  Value read(const ast::Path& path) {
    const std::string name = field(path);
    if (name == "severity_text") return of_text(record_.severity_text);
    if (name == "severity_number") return of_int(record_.severity_number);
    Value* at = root(name);
    if (at == nullptr) throw NotKnown();
    std::vector<Value> keys;
    for (const ast::Value& key : path.fields[1].keys) keys.push_back(value(key));
    for (const Value& key : keys) {
      at = element(*at, key);
      if (at == nullptr) return {};
    }
    return *at;
  }

  // ---- Functions ----

  std::string text_argument(const ast::Call& call, size_t i) {
    const Value v = value(*call.arguments[i].value);
    if (v.kind != Kind::String) throw Failure();
    return v.text;
  }

  Value call(const ast::Call& call) {
    Value result = apply(call);
    for (const ast::Value& key : call.keys) {
      Value* inner = element(result, value(key));
      if (inner == nullptr) throw Failure();
      result = Value(*inner);
    }
    return result;
  }

  Value apply(const ast::Call& call) {
    const std::string& name = call.name;
    if (name == "Concat") return concat(call);
    if (name == "HasPrefix") {
      const std::string text = text_argument(call, 0);
      return of_bool(text.rfind(text_argument(call, 1), 0) == 0);
    }
    const Value v = value(*call.arguments[0].value);
    if (name == "IsString") return of_bool(v.kind == Kind::String);
    if (name == "IsMap") return of_bool(v.kind == Kind::Map);
    if (name == "Coalesce") {
      for (const Value& one : v.list) {
        if (one.kind != Kind::Nil) return one;
      }
      return {};
    }
    if (name == "Len") {
      if (v.kind == Kind::String) return of_int(static_cast<int64_t>(v.text.size()));
      if (v.kind == Kind::List) return of_int(static_cast<int64_t>(v.list.size()));
      if (v.kind == Kind::Map) return of_int(static_cast<int64_t>(v.map.size()));
      throw Failure();
    }
    if (name == "Keys") {
      if (v.kind != Kind::Map) throw Failure();
      Value keys = empty(Kind::List);
      for (const auto& one : v.map) keys.list.push_back(of_text(one.first));
      return keys;
    }
    if (name == "Int") {
      if (v.kind == Kind::Int || v.kind == Kind::Nil) return v;
      if (v.kind == Kind::Bool) return of_int(v.boolean ? 1 : 0);
      if (v.kind == Kind::List || v.kind == Kind::Map) throw Failure();
    }
    throw NotKnown();
  }

  Value concat(const ast::Call& call) {
    const Value values = value(*call.arguments[0].value);
    const std::string delimiter = text_argument(call, 1);
    std::string out;
    for (size_t i = 0; i < values.list.size(); ++i) {
      const Value& one = values.list[i];
      if (i != 0) out += delimiter;
      switch (one.kind) {
        case Kind::Nil: out += "<nil>"; break;
        case Kind::Bool: out += one.boolean ? "true" : "false"; break;
        case Kind::Int: out += std::to_string(one.integer); break;
        case Kind::String: out += one.text; break;
        default: throw NotKnown();
      }
    }
    return of_text(out);
  }

  // ---- Editors ----

  void write(const ast::Path& path, const Value& new_value) {
    const std::string name = field(path);
    if (name == "severity_text") {
      if (new_value.kind != Kind::String) throw Failure();
      record_.severity_text = new_value.text;
      return;
    }
    if (name == "severity_number") {
      if (new_value.kind != Kind::Int) throw Failure();
      record_.severity_number = static_cast<int32_t>(new_value.integer);
      return;
    }
    Value* at = root(name);
    if (at == nullptr) throw NotKnown();
    std::vector<Value> keys;
    for (const ast::Value& key : path.fields[1].keys) keys.push_back(value(key));
    if (name != "body" && keys.empty() && new_value.kind != Kind::Map) throw Failure();
    if (name != "body" && !keys.empty() && keys[0].kind != Kind::String) throw Failure();
    if (name == "body" && !keys.empty() && at->kind == Kind::Nil) throw Failure();
    for (const Value& key : keys) at = &place(*at, key);
    *at = new_value;
  }

  /// What is missing on the way is made.
  static Value& place(Value& at, const Value& key) {
    if (at.kind == Kind::Nil && key.kind == Kind::String) at = empty(Kind::Map);
    if (at.kind == Kind::Nil && key.kind == Kind::Int) {
      at = empty(Kind::List);
      if (key.integer >= 0) at.list.resize(static_cast<size_t>(key.integer) + 1);
    }
    if (at.kind == Kind::Nil) throw Failure();
    if (at.kind == Kind::Map && key.kind == Kind::String) return member_or_new(at, key.text);
    return *element(at, key);
  }

  void edit(const ast::Call& call) {
    const ast::Path& path = *call.arguments[0].value->path;
    if (call.name == "set") {
      const Value new_value = value(*call.arguments[1].value);
      if (new_value.kind != Kind::Nil) write(path, new_value);
      return;
    }
    Value target = read(path);
    if (call.name == "append") {
      if (target.kind == Kind::Map) throw Failure();
      Value list = empty(Kind::List);
      if (target.kind == Kind::List) list = target;
      if (target.kind != Kind::List && target.kind != Kind::Nil) list.list.push_back(target);
      list.list.push_back(plain(*call.arguments[1].value));
      write(path, list);
      return;
    }
    if (target.kind != Kind::Map) throw Failure();
    auto& members = target.map;
    if (call.name == "delete_key") {
      const std::string key = text_argument(call, 1);
      for (size_t i = 0; i < members.size(); ++i) {
        if (members[i].first != key) continue;
        std::swap(members[i], members.back());
        members.pop_back();
        break;
      }
    } else if (call.name == "keep_keys") {
      const Value keys = value(*call.arguments[1].value);
      members.erase(std::remove_if(members.begin(), members.end(),
                                   [&](const auto& one) {
                                     return std::none_of(
                                         keys.list.begin(), keys.list.end(),
                                         [&](const Value& key) { return key.text == one.first; });
                                   }),
                    members.end());
    } else {
      throw NotKnown();
    }
    write(path, target);
  }

  Record& record_;
};

std::string dump(const Value& v) {
  std::string out;
  switch (v.kind) {
    case Kind::Nil: return "nil";
    case Kind::Bool: return v.boolean ? "true" : "false";
    case Kind::Int: return std::to_string(v.integer);
    case Kind::Double: return testing::dump(otlp::Value::real(v.real));
    case Kind::String: return testing::dump(otlp::Value::string(v.text));
    case Kind::List:
      for (const Value& one : v.list) out += (out.empty() ? "" : ", ") + dump(one);
      return "[" + out + "]";
    case Kind::Map:
      for (const auto& [key, one] : v.map)
        out += (out.empty() ? "" : ", ") + key + ": " + dump(one);
      return "{" + out + "}";
  }
  return out;
}

}  // namespace

Record record_of(const otlp::LogRecord& log) {
  Record record;
  record.body = copied(log.body);
  record.attributes = copied(ottl::map_value(log.attributes));
  record.cache = empty(Kind::Map);
  record.severity_text = log.severity_text;
  record.severity_number = log.severity_number;
  return record;
}

std::string dump(const Record& record) {
  return dump(record.body) + " " + dump(record.attributes) + " " + dump(record.cache) + " " +
         record.severity_text + " " + std::to_string(record.severity_number);
}

Outcome run(const ast::Statement& statement, Record& record) {
  try {
    Interpreter(record).run(statement);
    return Outcome::Done;
  } catch (Failure) {
    return Outcome::Failed;
  } catch (NotKnown) {
    return Outcome::Unknown;
  }
}

}  // namespace sluice::ottl::reference
