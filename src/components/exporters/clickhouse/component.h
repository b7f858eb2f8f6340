#pragma once

#include <memory>

#include "pipeline/factory.h"

namespace sluice::components {

std::unique_ptr<pipeline::Factory> clickhouse_exporter_factory();

}  // namespace sluice::components
