#pragma once

#include <memory>

#include "pipeline/factory.h"

namespace sluice::components {

std::unique_ptr<pipeline::Factory> logdedup_processor_factory();

}  // namespace sluice::components
