// Functions that change records.

#include <algorithm>
#include <limits>
#include <map>

#include "otlp/value_text.h"
#include "ottl/function.h"
#include "ottl/functions/functions.h"
#include "ottl/functions/patterns.h"

namespace sluice::ottl {
namespace {

/// The map that a path leads to, as it is; false and an error if there is none.
bool read_map(Frame& frame, const Target& target, Value& out) {
  out = target.eval(frame);
  if (frame.failed()) return false;
  if (out.kind == Kind::Map) return true;
  frame.fail("expected a map but got ", kind_name(out.kind));
  return false;
}

/// Writes the members that `keep` accepts back.
template <typename Keep>
void filter_map(Frame& frame, const Target& target, Keep keep) {
  Value map;
  if (!read_map(frame, target, map)) return;
  ArenaVector<KeyValue> kept;
  kept.reserve(*frame.arena, map.size);
  for (uint32_t i = 0; i < map.size; ++i) {
    if (keep(map.members[i].key)) kept.push_back(*frame.arena, map.members[i]);
  }
  if (kept.size() != map.size) target.set(frame, map_value(kept));
}

/// As the original: the last entry moves into the gap.
void delete_key(Frame& frame, const Target* target, std::string_view key) {
  Value map;
  if (!read_map(frame, *target, map)) return;
  const Value* found = find(map, key);
  if (found == nullptr) return;
  ArenaVector<KeyValue> kept;
  kept.reserve(*frame.arena, map.size);
  for (uint32_t i = 0; i + 1 < map.size; ++i) {
    const bool gap = &map.members[i].value == found;
    kept.push_back(*frame.arena, map.members[gap ? map.size - 1 : i]);
  }
  target->set(frame, map_value(kept));
}

bool contains(const Args<std::string_view>& keys, std::string_view key) {
  return std::find(keys.values.begin(), keys.values.end(), key) != keys.values.end();
}

// ---- Replacing ----

/// What stands in for a match: a text with groups, perhaps through a function and a format.
struct Replacement {
  std::string_view text;
  const FunctionName* function = nullptr;
  std::optional<std::string_view> format;  ///< of the function's result
};

/// Whether a text has %s, and no other verb or flag.
bool is_replacement_format(std::string_view format) {
  for (size_t i = 0; i + 1 < format.size(); ++i) {
    if (format[i] == '%' && format[i + 1] != 's') return false;
  }
  return format.find("%s") != std::string_view::npos && format.find('\n') == std::string_view::npos;
}

/// The format's first %s is the value; what follows is written as Go does for missing values.
std::string formatted(std::string_view format, std::string_view value) {
  std::string out;
  bool used = false;
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') {
      out += format[i];
    } else if (i + 1 == format.size()) {
      out += "%!(NOVERB)";
    } else {
      out += used ? "%!s(MISSING)" : value;
      used = true;
      ++i;
    }
  }
  return out;
}

/// The replacement through its function; false if that failed.
bool apply(Frame& frame, const Replacement& replacement, std::string_view text, std::string& out) {
  if (replacement.function == nullptr) {
    out += text;
    return true;
  }
  const Value result = (*replacement.function)(frame, Value::string(frame.arena->copy(text)));
  if (frame.failed()) return false;
  if (result.kind != Kind::String) {
    frame.fail("the function of a replacement must give a text");
    return false;
  }
  if (!replacement.format) {
    out += result.view();
    return true;
  }
  if (!is_replacement_format(*replacement.format)) {
    frame.fail("the format of a replacement has %s, and no other directive");
    return false;
  }
  out += formatted(*replacement.format, result.view());
  return true;
}

/// False if there is no match, or the function failed.
bool replace_matches(Frame& frame, const Regex& regex, std::string_view text,
                     const Replacement& replacement, std::string_view& out) {
  if (!regex.matches(text)) return false;
  std::string made;
  const char* copied = text.data();
  regex.for_each(text, [&](const Regex::Groups& groups) {
    made.append(copied, static_cast<size_t>(groups[0].data() - copied));
    std::string expanded;
    regex.expand(replacement.text, groups, expanded);
    if (!frame.failed()) apply(frame, replacement, expanded, made);
    copied = groups[0].data() + groups[0].size();
  });
  made.append(copied, static_cast<size_t>(text.data() + text.size() - copied));
  out = frame.arena->copy(made);
  return !frame.failed();
}

Replacement replacement_of(std::string_view text, const std::optional<FunctionName>& function,
                           const std::optional<std::string_view>& format) {
  return {text, function ? &*function : nullptr, format};
}

enum class Part : uint8_t { Key, Value };
struct PartName {
  Part part;
  static Result<PartName> make(std::string_view text) {
    if (text == "key") return PartName{Part::Key};
    if (text == "value") return PartName{Part::Value};
    return invalid_argument("the mode is \"key\" or \"value\"");
  }
};

