#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::ottl {

/// Regular expressions that need no automaton, and are common in rules about logs:
///
///   (?i)\b(fatal|error|err)   a choice of literals, perhaps at the beginning of a word only
///   \{.*\}                    from the first brace to the last one of a line
///
/// both perhaps inside groups, all of which then span the whole match. What they find is what the
/// regular expression finds, also in text that is not UTF-8.
class LiteralPattern {
 public:
  /// Nothing if the pattern (in Go's syntax) is not of these kinds.
  static std::optional<LiteralPattern> parse(std::string_view pattern);

  /// The first match at or after `from`, with what stands before `from` in view; null data if there
  /// is none.
  std::string_view find(std::string_view text, size_t from) const;

 private:
  enum class Kind : uint8_t { Words, Braces };

  bool parse_words(std::string_view choice);
  std::string_view find_word(std::string_view text, size_t from) const;
  size_t word_at(const char* at, const char* end) const;

  Kind kind_ = Kind::Words;
  bool fold_case_ = false;
  bool at_word_begin_ = false;
  std::vector<std::string> words_;  // in lower case where fold_case_
  std::array<bool, 256> first_{};   // bytes that a word begins with
};

}  // namespace sluice::ottl
