#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/status.h"
#include "components/processors/resourcedetection/config.h"

namespace sluice::components::resourcedetection_processor {

using DetectedValue = std::variant<std::string, int64_t, std::vector<std::string>>;
using Detected = std::vector<std::pair<std::string, DetectedValue>>;

/// Attributes that the detector system can add.
std::vector<std::string> system_attributes();

/// "k1=v1,k2=v2", values in the encoding of URLs; InvalidArgument for anything else. A key reaches
/// up to its "=", over commas too, as in the original; of two equal keys the last one counts.
Result<Detected> parse_resource_attributes(std::string_view text);

/// host.cpu.* by what /proc/cpuinfo says of the first processor.
Detected parse_cpuinfo(std::string_view text);

/// host.arch by the names of the semantic conventions, from what uname() calls the machine.
std::string architecture(const std::string& machine);

/// What a detector finds. Blocks, at the longest for about `config.timeout`.
Result<Detected> detect_env(const EnvConfig& config,
                            const std::function<const char*(const char*)>& environment);
Result<Detected> detect_system(const SystemConfig& config);
Result<Detected> detect_docker(const DockerConfig& config, const std::string& socket_path,
                               std::chrono::nanoseconds timeout);

}  // namespace sluice::components::resourcedetection_processor
