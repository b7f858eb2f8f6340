#pragma once

// The probabilistic_sampler processor's options, as the OpenTelemetry Collector names them.

#include <string>

#include "config/schema.h"

namespace sluice::components::probabilistic_sampler_processor {

enum class Mode : uint8_t { Unset, HashSeed, Proportional, Equalizing };

struct Config {
  double sampling_percentage = 0;
  uint32_t hash_seed = 0;
  Mode mode = Mode::Unset;
  bool fail_closed = true;
  int64_t sampling_precision = 4;
  std::string attribute_source = "traceID";
  std::string from_attribute;
  std::string sampling_priority;
};

const config::Schema<Config>& schema_of(const Config*);

}  // namespace sluice::components::probabilistic_sampler_processor

namespace sluice::config {

template <>
struct Words<components::probabilistic_sampler_processor::Mode> {
  using Mode = components::probabilistic_sampler_processor::Mode;
  static constexpr std::array<std::pair<std::string_view, Mode>, 4> kAll = {
      {{"", Mode::Unset},
       {"hash_seed", Mode::HashSeed},
       {"proportional", Mode::Proportional},
       {"equalizing", Mode::Equalizing}}};
};

}  // namespace sluice::config
