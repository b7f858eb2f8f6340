#pragma once

// The resource processor's options, as the OpenTelemetry Collector names them.

#include "pipeline/attribute_actions.h"

namespace sluice::components::resource_processor {

struct Config {
  std::vector<pipeline::AttributeActionConfig> attributes;
};

const config::Schema<Config>& schema_of(const Config*);

}  // namespace sluice::components::resource_processor
