// Maps and lists.

#include <algorithm>

#include "base/buffer.h"
#include "base/number_order.h"
#include "otlp/clone.h"
#include "otlp/value_text.h"
#include "ottl/function.h"
#include "ottl/functions/functions.h"

namespace sluice::ottl {
namespace {

Value coalesce(Frame&, Args<Value> values) {
  for (const Value& value : values) {
    if (!is_nil(value)) return value;
  }
  return {};
}

/// Where a value is in a list, by OTTL's `==`; -1 if it is not there.
int64_t position_in(const Value& list, const Value& value) {
  for (uint32_t i = 0; i < list.size; ++i) {
    if (equal(list.elements[i], value)) return i;
  }
  return -1;
}

Value index_of(Frame& frame, Sequence target, Value value) {
  const Value& whole = target.value;
  if (whole.kind == Kind::Array) return Value::integer(position_in(whole, value));
  if (whole.kind != Kind::String)
    return frame.fail("Index takes a text or a list, not a ", kind_name(whole.kind));
  if (value.kind != Kind::String)
    return frame.fail("a text is searched for a text, not for a ", kind_name(value.kind));
  const size_t at = whole.view().find(value.view());
  return Value::integer(at == std::string_view::npos ? -1 : static_cast<int64_t>(at));
}

Value contains_value(Frame&, ListArg target, Value item) {
  return Value::boolean(position_in(target.value, item) >= 0);
}

Value keys(Frame& frame, MapArg target) {
  ArenaVector<Value> out;
  for (uint32_t i = 0; i < target.value.size; ++i)
    out.push_back(*frame.arena, Value::string(target.value.members[i].key));
  return list_value(out);
}

Value values(Frame& frame, MapArg target) {
  ArenaVector<Value> out;
  for (uint32_t i = 0; i < target.value.size; ++i)
    out.push_back(*frame.arena, target.value.members[i].value);
  return list_value(out);
}

// ---- Sorting ----

struct Order {
  bool descending;
  static Result<Order> make(std::string_view text) {
    if (text == "asc") return Order{false};
    if (text == "desc") return Order{true};
    return invalid_argument("the order is \"asc\" or \"desc\"");
  }
};

bool is_number(const Value& value) { return value.kind == Kind::Int || value.kind == Kind::Double; }

double number_of(const Value& value) {
  return value.kind == Kind::Int ? static_cast<double>(value.int_value) : value.double_value;
}

/// Numbers by value, all else by its text. As in the original, a list stays as it is if it holds
/// bytes, lists or maps.
Value sort(Frame& frame, Sequence sequence, std::optional<Setting<Order>> order) {
  const Value& target = sequence.value;
  if (target.kind != Kind::Array)
    return frame.fail("Sort takes a list, not a ", kind_name(target.kind));
  const Value* begin = target.elements;
  const Value* end = begin + target.size;
  const bool sortable = std::none_of(begin, end, [](const Value& value) {
    return value.kind == Kind::Bytes || otlp::is_container(value);
  });
  if (!sortable) return target;
  const bool numbers = std::all_of(begin, end, is_number);
  const bool integers =
      std::all_of(begin, end, [](const Value& value) { return value.kind == Kind::Int; });
  struct Item {
    Value value;
    std::string text;
  };
  std::vector<Item> items(target.size);
  Buffer scratch;
  for (uint32_t i = 0; i < target.size; ++i) {
    items[i].value = target.elements[i];
    if (!numbers) items[i].text = otlp::value_text(target.elements[i], scratch);
  }
  const bool descending = order && (*order)->descending;
  std::stable_sort(items.begin(), items.end(), [&](const Item& a, const Item& b) {
    const Item& first = descending ? b : a;
    const Item& second = descending ? a : b;
    if (integers) return first.value.int_value < second.value.int_value;
    return numbers ? nan_first_less(number_of(first.value), number_of(second.value))
                   : first.text < second.text;
  });
  ArenaVector<Value> out;
  for (const Item& item : items) out.push_back(*frame.arena, item.value);
  return list_value(out);
}

// ---- SliceToMap ----

using Path = std::vector<std::string>;

/// What lies under a path of keys; null if a key is missing.
const Value* under(const Value& value, const Path& path) {
  const Value* at = &value;
  for (const std::string& key : path) {
    at = at->kind == Kind::Map ? find(*at, key) : nullptr;
    if (at == nullptr) return nullptr;
  }
  return at;
}

Value slice_to_map(Frame& frame, ListArg target, std::optional<Setting<Path>> key_path,
                   std::optional<Setting<Path>> value_path) {
  MapBuilder out(*frame.arena);
  for (uint32_t i = 0; i < target.value.size; ++i) {
    const Value& element = target.value.elements[i];
    std::string_view key;
    if (key_path) {
      const Value* found = under(element, **key_path);
      if (found == nullptr || !found->is_string() || (*key_path)->empty())
        return frame.fail("element ", std::to_string(i), " has no text under the path of its key");
      key = found->view();
    } else {
      key = frame.arena->copy(std::to_string(i));
    }
    const Value* value = value_path ? under(element, **value_path) : &element;
    if (value == nullptr || (value_path && (*value_path)->empty()))
      return frame.fail("element ", std::to_string(i), " has nothing under the path of its value");
    out[key] = *value;
  }
  return out.map();
}

// ---- ParseSeverity ----

/// The first number of "2xx" to "5xx"; 0 if it is something else.
int64_t first_of_class(std::string_view text) {
  const bool is_class =
      text.size() == 3 && text[0] >= '2' && text[0] <= '5' && text.substr(1) == "xx";
  return is_class ? (text[0] - '0') * 100 : 0;
}

/// What is wrong with a range; empty if nothing is.
std::string_view problem_of_range(const Value& range) {
  constexpr std::string_view kWanted =
      "a range is \"2xx\" to \"5xx\", or has a min and a max that are whole numbers";
  if (range.is_string()) return first_of_class(range.view()) != 0 ? "" : kWanted;
  if (range.kind != Kind::Map) return kWanted;
  for (const std::string_view end : {"min", "max"}) {
    const Value* number = find(range, end);
    if (number == nullptr || number->kind != Kind::Int) return kWanted;
  }
  return {};
}

std::string_view problem_of_criterion(const Value& criterion) {
  if (criterion.kind != Kind::Map) return "a criterion is a map with \"equals\" or \"range\"";
  if (const Value* equals = find(criterion, "equals")) {
    const bool is_texts = equals->kind == Kind::Array &&
                          std::all_of(equals->elements, equals->elements + equals->size,
                                      [](const Value& text) { return text.is_string(); });
    if (!is_texts) return "\"equals\" is a list of texts";
  }
  const Value* range = find(criterion, "range");
  return range == nullptr ? std::string_view() : problem_of_range(*range);
}

std::string_view problem_of_mapping(const Value& mapping) {
  for (uint32_t i = 0; i < mapping.size; ++i) {
    const Value& criteria = mapping.members[i].value;
    if (criteria.kind != Kind::Array) return "the criteria of a severity are a list";
    for (uint32_t j = 0; j < criteria.size; ++j) {
      const std::string_view problem = problem_of_criterion(criteria.elements[j]);
      if (!problem.empty()) return problem;
    }
  }
  return {};
}

/// REQUIRES: nothing is wrong with the criterion.
bool meets(const Value& target, const Value& criterion) {
  if (target.is_string()) {
    const Value* equals = find(criterion, "equals");
    return equals != nullptr && position_in(*equals, target) >= 0;
  }
  const Value* range = find(criterion, "range");
  if (range == nullptr) return false;
  if (range->is_string()) return target.int_value / 100 * 100 == first_of_class(range->view());
  return target.int_value >= find(*range, "min")->int_value &&
         target.int_value <= find(*range, "max")->int_value;
}

/// Levels, and lists of criteria for each. As in the original, a mapping that is no literal, or has
/// something wrong anywhere, fits nothing.
struct SeverityMapping {
  Value levels;
};

}  // namespace

template <>
struct Param<SeverityMapping> {
  struct Bound {
    ExprPtr levels;
    std::string_view problem;
  };
  static Status bind(Compiler& compiler, const ast::Value& argument, Bound& out) {
    SLUICE_RETURN_IF_ERROR(Param<MapArg>::bind(compiler, argument, out.levels));
    const Value* literal = out.levels->constant();
    out.problem = literal == nullptr ? "the mapping of severities must be a literal"
                                     : problem_of_mapping(*literal);
    return {};
  }
  static bool get(Frame& frame, const Bound& bound, SeverityMapping& out) {
    if (!bound.problem.empty()) {
      frame.fail(bound.problem);
      return false;
    }
    out.levels = *bound.levels->constant();
    return true;
  }
};

namespace {

Value parse_severity(Frame& frame, Value target, SeverityMapping mapping) {
  if (target.kind != Kind::String && target.kind != Kind::Int)
    return frame.fail("a severity is a text or a whole number, not a ", kind_name(target.kind));
  for (uint32_t i = 0; i < mapping.levels.size; ++i) {
    const KeyValue& level = mapping.levels.members[i];
    for (uint32_t j = 0; j < level.value.size; ++j) {
      if (meets(target, level.value.elements[j])) return Value::string(level.key);
    }
  }
  return frame.fail("no severity fits");
}

}  // namespace

void add_collection_functions(Library& library) {
  library.add("Coalesce", {"values"}, coalesce, [](const auto& bound) -> Status {
    if (!std::get<0>(bound).empty()) return {};
    return invalid_argument("at least one value is needed");
  });
  library.add("ContainsValue", {"target", "item"}, contains_value);
  library.add("Index", {"target", "value"}, index_of);
  library.add("Keys", {"target"}, keys);
  library.add("Values", {"target"}, values);
  library.add("Sort", {"target", "order"}, sort);
  library.add("SliceToMap", {"target", "key_path", "value_path"}, slice_to_map);
  library.add("ParseSeverity", {"target", "mapping"}, parse_severity);
}

}  // namespace sluice::ottl
