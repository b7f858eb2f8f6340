// Regular expressions put together from named parts: %{NAME}, %{NAME:field}, %{NAME:field:type}.

#include <charconv>
#include <unordered_map>

#include "ottl/function.h"
#include "ottl/functions/functions.h"

namespace sluice::ottl {
namespace {

using Definitions = std::unordered_map<std::string_view, std::string_view>;

const Definitions& standard_definitions() {
  static const Definitions definitions = {
#include "ottl/functions/grok_patterns.inc"
  };
  return definitions;
}

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

/// A dot cannot stand in the name of a group, so it is written as three underscores.
std::string group_name(std::string_view field) {
  std::string name;
  for (const char c : field) name += c == '.' ? std::string("___") : std::string(1, c);
  return name;
}

std::string field_name(std::string_view group) {
  std::string name;
  for (size_t i = 0; i < group.size(); ++i) {
    const bool dot = group.substr(i, 3) == "___";
    name += dot ? '.' : group[i];
    if (dot) i += 2;
  }
  return name;
}

/// One reference in a pattern.
struct Reference {
  std::string_view definition;
  std::string_view field;
  std::string_view type;
  size_t size = 0;  ///< of its text; 0 if there is none
};

/// The reference that the text begins with.
Reference parse_reference(std::string_view text) {
  if (text.substr(0, 2) != "%{") return {};
  size_t at = 2;
  const auto take = [&](std::string_view also) {
    const size_t start = at;
    while (at < text.size() && (is_word(text[at]) || also.find(text[at]) != std::string_view::npos))
      ++at;
    return text.substr(start, at - start);
  };
  const auto colon = [&] { return at < text.size() && text[at] == ':' && ++at != 0; };
  Reference found;
  found.definition = take("");
  if (found.definition.empty()) return {};
  if (colon()) {
    found.field = take("+.");
    if (found.field.empty()) return {};
    if (colon()) {
      found.type = take("");
      if (found.type.empty()) return {};
    }
  }
  if (at >= text.size() || text[at] != '}') return {};
  found.size = at + 1;
  return found;
}

/// What is needed to match, made from a pattern and definitions.
class Grok {
 public:
  static Result<Grok> compile(std::string_view pattern, const Definitions& own, bool named_only) {
    Expansion expansion{own, named_only, {}, {}, 0};
    SLUICE_RETURN_IF_ERROR(expansion.expand(pattern));
    std::vector<std::string> names;
    auto plain = take_names(expansion.out, names);
    if (!plain.ok()) return plain.status();
    auto regex = Regex::compile(*plain);
    if (!regex.ok()) return regex.status();
    Grok grok(std::move(*regex));
    for (size_t i = 0; i < names.size(); ++i) {
      if (names[i].empty()) continue;
      const auto type = expansion.types.find(names[i]);
      grok.fields_.push_back({i + 1, field_name(names[i]),
                              type == expansion.types.end() ? std::string() : type->second});
    }
    return grok;
  }

  bool has_fields() const { return !fields_.empty(); }

  Value extract(Frame& frame, std::string_view text) const {
    Attributes out;
    Regex::Groups groups;
    if (!regex_.find(text, 0, groups)) return map_value(out);
    for (const Field& field : fields_) {
      const std::string_view part = groups[field.group];
      if (part.empty()) continue;
      Value value;
      if (!typed(part, field.type, value)) {
        return frame.fail("\"", part, "\" in the field ", field.name, " is no ", field.type);
      }
      find_or_add(out, frame.arena->copy(field.name), *frame.arena) = value;
    }
    return map_value(out);
  }

 private:
  struct Field {
    size_t group;
    std::string name;
    std::string type;
  };

  /// References replaced by groups with what they stand for.
  struct Expansion {
    const Definitions& own;
    bool named_only;
    std::string out;
    std::unordered_map<std::string, std::string> types;
    int depth;

    Status expand(std::string_view text) {
      constexpr int kDeepest = 100;
      constexpr size_t kLongest = 1 << 20;
      if (++depth > kDeepest || out.size() > kLongest)
        return invalid_argument("the definitions of the grok pattern refer to themselves");
      while (!text.empty()) {
        const size_t at = std::min(text.find("%{"), text.size());
        out += text.substr(0, at);
        text.remove_prefix(at);
        const Reference reference = parse_reference(text);
        if (reference.size == 0) {
          out += text.substr(0, 1);
          text.remove_prefix(std::min<size_t>(1, text.size()));
          continue;
        }
        SLUICE_RETURN_IF_ERROR(add_group(reference));
        text.remove_prefix(reference.size);
      }
      --depth;
      return {};
    }

    Status add_group(const Reference& reference) {
      const bool has_field = !reference.field.empty();
      const std::string name =
          has_field ? group_name(reference.field) : std::string(reference.definition);
      if (!reference.type.empty()) types[name] = reference.type;
      auto found = own.find(reference.definition);
      if (found == own.end()) {
        found = standard_definitions().find(reference.definition);
        if (found == standard_definitions().end()) {
          return invalid_argument("there is no grok pattern named " +
                                  std::string(reference.definition));
        }
      }
      out += named_only && !has_field ? "(" : "(?P<" + name + ">";
      SLUICE_RETURN_IF_ERROR(expand(found->second));
      out += ')';
      return {};
    }
  };

  explicit Grok(Regex regex) : regex_(std::move(regex)) {}

  static Result<std::string> take_names(std::string_view text, std::vector<std::string>& names);
  static bool typed(std::string_view text, std::string_view type, Value& value);

