#pragma once

// The logdedup processor's options, as the OpenTelemetry Collector names them.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/statements.h"

namespace sluice::components::logdedup_processor {

struct Config {
  std::chrono::nanoseconds interval = std::chrono::seconds(10);
  std::vector<config::PlacedText> conditions;
  std::string log_count_attribute = "log_count";
  std::vector<std::string> include_fields;
  std::vector<std::string> exclude_fields;
  std::string timezone = "UTC";
  std::vector<std::string> metadata_keys;
  uint32_t metadata_cardinality_limit = 0;
};

const config::Schema<Config>& schema_of(const Config*);

/// Nothing if there are none. What is wrong goes to `diagnostics`, if they are given.
std::optional<ottl::Program> conditions_of(const Config& config, config::Diagnostics* diagnostics);

}  // namespace sluice::components::logdedup_processor
