#pragma once

// The groupbyattrs processor's options, as the OpenTelemetry Collector names them.

#include <string>
#include <vector>

#include "config/schema.h"

namespace sluice::components::groupbyattrs_processor {

struct Config {
  std::vector<std::string> keys;
};

const config::Schema<Config>& schema_of(const Config*);

}  // namespace sluice::components::groupbyattrs_processor