void replace_all_patterns(Frame& frame, const Target* target, Setting<PartName> mode,
                          Prepared<Pattern> pattern, std::string_view text,
                          std::optional<FunctionName> function,
                          std::optional<std::string_view> format) {
  Value map;
  if (!read_map(frame, *target, map)) return;
  const Replacement replacement = replacement_of(text, function, format);
  MapBuilder out(*frame.arena);
  out.reserve(map.size);
  for (uint32_t i = 0; i < map.size; ++i) {
    KeyValue member = map.members[i];
    std::string_view replaced;
    if (mode->part == Part::Value) {
      if (member.value.is_string() &&
          replace_matches(frame, pattern->regex, member.value.view(), replacement, replaced))
        member.value = Value::string(replaced);
      out.append(member.key) = member.value;
    } else {
      if (replace_matches(frame, pattern->regex, member.key, replacement, replaced))
        member.key = replaced;
      // As in the original, a key whose function fails is lost, and the statement goes on.
      if (!frame.failed()) out[member.key] = member.value;
    }
    frame.error = {};
  }
  target->set(frame, out.map());
}

void replace_pattern(Frame& frame, const Target* target, Prepared<Pattern> pattern,
                     std::string_view text, std::optional<FunctionName> function,
                     std::optional<std::string_view> format) {
  const Value value = target->eval(frame);
  if (frame.failed() || value.kind != Kind::String) return;
  std::string_view replaced;
  if (replace_matches(frame, pattern->regex, value.view(), replacement_of(text, function, format),
                      replaced))
    target->set(frame, Value::string(replaced));
}

/// The replacement of a whole text.
bool whole_replacement(Frame& frame, std::string_view text,
                       const std::optional<FunctionName>& function,
                       const std::optional<std::string_view>& format, std::string_view& out) {
  std::string made;
  if (!apply(frame, replacement_of(text, function, format), text, made)) return false;
  out = frame.arena->copy(made);
  return true;
}

void replace_match(Frame& frame, const Target* target, Prepared<Glob> glob, std::string_view text,
                   std::optional<FunctionName> function, std::optional<std::string_view> format) {
  const Value value = target->eval(frame);
  if (frame.failed() || value.kind != Kind::String || !glob->matches(value.view())) return;
  std::string_view replaced;
  if (whole_replacement(frame, text, function, format, replaced))
    target->set(frame, Value::string(replaced));
}

void replace_all_matches(Frame& frame, const Target* target, Prepared<Glob> glob,
                         std::string_view text, std::optional<FunctionName> function,
                         std::optional<std::string_view> format) {
  Value map;
  if (!read_map(frame, *target, map)) return;
  std::string_view replaced;
  if (!whole_replacement(frame, text, function, format, replaced)) return;
  Attributes out;
  out.reserve(*frame.arena, map.size);
  for (uint32_t i = 0; i < map.size; ++i) {
    KeyValue member = map.members[i];
    if (member.value.is_string() && glob->matches(member.value.view()))
      member.value = Value::string(replaced);
    out.push_back(*frame.arena, member);
  }
  target->set(frame, map_value(out));
}

// ---- Truncating, limiting ----

/// At most `limit` bytes; with `keep_characters` none is cut in two.
std::string_view truncated(std::string_view text, size_t limit, bool keep_characters) {
  if (limit >= text.size()) return text;
  size_t size = limit;
  while (keep_characters && size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80)
    --size;
  return text.substr(0, size);
}

void truncate_all(Frame& frame, const Target* target, Setting<int64_t> limit,
                  std::optional<Setting<bool>> utf8_safe,
                  std::optional<Setting<std::string>> truncation_marker) {
  Value map;
  if (!read_map(frame, *target, map)) return;
  const bool keep_characters = !utf8_safe || **utf8_safe;
  const std::string_view marker = truncation_marker ? **truncation_marker : std::string_view();
  const auto size = static_cast<size_t>(*limit);
  if (marker.size() > size && !marker.empty()) {
    frame.fail("the truncation marker is longer than the limit");
    return;
  }
  Attributes out;
  out.reserve(*frame.arena, map.size);
  for (uint32_t i = 0; i < map.size; ++i) {
    KeyValue member = map.members[i];
    if (member.value.is_string() && member.value.size > size) {
      const std::string_view kept =
          truncated(member.value.view(), size - marker.size(), keep_characters);
      member.value = Value::string(
          marker.empty() ? kept : frame.arena->copy(std::string(kept) + std::string(marker)));
    }
    out.push_back(*frame.arena, member);
  }
  target->set(frame, map_value(out));
}

/// Keeps the members of priority, and then the first others.
void limit_map(Frame& frame, const Target* target, Setting<int64_t> limit,
               Setting<std::vector<std::string>> priority) {
  Value map;
  if (!read_map(frame, *target, map)) return;
  if (static_cast<int64_t>(map.size) <= *limit) return;
  const auto is_priority = [&](std::string_view key) {
    return std::find(priority->begin(), priority->end(), key) != priority->end();
  };
  int64_t kept_priority = 0;
  for (uint32_t i = 0; i < map.size; ++i) kept_priority += is_priority(map.members[i].key) ? 1 : 0;
  int64_t others = *limit - kept_priority;
  filter_map(frame, *target,
             [&](std::string_view key) { return is_priority(key) || others-- > 0; });
}