  Regex regex_;
  std::vector<Field> fields_;
};

/// How many bytes of a class in brackets there are; the text begins with the bracket.
size_t class_size(std::string_view text) {
  size_t i = 1;
  if (i < text.size() && text[i] == '^') ++i;
  if (i < text.size() && text[i] == ']') ++i;
  for (; i < text.size(); ++i) {
    if (text[i] == ']') return i + 1;
    if (text[i] == '\\') ++i;
    if (text.substr(i, 2) == "[:") {
      const size_t end = text.find(":]", i);
      if (end != std::string_view::npos) i = end + 1;
    }
  }
  return text.size();
}

/// Makes named groups plain ones, as the same name often stands twice, and lists the names of all
/// groups, empty for those without.
Result<std::string> Grok::take_names(std::string_view text, std::vector<std::string>& names) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    size_t size = 1;
    if (text[i] == '\\') {
      const bool literal = text.substr(i, 2) == "\\Q";
      size = literal ? std::min(text.find("\\E", i), text.size()) - i : 2;
    } else if (text[i] == '[') {
      size = class_size(text.substr(i));
    } else if (text[i] == '(') {
      const size_t opening = text.substr(i, 4) == "(?P<" ? 4 : text.substr(i, 3) == "(?<" ? 3 : 0;
      if (opening != 0) {
        const size_t end = text.find('>', i);
        const std::string_view name =
            end == std::string_view::npos ? "" : text.substr(i + opening, end - i - opening);
        if (name.empty() || !std::all_of(name.begin(), name.end(), is_word))
          return invalid_argument("invalid name of a group in the grok pattern");
        names.emplace_back(name);
        out += '(';
        i = end + 1;
        continue;
      }
      if (text.substr(i, 2) != "(?") names.emplace_back();
    }
    out += text.substr(i, size);
    i += size;
  }
  return out;
}

template <typename T>
bool parse_number(std::string_view text, T& out) {
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') text.remove_prefix(1);
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), out);
  return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
}

bool Grok::typed(std::string_view text, std::string_view type, Value& value) {
  if (type.empty() || type == "string") {
    value = Value::string(text);
    return true;
  }
  if (type == "int" || type == "long") {
    int64_t number = 0;
    if (!parse_number(text, number)) return false;
    value = Value::integer(number);
    return true;
  }
  if (type == "float" || type == "double") {
    double number = 0;
    if (!parse_number(text, number)) return false;
    value = Value::real(number);
    return true;
  }
  if (type == "bool" || type == "boolean") {
    const auto is_one_of = [&](std::initializer_list<std::string_view> words) {
      return std::find(words.begin(), words.end(), text) != words.end();
    };
    const bool yes = is_one_of({"1", "t", "T", "true", "TRUE", "True"});
    value = Value::boolean(yes);
    return yes || is_one_of({"0", "f", "F", "false", "FALSE", "False"});
  }
  return false;
}

/// A pattern as it stands, compiled when the other arguments of the call are known.
class GrokText {
 public:
  static Result<GrokText> make(std::string_view text) { return GrokText(std::string(text)); }

  Result<const Grok*> compiled(const std::vector<std::string>& definitions, bool named_only) const {
    if (grok_) return &*grok_;
    Definitions own;
    for (const std::string& definition : definitions) {
      const std::string_view view = definition;
      const size_t equals = view.find('=');
      own[view.substr(0, equals)] = view.substr(equals + 1);
    }
    auto made = Grok::compile(text_, own, named_only);
    if (!made.ok()) return made.status();
    if (named_only && !made->has_fields())
      return invalid_argument("the grok pattern has no named field");
    return &grok_.emplace(std::move(*made));
  }

 private:
  explicit GrokText(std::string text) : text_(std::move(text)) {}
  std::string text_;
  mutable std::optional<Grok> grok_;
};

Status check_definitions(const std::vector<std::string>& definitions) {
  for (const std::string& definition : definitions) {
    const size_t equals = definition.find('=');
    if (equals == std::string::npos)
      return invalid_argument("the definition \"" + definition + "\" is not NAME=pattern");
    if (definition.substr(0, equals).find(':') != std::string::npos)
      return invalid_argument("a \":\" in the name of the definition \"" + definition + "\"");
  }
  return {};
}

const std::vector<std::string> kNoDefinitions;

/// Literals are compiled with the statement.
template <typename Bound>
Status check_grok(const Bound& bound) {
  const auto& pattern = std::get<1>(bound);
  const auto& named_only = std::get<2>(bound);
  const auto& definitions = std::get<3>(bound);
  if (definitions) SLUICE_RETURN_IF_ERROR(check_definitions(**definitions));
  if (!pattern.fixed) return {};
  return pattern.made
      ->compiled(definitions ? **definitions : kNoDefinitions, named_only && **named_only)
      .status();
}

Value extract_grok_patterns(Frame& frame, std::string_view target, Prepared<GrokText> pattern,
                            std::optional<Setting<bool>> named_captures_only,
                            std::optional<Setting<std::vector<std::string>>> pattern_definitions) {
  const auto grok = pattern->compiled(pattern_definitions ? **pattern_definitions : kNoDefinitions,
                                      named_captures_only && **named_captures_only);
  if (!grok.ok()) return frame.fail(grok.status().message());
  return (*grok)->extract(frame, target);
}

}  // namespace

void add_grok_functions(Library& library) {
  library.add("ExtractGrokPatterns",
              {"target", "pattern", "named_captures_only", "pattern_definitions"},
              extract_grok_patterns, [](const auto& bound) { return check_grok(bound); });
}

}  // namespace sluice::ottl
