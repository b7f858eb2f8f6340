#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/status.h"
#include "config/diagnostics.h"
#include "config/node.h"

namespace sluice::config {

/// Looks an environment variable up; nothing if it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// Replaces ${scheme:value} in all texts of the tree, by the rules of the OpenTelemetry Collector's
/// confmap (docs/formats/config.md): `env:NAME`, `env:NAME:-default`, `file:PATH`, `yaml:TEXT`;
/// NAME alone is env:NAME; what they give is expanded again; `$$` is a dollar sign. A text that is
/// one ${…} as a whole becomes what its value is as YAML. Keys stay as they are. What is wrong is
/// an error, a variable that is not set a warning, each with its place.
void expand(Node& tree, const Environment& environment, Diagnostics& diagnostics);

/// The opposite: expand() makes of the tree what it is now.
void escape(Node& tree);

/// What `uri` (the inside of ${…}) gives: its text, and that as YAML.
struct Retrieved {
  std::string text;
  Node value;
  std::string unset;  ///< the environment variable that is not set and stands for nothing
};
Result<Retrieved> retrieve(const std::string& uri, const Environment& environment);

}  // namespace sluice::config
