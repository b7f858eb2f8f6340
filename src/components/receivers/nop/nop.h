#pragma once

#include <memory>

#include "pipeline/factory.h"

namespace sluice::components {

std::unique_ptr<pipeline::Factory> nop_receiver_factory();

}  // namespace sluice::components
