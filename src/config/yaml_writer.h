#pragma once

#include <string>

#include "config/node.h"

namespace sluice::config {

/// The tree as YAML that parse_yaml() reads as the same tree: block style, two spaces a level.
std::string to_yaml(const Node& node);

}  // namespace sluice::config
