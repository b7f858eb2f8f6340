#pragma once

// Regular expressions as Go's package regexp has them (https://pkg.go.dev/regexp/syntax), in linear
// time. RE2 is the same language but for a few spellings, which compile() translates or refuses.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace sluice::ottl {

class Regex {
 public:
  /// One group of a match; null data where the group took no part.
  using Groups = std::vector<std::string_view>;

  /// InvalidArgument says what is wrong with the pattern.
  static Result<Regex> compile(std::string_view pattern);

  Regex(Regex&&) noexcept;
  Regex& operator=(Regex&&) noexcept;
  ~Regex();

  const std::string& pattern() const { return pattern_; }
  /// Whether the text holds a match anywhere.
  bool matches(std::string_view text) const;
  /// The first match at or after `from`; groups[0] is the whole. The views are into `text`.
  bool find(std::string_view text, size_t from, Groups& groups) const;
  /// Names of the groups from 1 on; empty for those without.
  const std::vector<std::string>& group_names() const { return names_; }
  bool has_named_groups() const { return has_named_groups_; }
  /// All matches replaced; `$1`, `${1}`, `$name` and `$$` in the replacement are expanded.
  std::string replace_all(std::string_view text, std::string_view replacement) const;
  /// Appends the replacement with the groups of a match put in.
  void expand(std::string_view replacement, const Groups& groups, std::string& out) const;
  /// Calls `on_match(groups)` for every match that a replacement of all would replace.
  template <typename F>
  void for_each(std::string_view text, F on_match) const;

 private:
  struct Impl;
  Regex();
  std::string pattern_;
  std::vector<std::string> names_;
  bool has_named_groups_ = false;
  std::unique_ptr<Impl> impl_;
};

template <typename F>
void Regex::for_each(std::string_view text, F on_match) const {
  Groups groups;
  size_t from = 0;
  const char* last_end = nullptr;
  while (from <= text.size() && find(text, from, groups)) {
    const std::string_view whole = groups[0];
    const auto at = static_cast<size_t>(whole.data() - text.data());
    // As in Go, an empty match does not count right behind another match.
    if (!whole.empty() || text.data() + at != last_end) on_match(groups);
    last_end = whole.data() + whole.size();
    from = at + whole.size();
    if (!whole.empty()) continue;
    ++from;  // a whole character
    while (from < text.size() && (static_cast<unsigned char>(text[from]) & 0xC0) == 0x80) ++from;
  }
}

}  // namespace sluice::ottl
