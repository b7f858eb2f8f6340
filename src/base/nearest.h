#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// The name among `names` that is most like `name`, or nothing if none is.
std::string nearest_name(std::string_view name, const std::vector<std::string_view>& names);

}  // namespace sluice
