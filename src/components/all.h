#pragma once

#include "pipeline/factory.h"

namespace sluice::components {

/// Every component that there is.
const pipeline::Registry& all_components();

}  // namespace sluice::components
