#include "ottl/functions/key_value.h"

#include <algorithm>
#include <vector>

#include "base/buffer.h"
#include "base/utf8.h"
#include "otlp/value_text.h"

namespace sluice::ottl {
namespace {

/// Cuts at delimiters outside of quotes; quotes are dropped, but for those behind a backslash,
/// which may itself be behind one and then escapes nothing. False if a quote does not end.
bool split_pairs(std::string_view text, std::string_view delimiter, std::vector<std::string>& out) {
  std::string pair;
  char quote = '\0';
  bool escaped = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == '\0' && text.substr(i, delimiter.size()) == delimiter) {
      if (!pair.empty()) out.push_back(std::move(pair));
      pair.clear();
      i += delimiter.size() - 1;
    } else if (quote == '\0' && (c == '"' || c == '\'') && !escaped) {
      quote = c;
    } else if (c == quote && quote != '\0' && !escaped) {
      quote = '\0';
    } else {
      pair += c;
      escaped = c == '\\' && !escaped;
    }
  }
  if (!pair.empty()) out.push_back(std::move(pair));
  return quote == '\0';
}

std::string escaped_and_quoted(std::string_view text, std::string_view delimiter,
                               std::string_view pair_delimiter) {
  std::string out;
  for (const char c : text) {
    if (c == '"') out += '\\';
    out += c;
  }
  const bool needs_quotes = text.find(delimiter) != std::string_view::npos ||
                            text.find(pair_delimiter) != std::string_view::npos;
  return needs_quotes ? "\"" + out + "\"" : out;
}

}  // namespace

bool parse_key_values(std::string_view text, std::string_view delimiter,
                      std::string_view pair_delimiter, Arena& arena, MapBuilder& out,
                      std::string& error) {
  if (text.empty()) {
    error = "the text is empty";
    return false;
  }
  std::vector<std::string> pairs;
  if (!split_pairs(text, pair_delimiter, pairs)) {
    error = "a quote does not end";
    return false;
  }
  for (const std::string& pair : pairs) {
    const size_t at = pair.find(delimiter);
    if (at == std::string::npos) {
      error = "there is no \"" + std::string(delimiter) + "\" in \"" + pair + "\"";
      return false;
    }
    const std::string_view key = utf8::trim_space(std::string_view(pair).substr(0, at));
    const std::string_view value =
        utf8::trim_space(std::string_view(pair).substr(at + delimiter.size()));
    out[arena.copy(key)] = Value::string(arena.copy(value));
  }
  return true;
}

std::string key_value_string(const Value& map, std::string_view delimiter,
                             std::string_view pair_delimiter, bool sorted) {
  std::vector<const KeyValue*> members;
  for (uint32_t i = 0; i < map.size; ++i) members.push_back(&map.members[i]);
  if (sorted) {
    std::stable_sort(members.begin(), members.end(),
                     [](const KeyValue* a, const KeyValue* b) { return a->key < b->key; });
  }
  std::string out;
  Buffer scratch;
  for (const KeyValue* member : members) {
    if (member != members.front()) out += pair_delimiter;
    out += escaped_and_quoted(member->key, delimiter, pair_delimiter);
    out += delimiter;
    out += escaped_and_quoted(otlp::value_text(member->value, scratch), delimiter, pair_delimiter);
  }
  return out;
}

}  // namespace sluice::ottl
