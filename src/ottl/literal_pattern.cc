#include "ottl/literal_pattern.h"

#include <cstring>

#include "base/ascii.h"

namespace sluice::ottl {
namespace {

constexpr std::string_view kBraces = "\\{.*\\}";
constexpr std::string_view kFoldCase = "(?i)";
constexpr std::string_view kWordBegin = "\\b";

using ascii::is_letter;
constexpr bool is_word_byte(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; }

bool take(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// Takes one pair of brackets off that stands around everything: "(…)", "(?:…)", "(?P<name>…)" and
/// "(?<name>…)". False if there is none.
bool unwrap(std::string_view& pattern) {
  if (pattern.size() < 2 || pattern.front() != '(' || pattern.back() != ')') return false;
  std::string_view inner = pattern.substr(1, pattern.size() - 2);
  if (inner.substr(0, 1) == "?") {
    if (!take(inner, "?:")) {
      if (!take(inner, "?P<") && !take(inner, "?<")) return false;
      const size_t end = inner.find('>');
      if (end == std::string_view::npos) return false;
      inner.remove_prefix(end + 1);
    }
  }
  // The first bracket must be closed by the last one: inside, none may close before it opens.
  int depth = 0;
  for (size_t i = 0; i < inner.size(); ++i) {
    if (inner[i] == '\\') {
      ++i;
    } else if (inner[i] == '(') {
      ++depth;
    } else if (inner[i] == ')' && --depth < 0) {
      return false;
    }
  }
  if (depth != 0) return false;
  pattern = inner;
  return true;
}

}  // namespace

std::optional<LiteralPattern> LiteralPattern::parse(std::string_view pattern) {
  LiteralPattern out;
  out.fold_case_ = take(pattern, kFoldCase);
  while (unwrap(pattern)) {
  }
  if (pattern == kBraces) {
    out.kind_ = Kind::Braces;
    return out;
  }
  out.at_word_begin_ = take(pattern, kWordBegin);
  if (out.at_word_begin_) {
    // Without brackets the boundary would belong to the first choice only.
    if (pattern.find('|') != std::string_view::npos && !unwrap(pattern)) return std::nullopt;
    while (unwrap(pattern)) {
    }
  }
  if (!out.parse_words(pattern)) return std::nullopt;
  return out;
}

/// "fatal|error|err": ASCII letters, digits and underscores only. Letters that have partners beyond
/// ASCII when case is folded (K, S) are left to the real thing.
bool LiteralPattern::parse_words(std::string_view choice) {
  while (true) {
    const size_t end = choice.find('|');
    std::string word(choice.substr(0, end));
    if (word.empty()) return false;
    for (char& c : word) {
      if (!is_word_byte(c)) return false;
      if (!fold_case_) continue;
      c = ascii::lower(c);
      if (c == 'k' || c == 's') return false;
    }
    first_[static_cast<uint8_t>(word.front())] = true;
    if (fold_case_ && is_letter(word.front()))
      first_[static_cast<uint8_t>(word.front() - 32)] = true;
    words_.push_back(std::move(word));
    if (end == std::string_view::npos) return true;
    choice.remove_prefix(end + 1);
  }
}

/// The length of the first word that stands here; 0 if none does.
size_t LiteralPattern::word_at(const char* at, const char* end) const {
  for (const std::string& word : words_) {
    if (word.size() > static_cast<size_t>(end - at)) continue;
    bool same = true;
    for (size_t i = 0; same && i < word.size(); ++i)
      same = (fold_case_ ? ascii::lower(at[i]) : at[i]) == word[i];
    if (same) return word.size();
  }
  return 0;
}

std::string_view LiteralPattern::find_word(std::string_view text, size_t from) const {
  const char* const end = text.data() + text.size();
  bool in_word = at_word_begin_ && from > 0 && is_word_byte(text[from - 1]);
  for (const char* at = text.data() + from; at != end; ++at) {
    if (first_[static_cast<uint8_t>(*at)] && !in_word) {
      if (const size_t size = word_at(at, end); size != 0) return {at, size};
    }
    in_word = at_word_begin_ && is_word_byte(*at);
  }
  return {};
}

std::string_view LiteralPattern::find(std::string_view text, size_t from) const {
  if (kind_ == Kind::Words) return find_word(text, from);
  text.remove_prefix(from);
  while (!text.empty()) {
    const void* open = std::memchr(text.data(), '{', text.size());
    if (open == nullptr) return {};
    text.remove_prefix(static_cast<size_t>(static_cast<const char*>(open) - text.data()));
    const std::string_view line = text.substr(0, text.find('\n'));
    if (const size_t close = line.rfind('}'); close != std::string_view::npos)
      return line.substr(0, close + 1);
    text.remove_prefix(line.size());
  }
  return {};
}

}  // namespace sluice::ottl
