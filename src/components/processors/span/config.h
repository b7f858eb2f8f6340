#pragma once

// The span processor's options, as the OpenTelemetry Collector names them.

#include "pipeline/record_match.h"

namespace sluice::components::span_processor {

struct ToAttributesConfig {
  std::vector<std::string> rules;
  bool break_after_match = false;
  bool keep_original_name = false;
};
struct NameConfig {
  std::vector<std::string> from_attributes;
  std::string separator;
  std::optional<ToAttributesConfig> to_attributes;
};
struct StatusConfig {
  std::string code;
  std::string description;
};

struct Config {
  std::optional<pipeline::MatchConfig> include;
  std::optional<pipeline::MatchConfig> exclude;
  NameConfig name;
  std::optional<StatusConfig> status;
};

const config::Schema<ToAttributesConfig>& schema_of(const ToAttributesConfig*);
const config::Schema<NameConfig>& schema_of(const NameConfig*);
const config::Schema<StatusConfig>& schema_of(const StatusConfig*);
const config::Schema<Config>& schema_of(const Config*);

}  // namespace sluice::components::span_processor
