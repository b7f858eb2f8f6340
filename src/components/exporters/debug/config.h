#pragma once

// The debug exporter's options, as the OpenTelemetry Collector names them.

#include <array>

#include "config/schema.h"

namespace sluice::components::debug_exporter {

enum class Verbosity : uint8_t { Basic, Normal, Detailed };

struct Config {
  Verbosity verbosity = Verbosity::Basic;
  int64_t sampling_initial = 2;     ///< below 0: all
  int64_t sampling_thereafter = 1;  ///< 0 or less: none
  bool use_internal_logger = true;
  std::optional<std::vector<std::string>> output_paths;  ///< stdout if it is not given
};

const config::Schema<Config>& schema_of(const Config*);

}  // namespace sluice::components::debug_exporter

template <>
struct sluice::config::Words<sluice::components::debug_exporter::Verbosity> {
  using Verbosity = sluice::components::debug_exporter::Verbosity;
  static constexpr bool kAnyCase = true;
  static constexpr std::array<std::pair<std::string_view, Verbosity>, 3> kAll = {
      {{"basic", Verbosity::Basic},
       {"normal", Verbosity::Normal},
       {"detailed", Verbosity::Detailed}}};
};
