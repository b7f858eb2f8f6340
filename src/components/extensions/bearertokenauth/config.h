#pragma once

// The bearertokenauth extension's options, as the OpenTelemetry Collector names them.

#include <string>
#include <vector>

#include "config/schema.h"

namespace sluice::components::bearertokenauth_extension {

struct Config {
  std::string header = "Authorization";
  std::string scheme = "Bearer";
  std::string token;
  std::vector<std::string> tokens;
  std::string filename;
};

const config::Schema<Config>& schema_of(const Config*);

}  // namespace sluice::components::bearertokenauth_extension
