#pragma once

// The otlp exporter's options, as the OpenTelemetry Collector names them.

#include <array>
#include <chrono>
#include <string>
#include <utility>

#include "config/schema.h"
#include "delivery/options.h"
#include "http/client.h"

namespace sluice::components::otlp_exporter {

enum class Balancer : uint8_t { RoundRobin, PickFirst };

struct Config {
  std::string endpoint;
  std::chrono::nanoseconds timeout = std::chrono::seconds(5);  ///< 0: none
  Balancer balancer_name = Balancer::RoundRobin;
  std::string authority;
  delivery::ClientConfig client;  ///< TLS unless it says insecure
};

/// An endpoint, taken apart.
struct Endpoint {
  http::Address address;
  bool is_https = false;
  bool is_http = false;

  /// "host:port", with http:// or https:// before it, "dns:///host:port" or "unix:/path".
  static Result<Endpoint> parse(std::string_view text);
};

/// Whether calls go through TLS: by the scheme https, or unless `tls` says insecure and names no
/// authority.
bool wants_tls(const Config& config, const Endpoint& endpoint);

const config::Schema<Config>& schema_of(const Config*);

}  // namespace sluice::components::otlp_exporter

template <>
struct sluice::config::Words<sluice::components::otlp_exporter::Balancer> {
  using E = sluice::components::otlp_exporter::Balancer;
  static constexpr bool kAnyCase = true;
  static constexpr std::array<std::pair<std::string_view, E>, 3> kAll = {
      {{"round_robin", E::RoundRobin}, {"pick_first", E::PickFirst}, {"", E::PickFirst}}};
};
