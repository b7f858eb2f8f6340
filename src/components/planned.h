#pragma once

#include "pipeline/factory.h"

namespace sluice::components {

/// Names the components of ClickStack's image that are not here yet, so that configurations with
/// them are told so.
void add_planned_components(pipeline::Registry& registry);

}  // namespace sluice::components
