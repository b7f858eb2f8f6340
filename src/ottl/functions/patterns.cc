#include "ottl/functions/patterns.h"

#include "ottl/function.h"
#include "ottl/functions/functions.h"

namespace sluice::ottl {

Result<Pattern> Pattern::make(std::string_view text) {
  auto regex = Regex::compile(text);
  if (!regex.ok()) return regex.status();
  return Pattern{std::move(*regex)};
}

namespace {

void append_literal(char c, std::string& out) {
  constexpr std::string_view kSpecial = "\\.+*?()|[]{}^$";
  if (kSpecial.find(c) != std::string_view::npos) out += '\\';
  out += c;
}

/// A class from its opening bracket on; how many bytes it takes, 0 if it does not end.
size_t append_class(std::string_view text, std::string& out) {
  size_t i = 1;
  out += '[';
  if (i < text.size() && text[i] == '!') {
    out += '^';
    ++i;
  } else if (i < text.size() && text[i] == '^') {
    out += "\\^";
    ++i;
  }
  const size_t first = i;
  for (; i < text.size(); ++i) {
    if (text[i] == ']' && i > first) {
      out += ']';
      return i + 1;
    }
    if (text[i] == '\\' || text[i] == '[') out += '\\';
    out += text[i];
  }
  return 0;
}

}  // namespace

Result<Glob> Glob::make(std::string_view text) {
  std::string out = "\\A(?s:";
  int alternatives = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '*') {
      out += ".*";
    } else if (c == '?') {
      out += '.';
    } else if (c == '[') {
      const size_t size = append_class(text.substr(i), out);
      if (size == 0) return invalid_argument("the glob " + std::string(text) + " lacks a \"]\"");
      i += size - 1;
    } else if (c == '{') {
      out += "(?:";
      ++alternatives;
    } else if (c == '}' && alternatives > 0) {
      out += ')';
      --alternatives;
    } else if (c == ',' && alternatives > 0) {
      out += '|';
    } else if (c == '\\' && i + 1 < text.size()) {
      append_literal(text[++i], out);
    } else {
      append_literal(c, out);
    }
  }
  if (alternatives > 0) return invalid_argument("the glob " + std::string(text) + " lacks a \"}\"");
  auto regex = Regex::compile(out + ")\\z");
  if (!regex.ok()) return regex.status();
  return Glob(std::move(*regex));
}

namespace {

/// The named groups of the first match.
Value extract_patterns(Frame& frame, std::string_view target, Prepared<Pattern> pattern) {
  if (!pattern->regex.has_named_groups())
    return frame.fail("the regular expression has no named group");
  Attributes out;
  thread_local Regex::Groups groups;
  if (!pattern->regex.find(target, 0, groups)) return map_value(out);
  const std::vector<std::string>& names = pattern->regex.group_names();
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i].empty()) continue;
    find_or_add(out, frame.arena->copy(names[i]), *frame.arena) = Value::string(groups[i + 1]);
  }
  return map_value(out);
}

}  // namespace

void add_pattern_functions(Library& library) {
  library.add("IsMatch", {"target", "pattern"}, [](Frame&, Text target, Prepared<Pattern> pattern) {
    return Value::boolean(!target.nil && pattern->regex.matches(target.view));
  });
  library.add("ExtractPatterns", {"target", "pattern"}, extract_patterns);
  add_grok_functions(library);
}

}  // namespace sluice::ottl
