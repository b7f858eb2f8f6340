#include "components/exporters/otlp/config.h"

#include "http/url.h"

namespace sluice::components::otlp_exporter {
namespace {

using config::Place;
using config::Schema;
using delivery::Compression;

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool is_grpc_compression(Compression compression) {
  return compression == Compression::None || compression == Compression::Gzip ||
         compression == Compression::Zstd || compression == Compression::Snappy;
}

void check_transport(const Config& config, const Endpoint& endpoint, const Place& place) {
  const bool has_tls = wants_tls(config, endpoint);
  if (endpoint.is_http && has_tls) {
    place.warning(
        "the connection uses TLS although the endpoint begins with http://; for plain text "
        "say tls::insecure: true");
  }
  io::warn_of_vain_tls(config.client.tls, has_tls,
                       !has_tls            ? "insecure: true switches TLS off"
                       : endpoint.is_https ? "https:// asks for TLS"
                                           : "an authority to trust asks for TLS",
                       place.of("tls"));
  // As gRPC has it: whoever listens would be let in, too.
  if (config.client.auth && !has_tls) {
    place.of("auth").error(
        "credentials are sent over TLS only: leave out tls::insecure, or write https:// before the "
        "endpoint");
  }
}

void check(const Config& config, const Place& place) {
  if (config.endpoint.empty()) {
    place.error("name an endpoint, for example 127.0.0.1:4317");
  } else if (const auto endpoint = Endpoint::parse(config.endpoint); !endpoint.ok()) {
    place.of("endpoint").error(endpoint.status().message());
  } else {
    check_transport(config, *endpoint, place);
  }
  if (config.timeout.count() < 0) place.of("timeout").expected("0 or more");
  if (!is_grpc_compression(config.client.compression))
    place.of("compression").expected("gzip, zstd, snappy or none, which gRPC knows");
}

}  // namespace

Result<Endpoint> Endpoint::parse(std::string_view text) {
  Endpoint endpoint;
  if (take_prefix(text, "unix:")) {
    // unix:///path, unix:/path and unix:path.
    take_prefix(text, "//");
    if (text.empty()) return invalid_argument("unix: needs the path of a socket");
    endpoint.address.unix_path = text;
    return endpoint;
  }
  endpoint.is_https = take_prefix(text, "https://");
  endpoint.is_http = !endpoint.is_https && take_prefix(text, "http://");
  take_prefix(text, "passthrough:///");
  if (take_prefix(text, "dns:")) {
    if (take_prefix(text, "//") && !take_prefix(text, "/"))
      return invalid_argument("name servers cannot be chosen: write dns:///HOST:PORT");
  }
  if (!text.empty() && text.back() == '/') text.remove_suffix(1);
  auto address = http::parse_host_port(text);
  if (!address.ok()) return address.status();
  endpoint.address = std::move(address).value();
  return endpoint;
}

bool wants_tls(const Config& config, const Endpoint& endpoint) {
  return endpoint.is_https || !config.client.tls.insecure || config.client.tls.common.has_ca();
}

const Schema<Config>& schema_of(const Config*) {
  static const auto schema =
      Schema<Config>()
          .field("endpoint", &Config::endpoint,
                 "HOST:PORT, dns:///HOST:PORT or unix:/PATH of the receiver; TLS is on unless "
                 "tls::insecure says otherwise, and with https:// before it.")
          .field("timeout", &Config::timeout, "How long one try may take; 0 is no limit.")
          .field("balancer_name", &Config::balancer_name,
                 "How calls are spread over the addresses of the endpoint: round_robin or "
                 "pick_first.")
          .field("authority", &Config::authority, "The name in calls instead of the endpoint's.")
          .embed(&Config::client, schema_of(static_cast<const delivery::ClientConfig*>(nullptr)))
          .ignore<config::Node>(
              "keepalive", "a connection is looked at before each call, which has a time limit")
          .ignore<bool>("wait_for_ready", "a call that finds no connection is tried again")
          .check(check);
  return schema;
}

}  // namespace sluice::components::otlp_exporter
