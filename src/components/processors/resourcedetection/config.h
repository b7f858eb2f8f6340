#pragma once

// The resourcedetection processor's options, as the OpenTelemetry Collector names them.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "config/schema.h"

namespace sluice::components::resourcedetection_processor {

/// resource_attributes: which attributes a detector adds.
struct AttributeSwitch {
  bool enabled = false;
};

struct EnvConfig {
  std::optional<std::vector<std::string>> allowlist;
};

struct SystemConfig {
  std::vector<std::string> hostname_sources;
  config::Dictionary<AttributeSwitch> resource_attributes;
};

struct DockerConfig {
  config::Dictionary<AttributeSwitch> resource_attributes;
};

struct Config {
  std::vector<std::string> detectors{"env"};
  bool override_existing = true;
  std::chrono::nanoseconds timeout = std::chrono::seconds(5);
  std::chrono::nanoseconds refresh_interval{0};
  bool fail_on_missing_metadata = false;
  std::vector<std::string> attributes;
  EnvConfig env;
  SystemConfig system;
  DockerConfig docker;
  config::Node retry;
};

const config::Schema<AttributeSwitch>& schema_of(const AttributeSwitch*);
const config::Schema<EnvConfig>& schema_of(const EnvConfig*);
const config::Schema<SystemConfig>& schema_of(const SystemConfig*);
const config::Schema<DockerConfig>& schema_of(const DockerConfig*);
const config::Schema<Config>& schema_of(const Config*);

}  // namespace sluice::components::resourcedetection_processor
