#pragma once

// The batch processor's options, as the OpenTelemetry Collector names them.

#include <chrono>
#include <string>
#include <vector>

#include "config/schema.h"

namespace sluice::components::batch_processor {

struct Config {
  std::chrono::nanoseconds timeout = std::chrono::milliseconds(200);
  config::Placed<uint32_t> send_batch_size{8192};
  uint32_t send_batch_max_size = 0;
  std::vector<std::string> metadata_keys;
  uint32_t metadata_cardinality_limit = 1000;
};

const config::Schema<Config>& schema_of(const Config*);

}  // namespace sluice::components::batch_processor
