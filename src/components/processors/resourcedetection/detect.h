#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "components/processors/resourcedetection/config.h"

namespace sluice::components::resourcedetection_processor {

using Detected = std::vector<std::pair<std::string, std::string>>;

/// Attributes that the detector system can add.
std::vector<std::string> system_attributes();

/// "k1=v1,k2=v2", values in the encoding of URLs; InvalidArgument for anything else.
Result<Detected> parse_resource_attributes(std::string_view text);

/// What a detector finds. Blocks, at the longest for about `config.timeout`.
Result<Detected> detect_env(const EnvConfig& config,
                            const std::function<const char*(const char*)>& environment);
Result<Detected> detect_system(const SystemConfig& config);
Result<Detected> detect_docker(const DockerConfig& config, const std::string& socket_path,
                               std::chrono::nanoseconds timeout);

}  // namespace sluice::components::resourcedetection_processor
