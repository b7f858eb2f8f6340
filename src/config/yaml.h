#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "config/node.h"

namespace sluice::config {

/// Nodes that a text may unfold to: aliases repeat what they name.
inline constexpr size_t kYamlNodesMax = 100'000;
/// Maps and lists inside each other.
inline constexpr size_t kYamlDepthMax = 200;

/// The first document of a YAML text; Null for an empty one. Keys given twice in one map are an
/// error. `source` names the text in marks and messages.
Result<Node> parse_yaml(std::string_view text, const std::string& source);

}  // namespace sluice::config
