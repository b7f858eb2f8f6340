#pragma once

#include <algorithm>
#include <string_view>

namespace sluice {

/// Takes the text up to the first of the bytes `ends` off the front, and that byte too; all of it
/// if there is none.
inline std::string_view take_until(std::string_view& text, std::string_view ends) {
  const std::string_view taken = text.substr(0, text.find_first_of(ends));
  text.remove_prefix(std::min(taken.size() + 1, text.size()));
  return taken;
}

}  // namespace sluice
