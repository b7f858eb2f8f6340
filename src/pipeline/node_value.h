#pragma once

#include "base/arena.h"
#include "config/node.h"
#include "otlp/records.h"

namespace sluice::pipeline {

/// A value of the user's own as records hold it, in the arena. False for what no attribute can be:
/// a YAML timestamp, also inside of a list or map.
bool value_of_node(const config::Node& node, Arena& arena, otlp::Value& out);

}  // namespace sluice::pipeline
