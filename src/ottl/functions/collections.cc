// Maps and lists.

#include <algorithm>

#include "base/buffer.h"
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

Value index_of(Frame& frame, Value target, Value value) {
  if (target.kind == Kind::Array) return Value::integer(position_in(target, value));
  if (target.kind != Kind::String)
    return frame.fail("Index takes a text or a list, not a ", kind_name(target.kind));
  if (value.kind != Kind::String)
    return frame.fail("a text is searched for a text, not for a ", kind_name(value.kind));
  const size_t at = target.view().find(value.view());
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

/// Numbers by value, all else by its text.
Value sort(Frame& frame, Value target, std::optional<Setting<Order>> order) {
  if (target.kind != Kind::Array)
    return frame.fail("Sort takes a list, not a ", kind_name(target.kind));
  const Value* begin = target.elements;
  const Value* end = begin + target.size;
  const auto is_map = [](const Value& value) { return value.kind == Kind::Map; };
  if (target.size != 0 && std::all_of(begin, end, is_map)) return frame.fail("maps have no order");
  const auto is_nested = [](const Value& value) {
    return value.kind == Kind::Map || value.kind == Kind::Array;
  };
  if (std::any_of(begin, end, is_nested)) return target;  // as in the original
  const bool numbers = std::all_of(begin, end, is_number);
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
    return numbers ? number_of(first.value) < number_of(second.value) : first.text < second.text;
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
    if (value == nullptr)
      return frame.fail("element ", std::to_string(i), " has nothing under the path of its value");
    out[key] = *value;
  }
  return out.map();
}

// ---- ParseSeverity ----

/// Whether one criterion of a severity holds: texts, a range of numbers, or "2xx" for such a range.
/// False, and an error in the frame, if it is written wrong.
bool in_range(Frame& frame, const Value& range, int64_t number) {
  if (range.is_string()) {
    const std::string_view text = range.view();
    if (text.size() == 3 && text[0] >= '1' && text[0] <= '5' && text.substr(1) == "xx")
      return number / 100 == text[0] - '0';
    frame.fail("a range is \"1xx\" to \"5xx\", or has a min and a max");
    return false;
  }
  const Value* least = range.kind == Kind::Map ? find(range, "min") : nullptr;
  const Value* most = range.kind == Kind::Map ? find(range, "max") : nullptr;
  if (least == nullptr || most == nullptr || least->kind != Kind::Int || most->kind != Kind::Int) {
    frame.fail("a range is \"1xx\" to \"5xx\", or has a min and a max that are whole numbers");
    return false;
  }
  return number >= least->int_value && number <= most->int_value;
}

bool meets(Frame& frame, const Value& target, const Value& criterion) {
  if (criterion.kind != Kind::Map) {
    frame.fail("a criterion is a map with \"equals\" or \"range\"");
    return false;
  }
  if (const Value* equals = find(criterion, "equals"); equals != nullptr && target.is_string()) {
    if (equals->kind != Kind::Array) {
      frame.fail("\"equals\" is a list of texts");
      return false;
    }
    for (uint32_t i = 0; i < equals->size; ++i) {
      if (equals->elements[i].is_string() && equals->elements[i].view() == target.view())
        return true;
    }
  }
  const Value* range = find(criterion, "range");
  return range != nullptr && target.kind == Kind::Int && in_range(frame, *range, target.int_value);
}

Value parse_severity(Frame& frame, Value target, MapArg severity_mapping) {
  if (target.kind != Kind::String && target.kind != Kind::Int)
    return frame.fail("a severity is a text or a whole number, not a ", kind_name(target.kind));
  for (uint32_t i = 0; i < severity_mapping.value.size; ++i) {
    const KeyValue& level = severity_mapping.value.members[i];
    if (level.value.kind != Kind::Array) return frame.fail("the criteria of a severity are a list");
    for (uint32_t j = 0; j < level.value.size; ++j) {
      if (meets(frame, target, level.value.elements[j])) return Value::string(level.key);
      if (frame.failed()) return {};
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
  library.add("ParseSeverity", {"target", "severity_mapping"}, parse_severity);
}

}  // namespace sluice::ottl
