#pragma once

// The otlp receiver's options, as the OpenTelemetry Collector names them.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "config/schema.h"

namespace sluice::components::otlp_receiver {

struct CorsConfig {
  std::vector<std::string> allowed_origins;
  std::vector<std::string> allowed_headers;
  int64_t max_age = 0;  ///< seconds
};

struct GrpcConfig {
  std::string endpoint = "localhost:4317";
  int64_t max_recv_msg_size_mib = 4;
  uint32_t max_concurrent_streams = 0;  ///< 0: our own limit
  bool include_metadata = false;
};

struct HttpConfig {
  std::string endpoint = "localhost:4318";
  int64_t max_request_body_size = 20 << 20;
  bool include_metadata = false;
  std::optional<CorsConfig> cors;
  std::string traces_url_path = "/v1/traces";
  std::string metrics_url_path = "/v1/metrics";
  std::string logs_url_path = "/v1/logs";
  std::chrono::nanoseconds read_header_timeout{0};  ///< 0: our own limit
  std::chrono::nanoseconds idle_timeout{0};
};

struct ProtocolsConfig {
  std::optional<GrpcConfig> grpc;
  std::optional<HttpConfig> http;
};

struct Config {
  ProtocolsConfig protocols;
};

const config::Schema<CorsConfig>& schema_of(const CorsConfig*);
const config::Schema<GrpcConfig>& schema_of(const GrpcConfig*);
const config::Schema<HttpConfig>& schema_of(const HttpConfig*);
const config::Schema<ProtocolsConfig>& schema_of(const ProtocolsConfig*);
const config::Schema<Config>& schema_of(const Config*);

}  // namespace sluice::components::otlp_receiver
