#pragma once

// The otlp_http exporter's options, as the OpenTelemetry Collector names them.

#include <array>
#include <chrono>
#include <string>
#include <utility>

#include "config/schema.h"
#include "delivery/options.h"
#include "otlp/records.h"

namespace sluice::components::otlp_http_exporter {

enum class Encoding : uint8_t { Proto, Json };

struct Config {
  std::string endpoint;
  std::string logs_endpoint;
  std::string traces_endpoint;
  std::string metrics_endpoint;
  Encoding encoding = Encoding::Proto;
  std::chrono::nanoseconds timeout = std::chrono::seconds(30);  ///< 0 or less: none
  int64_t max_idle_conns = 100;  ///< 0: no limit, as for the next two
  int64_t max_idle_conns_per_host = 0;
  int64_t max_conns_per_host = 0;
  std::chrono::nanoseconds idle_conn_timeout = std::chrono::seconds(90);
  bool disable_keep_alives = false;
  delivery::ClientConfig client;
};

const config::Schema<Config>& schema_of(const Config*);

/// The URL for a signal, of its own or below `endpoint`; empty if there is neither.
std::string signal_url(const Config& config, otlp::Signal signal);

}  // namespace sluice::components::otlp_http_exporter

template <>
struct sluice::config::Words<sluice::components::otlp_http_exporter::Encoding> {
  using E = sluice::components::otlp_http_exporter::Encoding;
  static constexpr std::array<std::pair<std::string_view, E>, 2> kAll = {
      {{"proto", E::Proto}, {"json", E::Json}}};
};
