#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// The name among `names` that is most like `name`, or nothing if none is.
std::string nearest_name(std::string_view name, const std::vector<std::string_view>& names);

/// " (did you mean \"name\"?)", or nothing if none is like it.
template <typename Names>
std::string did_you_mean(std::string_view name, const Names& names) {
  const std::string nearest =
      nearest_name(name, std::vector<std::string_view>(names.begin(), names.end()));
  return nearest.empty() ? "" : " (did you mean \"" + nearest + "\"?)";
}

}  // namespace sluice
