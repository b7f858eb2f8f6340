#pragma once

#include <memory>

#include "pipeline/factory.h"

namespace sluice::components {

std::unique_ptr<pipeline::Factory> bearertokenauth_extension_factory();

}  // namespace sluice::components
