#include "config/expand.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/read_file.h"
#include "config/yaml.h"

namespace sluice::config {
namespace {

/// A value that names itself would be expanded for ever.
constexpr int kExpansionsMax = 1000;
/// Expansion doubles easily; no configuration is as large as this.
constexpr size_t kTextBytesMax = 16 << 20;

using ascii::is_digit;
using ascii::is_letter;

bool is_variable_name(std::string_view name) {
  if (name.empty() || is_digit(name.front())) return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

/// A scheme is two or more letters, digits, '+', '.' or '-' before a colon, a letter first.
std::optional<std::string_view> scheme_of(std::string_view uri) {
  const size_t colon = uri.find(':');
  if (colon == std::string_view::npos || colon < 2 || !is_letter(uri.front())) return {};
  const std::string_view scheme = uri.substr(0, colon);
  const bool valid = std::all_of(scheme.begin(), scheme.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '+' || c == '.' || c == '-';
  });
  return valid ? std::optional(scheme) : std::nullopt;
}

/// The YAML of a value, where text stays exactly as it was written and what is no YAML is text. A
/// tag with nothing behind it is one.
Retrieved from_yaml(std::string text, const std::string& source) {
  auto parsed = parse_yaml(text, source);
  const bool is_text =
      !parsed.ok() || parsed->is_string() ||
      (parsed->is_null() && text.rfind('!', 0) == 0 && text.rfind("!!null", 0) != 0);
  Node value = is_text ? Node::string(text, {source, 0, 0}) : std::move(parsed).value();
  return {std::move(text), std::move(value), {}};
}

/// "NAME", "NAME:-DEFAULT" or "NAME:?MESSAGE".
Result<Retrieved> from_environment(const std::string& expression, const Environment& environment) {
  const size_t separator = std::min(expression.find(":-"), expression.find(":?"));
  const std::string name = expression.substr(0, separator);
  if (!is_variable_name(name)) {
    return invalid_argument("\"" + name + "\" is no name of an environment variable, in ${env:" +
                            expression + "}: letters, digits and _, no digit first");
  }
  std::optional<std::string> value = environment(name);
  if (!value && separator != std::string::npos) {
    const std::string rest = expression.substr(separator + 2);
    if (expression[separator + 1] == '?') {
      return invalid_argument("the environment variable " + name + " is not set" +
                              (rest.empty() ? "" : ": " + rest));
    }
    value = rest;
  }
  Retrieved retrieved = from_yaml(value.value_or(""), "env:" + name);
  if (!value) retrieved.unset = name;
  return retrieved;
}

Result<Retrieved> from_file(const std::string& path) {
  auto text = read_file(path);
  if (!text.ok()) return text.status().with_context("cannot read the file " + path);
  return from_yaml(std::move(text).value(), path);
}

/// The first ${…} that can be replaced: the innermost one before the first closing brace that has
/// one. Empty: none. An odd number of dollar signs before it makes it text.
std::string_view find_reference(std::string_view text) {
  for (size_t from = 0;;) {
    const size_t close = text.find('}', from);
    if (close == std::string_view::npos) return {};
    const std::string_view before = text.substr(from, close - from);
    const size_t open = before.rfind("${");
    if (open != std::string_view::npos) {
      size_t dollars = 0;
      while (dollars < open && before[open - dollars - 1] == '$') ++dollars;
      if (dollars % 2 == 0) return text.substr(from + open, close - from - open + 1);
    }
    from = close + 1;
  }
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
}

class Expander {
 public:
  explicit Expander(const Environment& environment) : environment_(environment) {}

  void run(Node& node, const Place& place) {
    if (is_endless_) return;  // others may take as long
    for (int i = 0;; ++i) {
      if (i == kExpansionsMax) {
        is_endless_ = true;
        return place.error("a value that contains itself, without end");
      }
      bool changed = false;
      if (const Status s = step(node, place, changed); !s.ok()) return place.error(s.message());
      if (!changed) break;
      if (node.mark.line == 0) node.mark = place.mark();
    }
    for (size_t i = 0; i < node.items.size(); ++i) run(node.items[i], place.at(i, node.items[i]));
    for (auto& [key, value] : node.members) run(value, place.at(key, value));
    if (node.from_variable && !node.is_string()) node.from_variable = expand_text(node.text);
    if (node.is_string() || node.from_variable) replace_all(node.text, "$$", "$");
  }

 private:
  /// How a value that is no text was written, for an option that takes a text. False: it cannot be
  /// expanded, which only such an option minds.
  bool expand_text(std::string& text) const {
    for (int i = 0; i < kExpansionsMax && text.size() <= kTextBytesMax; ++i) {
      const std::string reference(find_reference(text));
      if (reference.empty()) return true;
      const auto got = retrieve(reference.substr(2, reference.size() - 3), environment_);
      if (!got.ok()) return false;
      replace_all(text, reference, got->text);
    }
    return false;
  }

  Status step(Node& node, const Place& place, bool& changed) {
    if (!node.is_string()) return {};
    const std::string_view reference = find_reference(node.text);
    if (reference.empty()) return {};
    const std::string uri(reference.substr(2, reference.size() - 3));
    if (uri.find('$') != std::string::npos)
      return invalid_argument("${" + uri + "} must not contain another $");
    auto got = retrieve(uri, environment_);
    if (!got.ok()) return got.status();
    if (!got->unset.empty()) {
      place.warning("the environment variable " + got->unset +
                    " is not set and stands for nothing; ${env:" + got->unset +
                    ":-TEXT} gives it a default");
    }
    changed = true;
    if (reference.size() == node.text.size()) {
      node = std::move(got->value);
      node.text = std::move(got->text);
      node.from_variable = true;
      return {};
    }
    replace_all(node.text, std::string(reference), got->text);
    if (node.text.size() > kTextBytesMax) return invalid_argument("a value beyond 16 MiB");
    return {};
  }

  const Environment& environment_;
  bool is_endless_ = false;
};

}  // namespace

Result<Retrieved> retrieve(const std::string& uri, const Environment& environment) {
  const auto scheme = scheme_of(uri);
  if (!scheme) return from_environment(uri, environment);
  const std::string rest = uri.substr(scheme->size() + 1);
  if (*scheme == "env") return from_environment(rest, environment);
  if (*scheme == "file") return from_file(rest);
  if (*scheme == "yaml") return from_yaml(rest, "yaml");
  return invalid_argument("the scheme \"" + std::string(*scheme) + "\" in ${" + uri +
                          "} is none of env, file, yaml");
}

void expand(Node& tree, const Environment& environment, Diagnostics& diagnostics) {
  Expander(environment).run(tree, Place(diagnostics, "", tree.mark));
}

void escape(Node& tree) {
  if (tree.is_string()) replace_all(tree.text, "$", "$$");
  for (Node& item : tree.items) escape(item);
  for (auto& [key, value] : tree.members) escape(value);
}

}  // namespace sluice::config
