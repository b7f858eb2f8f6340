#pragma once

#include <memory>

#include "pipeline/factory.h"

namespace sluice::components {

// Extensions that look into a Go program. Configurations name them; here they do nothing, and say
// so.

std::unique_ptr<pipeline::Factory> pprof_extension_factory();
std::unique_ptr<pipeline::Factory> zpages_extension_factory();

}  // namespace sluice::components
