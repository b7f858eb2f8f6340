#pragma once

// What there is to configure: for people, for editors, and for the documents.

#include <string>
#include <vector>

#include "app/flags.h"

namespace sluice::app {

/// `sluice components`: lists what a configuration may name. `--docs DIR` writes a page for each
/// component, with its options, and an index.
int run_components(const std::vector<std::string>& words, const Environment& environment);

/// `sluice schema config`: prints a JSON Schema of a whole configuration.
int run_config_schema(const std::vector<std::string>& words, const Environment& environment);

}  // namespace sluice::app
