#include <algorithm>

#include "base/unicode_lower.h"
#include "base/utf8.h"
#include "ottl/function.h"
#include "ottl/functions/format.h"
#include "ottl/functions/functions.h"
#include "ottl/functions/text_case.h"

namespace sluice::ottl {
namespace {

Value own(Frame& frame, std::string_view text) { return Value::string(frame.arena->copy(text)); }

Value concat(Frame& frame, Args<Text> vals, std::string_view delimiter) {
  std::string out;
  for (uint32_t i = 0; i < vals.size(); ++i) {
    if (i != 0) out += delimiter;
    out += vals.values[i].nil ? "<nil>" : vals.values[i].view;
  }
  return own(frame, out);
}

/// As Go's strings.Split: an empty delimiter gives characters.
Value split(Frame& frame, std::string_view target, std::string_view delimiter) {
  ArenaVector<Value> parts;
  if (delimiter.empty()) {
    while (!target.empty()) {
      const size_t size = utf8::decode(target).size;
      parts.push_back(*frame.arena, Value::string(target.substr(0, size)));
      target.remove_prefix(size);
    }
    return list_value(parts);
  }
  size_t at = 0;
  while ((at = target.find(delimiter)) != std::string_view::npos) {
    parts.push_back(*frame.arena, Value::string(target.substr(0, at)));
    target.remove_prefix(at + delimiter.size());
  }
  parts.push_back(*frame.arena, Value::string(target));
  return list_value(parts);
}

bool starts_character(std::string_view text, size_t at) {
  return at >= text.size() || (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
}

/// Bytes. With `utf8_safe`, characters that do not lie in the range as a whole are left out.
Value substring(Frame& frame, std::string_view target, int64_t start, int64_t length,
                std::optional<Setting<bool>> utf8_safe) {
  if (start < 0) return frame.fail("the start of a substring must not be negative");
  if (length <= 0) return frame.fail("the length of a substring must be above zero");
  const auto size = static_cast<int64_t>(target.size());
  if (start > size || length > size - start) {
    return frame.fail("bytes ", std::to_string(start), " and on, ", std::to_string(length),
                      " of them, are not in a text of ", std::to_string(size));
  }
  auto from = static_cast<size_t>(start);
  auto to = static_cast<size_t>(start + length);
  if (utf8_safe && **utf8_safe) {
    while (!starts_character(target, from)) ++from;
    while (to > from && !starts_character(target, to)) --to;
    to = std::max(to, from);
  }
  return Value::string(target.substr(from, to - from));
}

/// Removes the characters of a set from both ends.
Value trim(Frame&, std::string_view target, std::optional<Setting<std::string>> replacement) {
  const std::string_view set = replacement ? std::string_view(**replacement) : " ";
  const auto in_set = [&](std::string_view character) {
    return set.find(character) != std::string_view::npos;
  };
  while (!target.empty()) {
    const size_t size = utf8::decode(target).size;
    if (!in_set(target.substr(0, size))) break;
    target.remove_prefix(size);
  }
  while (!target.empty()) {
    size_t at = target.size() - 1;
    while (at > 0 && !starts_character(target, at)) --at;
    if (!in_set(target.substr(at))) break;
    target.remove_suffix(target.size() - at);
  }
  return Value::string(target);
}

bool has_prefix(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}
bool has_suffix(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

template <std::string (*Convert)(std::string_view)>
Value convert_case(Frame& frame, std::string_view target) {
  return own(frame, Convert(target));
}

Value to_lower(Frame& frame, std::string_view target) {
  return Value::string(utf8::to_lower(target, *frame.arena));
}

struct Case {
  Value (*convert)(Frame&, std::string_view);
  static Result<Case> make(std::string_view name) {
    if (name == "lower") return Case{to_lower};
    if (name == "upper") return Case{convert_case<to_upper>};
    if (name == "snake") return Case{convert_case<to_snake>};
    if (name == "camel") return Case{convert_case<to_camel>};
    return invalid_argument("the case is \"lower\", \"upper\", \"snake\" or \"camel\"");
  }
};

}  // namespace

void add_string_functions(Library& library) {
  library.add("Concat", {"vals", "delimiter"}, concat);
  library.add("Split", {"target", "delimiter"}, split);
  library.add("Substring", {"target", "start", "length", "utf8_safe"}, substring);
  library.add("Trim", {"target", "replacement"}, trim);
  library.add(
      "TrimPrefix", {"target", "prefix"},
      [](Frame&, std::string_view target, std::string_view prefix) {
        return Value::string(has_prefix(target, prefix) ? target.substr(prefix.size()) : target);
      });
  library.add("TrimSuffix", {"target", "suffix"},
              [](Frame&, std::string_view target, std::string_view suffix) {
                return Value::string(has_suffix(target, suffix)
                                         ? target.substr(0, target.size() - suffix.size())
                                         : target);
              });
  library.add("HasPrefix", {"target", "prefix"},
              [](Frame&, std::string_view target, std::string_view prefix) {
                return Value::boolean(has_prefix(target, prefix));
              });
  library.add("HasSuffix", {"target", "suffix"},
              [](Frame&, std::string_view target, std::string_view suffix) {
                return Value::boolean(has_suffix(target, suffix));
              });
  library.add("ConvertCase", {"target", "to_case"},
              [](Frame& frame, std::string_view target, Setting<Case> to_case) {
                return to_case->convert(frame, target);
              });
  library.add("ToLowerCase", {"target"}, to_lower);
  library.add("ToUpperCase", {"target"}, convert_case<to_upper>);
  library.add("ToSnakeCase", {"target"}, convert_case<to_snake>);
  library.add("ToCamelCase", {"target"}, convert_case<to_camel>);
  library.add("Format", {"format", "vals"},
              [](Frame& frame, Setting<std::string> format, Args<Value> vals) {
                return own(frame, go_format(*format, {vals.values.data(), vals.size()}));
              });
}

}  // namespace sluice::ottl
