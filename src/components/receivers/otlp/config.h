#pragma once

// The otlp receiver's options, as the OpenTelemetry Collector names them.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "config/schema.h"
#include "config/tls.h"
#include "pipeline/auth.h"

namespace sluice::components::otlp_receiver {

struct CorsConfig {
  std::vector<std::string> allowed_origins;
  std::vector<std::string> allowed_headers;
  int64_t max_age = 0;  ///< seconds
};

/// Durations of 0 leave our own limit, or none.
struct ServerParameters {
  std::chrono::nanoseconds max_connection_idle{0};
  std::chrono::nanoseconds max_connection_age{0};
  std::chrono::nanoseconds max_connection_age_grace{0};
  std::chrono::nanoseconds time{0};
  std::chrono::nanoseconds timeout{0};
};

struct EnforcementPolicy {
  std::chrono::nanoseconds min_time{0};
  bool permit_without_stream = false;
};

struct KeepaliveConfig {
  std::optional<ServerParameters> server_parameters;
  std::optional<EnforcementPolicy> enforcement_policy;
};

struct GrpcConfig {
  std::string endpoint = "localhost:4317";
  std::string transport = "tcp";
  int64_t max_recv_msg_size_mib = 4;
  uint32_t max_concurrent_streams = 0;  ///< 0: our own limit
  bool include_metadata = false;
  std::optional<pipeline::ServerAuthConfig> auth;
  std::optional<KeepaliveConfig> keepalive;
  int64_t read_buffer_size = 0;
  int64_t write_buffer_size = 0;
  std::optional<io::TlsServerConfig> tls;
};

struct HttpConfig {
  std::string endpoint = "localhost:4318";
  std::string transport = "tcp";
  int64_t max_request_body_size = 20 << 20;
  bool include_metadata = false;
  std::optional<CorsConfig> cors;
  std::optional<pipeline::HttpServerAuthConfig> auth;
  config::Dictionary<std::string> response_headers;
  std::optional<std::vector<std::string>> compression_algorithms;
  std::string traces_url_path = "/v1/traces";
  std::string metrics_url_path = "/v1/metrics";
  std::string logs_url_path = "/v1/logs";
  std::chrono::nanoseconds read_timeout{0};
  std::chrono::nanoseconds read_header_timeout{0};  ///< 0: our own limit
  std::chrono::nanoseconds write_timeout = std::chrono::seconds(30);
  std::chrono::nanoseconds idle_timeout{0};
  bool keep_alives_enabled = true;
  std::optional<io::TlsServerConfig> tls;
};

/// The path of a signal as requests have it: of a whole URL its path, with a slash before it.
/// InvalidArgument where the text is no URL.
Result<std::string> url_path(std::string_view text);

struct ProtocolsConfig {
  std::optional<GrpcConfig> grpc;
  std::optional<HttpConfig> http;
};

struct Config {
  ProtocolsConfig protocols;
};

const config::Schema<CorsConfig>& schema_of(const CorsConfig*);
const config::Schema<ServerParameters>& schema_of(const ServerParameters*);
const config::Schema<EnforcementPolicy>& schema_of(const EnforcementPolicy*);
const config::Schema<KeepaliveConfig>& schema_of(const KeepaliveConfig*);
const config::Schema<GrpcConfig>& schema_of(const GrpcConfig*);
const config::Schema<HttpConfig>& schema_of(const HttpConfig*);
const config::Schema<ProtocolsConfig>& schema_of(const ProtocolsConfig*);
const config::Schema<Config>& schema_of(const Config*);

}  // namespace sluice::components::otlp_receiver
