#pragma once

#include <string>
#include <vector>

#include "config/diagnostics.h"
#include "config/expand.h"
#include "config/node.h"

namespace sluice::config {

/// Reads what `--config` names, in this order: files (a path, or file:PATH), env:NAME, yaml:TEXT;
/// later ones are put over earlier ones (maps merge, lists and scalars replace). Then `--set
/// a.b.c=VALUE` and all ${…}. All of it goes over `base`. What is wrong goes to `diagnostics`;
/// after an error the tree is good for nothing.
Node load(const std::vector<std::string>& sources, const std::vector<std::string>& settings,
          const Environment& environment, Diagnostics& diagnostics, Node base = Node::map());

}  // namespace sluice::config