/// Nothing becomes a list, a list grows, a value becomes the list's first element.
void append_to(Frame& frame, const Target* target, std::optional<Plain> value,
               std::optional<Args<Plain>> values) {
  const Value present = target->eval(frame);
  if (frame.failed()) return;
  ArenaVector<Value> list;
  if (present.kind == Kind::Array) {
    for (uint32_t i = 0; i < present.size; ++i) list.push_back(*frame.arena, present.elements[i]);
  } else if (present.kind == Kind::Map || present.kind > Kind::Map) {
    frame.fail("cannot append to a ", kind_name(present.kind));
    return;
  } else if (!is_nil(present)) {
    list.push_back(*frame.arena, present);
  }
  if (value) list.push_back(*frame.arena, value->value);
  if (values) {
    for (const Plain& each : *values) list.push_back(*frame.arena, each.value);
  }
  target->set(frame, list_value(list));
}

void delete_index(Frame& frame, const Target* target, int64_t start, std::optional<int64_t> end) {
  const Value list = target->eval(frame);
  if (frame.failed()) return;
  if (list.kind != Kind::Array) {
    frame.fail("expected a list but got ", kind_name(list.kind));
    return;
  }
  const int64_t last = end.value_or(start + 1);
  const bool all = start == 0 && last == list.size;
  if (!all && (start < 0 || start >= list.size || last < start || last > list.size)) {
    frame.fail("indexes ", std::to_string(start), " to ", std::to_string(last),
               " are not in the list of ", std::to_string(list.size));
    return;
  }
  ArenaVector<Value> kept;
  for (uint32_t i = 0; i < list.size; ++i) {
    if (i < start || i >= last) kept.push_back(*frame.arena, list.elements[i]);
  }
  target->set(frame, list_value(kept));
}

void set(Frame& frame, const Target* target, Value value) {
  if (!is_nil(value)) target->set(frame, value);
}

void stringify_all(Frame& frame, const Target* target) {
  Value map;
  if (!read_map(frame, *target, map)) return;
  Attributes out;
  out.reserve(*frame.arena, map.size);
  Buffer scratch;
  for (uint32_t i = 0; i < map.size; ++i) {
    KeyValue member = map.members[i];
    if (!member.value.is_string())
      member.value = Value::string(frame.arena->copy(otlp::value_text(member.value, scratch)));
    out.push_back(*frame.arena, member);
  }
  target->set(frame, map_value(out));
}

}  // namespace

namespace {

/// Those that routes may use, too.
void add_shared_editors(Library& library) {
  library.add("delete_key", {"target", "key"}, delete_key);
  library.add("delete_matching_keys", {"target", "pattern"},
              [](Frame& frame, const Target* target, Prepared<Pattern> pattern) {
                filter_map(frame, *target,
                           [&](std::string_view key) { return !pattern->regex.matches(key); });
              });
  library.add("append", {"target", "value", "values"}, append_to, [](const auto& bound) -> Status {
    if (std::get<1>(bound) || std::get<2>(bound)) return {};
    return invalid_argument("it takes a value or values");
  });
  library.add("delete_index", {"target", "start_index", "end_index"}, delete_index);
}

}  // namespace

void add_routing_editors(Library& library) {
  add_shared_editors(library);
  library.add("route", {}, [](Frame&) {});
}

void add_editors(Library& library) {
  add_shared_editors(library);
  library.add("set", {"target", "value"}, set);
  library.add("keep_matching_keys", {"target", "pattern"},
              [](Frame& frame, const Target* target, Prepared<Pattern> pattern) {
                filter_map(frame, *target,
                           [&](std::string_view key) { return pattern->regex.matches(key); });
              });
  library.add("keep_keys", {"target", "keys"},
              [](Frame& frame, const Target* target, Args<std::string_view> keys) {
                filter_map(frame, *target,
                           [&](std::string_view key) { return contains(keys, key); });
              });
  library.add("limit", {"target", "limit", "priority_keys"}, limit_map,
              [](const auto& bound) -> Status {
                if (*std::get<1>(bound) >= static_cast<int64_t>(std::get<2>(bound)->size()))
                  return {};
                return invalid_argument("there are more priority keys than the limit allows");
              });
  add_merging_editors(library);
  library.add("replace_pattern",
              {"target", "regex_pattern", "replacement", "function", "replacement_format"},
              replace_pattern);
  library.add("replace_all_patterns",
              {"target", "mode", "regex_pattern", "replacement", "function", "replacement_format"},
              replace_all_patterns);
  library.add("replace_match",
              {"target", "pattern", "replacement", "function", "replacement_format"},
              replace_match);
  library.add("replace_all_matches",
              {"target", "pattern", "replacement", "function", "replacement_format"},
              replace_all_matches);
  library.add("stringify_all", {"target"}, stringify_all);
  library.add("truncate_all", {"target", "limit", "utf8_safe", "truncation_marker"}, truncate_all);
}

}  // namespace sluice::ottl
