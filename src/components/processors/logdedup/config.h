#pragma once

// The logdedup processor's options, as the OpenTelemetry Collector names them.

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "config/schema.h"
#include "ottl/program.h"

namespace sluice::components::logdedup_processor {

struct Config {
  std::chrono::nanoseconds interval = std::chrono::seconds(10);
  std::vector<std::string> conditions;
  std::string log_count_attribute = "log_count";
  std::vector<std::string> include_fields;
  std::vector<std::string> exclude_fields;
  std::string timezone = "UTC";
  std::vector<std::string> metadata_keys;
  uint32_t metadata_cardinality_limit = 0;
};

const config::Schema<Config>& schema_of(const Config*);

/// REQUIRES: there are some.
Result<ottl::Program> compile_conditions(const Config& config);

}  // namespace sluice::components::logdedup_processor
