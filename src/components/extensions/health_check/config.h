#pragma once

// The health_check extension's options, as the OpenTelemetry Collector names them.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/schema.h"
#include "config/tls.h"
#include "pipeline/auth.h"

namespace sluice::components::health_check_extension {

struct ResponseBody {
  std::string healthy;
  std::string unhealthy;
};

struct CheckPipeline {
  bool enabled = false;
  std::string interval = "5m";
  int64_t exporter_failure_threshold = 5;
};

struct Config {
  std::string endpoint = "localhost:13133";
  std::string transport = "tcp";
  std::string path = "/";
  std::string ready_path;  ///< our own
  std::optional<ResponseBody> response_body;
  CheckPipeline check_collector_pipeline;
  std::optional<pipeline::HttpServerAuthConfig> auth;
  config::Dictionary<std::string> response_headers;
  std::optional<io::TlsServerConfig> tls;
  config::Node cors;
  int64_t max_request_body_size = 0;
  bool include_metadata = false;
  std::vector<std::string> compression_algorithms;
  std::chrono::nanoseconds read_timeout{0};
  std::chrono::nanoseconds read_header_timeout{0};
  std::chrono::nanoseconds write_timeout{0};
  std::chrono::nanoseconds idle_timeout{0};
  bool keep_alives_enabled = true;
};

const config::Schema<ResponseBody>& schema_of(const ResponseBody*);
const config::Schema<CheckPipeline>& schema_of(const CheckPipeline*);
const config::Schema<Config>& schema_of(const Config*);

}  // namespace sluice::components::health_check_extension
