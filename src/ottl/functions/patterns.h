#pragma once

#include <string_view>

#include "base/status.h"
#include "ottl/regex.h"

namespace sluice::ottl {

/// A regular expression as the parameter of a function.
struct Pattern {
  Regex regex;
  static Result<Pattern> make(std::string_view text);
};

/// A glob that a whole text must match: `*` is any text, `?` any character, `[a-z]` and `[!a-z]`
/// are classes, `{a,b}` alternatives, a backslash takes the meaning away.
class Glob {
 public:
  static Result<Glob> make(std::string_view text);
  bool matches(std::string_view text) const { return regex_.matches(text); }

 private:
  explicit Glob(Regex regex) : regex_(std::move(regex)) {}
  Regex regex_;
};

}  // namespace sluice::ottl
