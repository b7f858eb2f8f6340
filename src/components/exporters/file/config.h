#pragma once

// The file exporter's options, as the OpenTelemetry Collector names them.

#include <array>
#include <chrono>
#include <string>

#include "config/schema.h"

namespace sluice::components::file_exporter {

enum class Format : uint8_t { Json };

struct Config {
  std::string path;
  bool append = false;
  Format format = Format::Json;
  bool create_directory = false;
  std::chrono::nanoseconds flush_interval = std::chrono::seconds(1);
};

const config::Schema<Config>& schema_of(const Config*);

}  // namespace sluice::components::file_exporter

template <>
struct sluice::config::Words<sluice::components::file_exporter::Format> {
  static constexpr std::array<
      std::pair<std::string_view, sluice::components::file_exporter::Format>, 1>
      kAll = {{{"json", sluice::components::file_exporter::Format::Json}}};
};
