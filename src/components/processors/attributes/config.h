#pragma once

// The attributes processor's options, as the OpenTelemetry Collector names them.

#include "pipeline/attribute_actions.h"
#include "pipeline/record_match.h"

namespace sluice::components::attributes_processor {

struct Config {
  std::optional<pipeline::MatchConfig> include;
  std::optional<pipeline::MatchConfig> exclude;
  std::vector<pipeline::AttributeActionConfig> actions;
};

const config::Schema<Config>& schema_of(const Config*);

}  // namespace sluice::components::attributes_processor
