#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sluice::config {

/// "type" or "type/name".
struct ComponentId {
  std::string type;
  std::string name;

  std::string to_string() const { return name.empty() ? type : type + "/" + name; }
  bool empty() const { return type.empty(); }
  friend bool operator==(const ComponentId&, const ComponentId&) = default;
  friend auto operator<=>(const ComponentId&, const ComponentId&) = default;
};

/// Spaces around both parts do not count. Null, with the reason, if it is none.
std::optional<ComponentId> parse_component_id(std::string_view text, std::string& reason);

}  // namespace sluice::config
