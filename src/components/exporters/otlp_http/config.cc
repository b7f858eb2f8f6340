#include "components/exporters/otlp_http/config.h"

#include <optional>

#include "http/url.h"

namespace sluice::components::otlp_http_exporter {
namespace {

using config::Place;
using config::Schema;

void check_url(const std::string& url, const Place& place) {
  if (url.empty()) return;
  if (const auto parsed = http::Url::parse(url); !parsed.ok())
    place.error(parsed.status().message());
}

/// What the options of TLS and the credentials say beside the URLs that are spoken to.
void check_transport(const Config& config, const Place& place) {
  std::optional<bool> has_tls;
  std::string exposed;  // where credentials go in plain text
  for (size_t i = 0; i < otlp::kSignalCount; ++i) {
    const auto url = http::Url::parse(signal_url(config, static_cast<otlp::Signal>(i)));
    if (!url.ok()) continue;
    has_tls = has_tls.value_or(false) || url->is_https;
    if (!url->is_https && !url->address.is_local()) exposed = url->address.to_string();
  }
  if (!has_tls) return;
  io::warn_of_vain_tls(
      config.client.tls, *has_tls,
      *has_tls ? "https:// asks for TLS" : "the endpoint is spoken to without TLS; write https://",
      place.of("tls"));
  if (config.client.auth && !exposed.empty()) {
    place.of("auth").warning("the credentials go to " + exposed + " in plain text: write https://");
  }
}

void check(const Config& config, const Place& place) {
  if (config.endpoint.empty() && config.logs_endpoint.empty() && config.traces_endpoint.empty() &&
      config.metrics_endpoint.empty())
    place.error("name an endpoint, for example http://127.0.0.1:4318");
  check_url(config.endpoint, place.of("endpoint"));
  check_url(config.logs_endpoint, place.of("logs_endpoint"));
  check_url(config.traces_endpoint, place.of("traces_endpoint"));
  check_url(config.metrics_endpoint, place.of("metrics_endpoint"));
  check_transport(config, place);
}

}  // namespace

std::string signal_url(const Config& config, otlp::Signal signal) {
  const std::string* own[] = {&config.logs_endpoint, &config.traces_endpoint,
                              &config.metrics_endpoint};
  const std::string& whole = *own[static_cast<size_t>(signal)];
  if (!whole.empty() || config.endpoint.empty()) return whole;
  const std::string base = config.endpoint.back() == '/'
                               ? config.endpoint.substr(0, config.endpoint.size() - 1)
                               : config.endpoint;
  return base + "/v1/" + std::string(otlp::signal_name(signal));
}

const Schema<Config>& schema_of(const Config*) {
  static const auto schema =
      Schema<Config>()
          .field("endpoint", &Config::endpoint,
                 "The receiver's URL; /v1/logs, /v1/traces or /v1/metrics is added.")
          .with_passwords()
          .field("logs_endpoint", &Config::logs_endpoint, "The whole URL for logs.")
          .with_passwords()
          .field("traces_endpoint", &Config::traces_endpoint, "The whole URL for traces.")
          .with_passwords()
          .field("metrics_endpoint", &Config::metrics_endpoint, "The whole URL for metrics.")
          .with_passwords()
          .ignore<std::string>("profiles_endpoint", "there are no profiles")
          .field("encoding", &Config::encoding, "How requests are written: proto or json.")
          .field("timeout", &Config::timeout, "How long one try may take; 0 is no limit.")
          .field("max_idle_conns", &Config::max_idle_conns,
                 "Connections that are kept for later requests; 0 is no limit.")
          .field("max_idle_conns_per_host", &Config::max_idle_conns_per_host,
                 "The same for each signal's endpoint.")
          .field("max_conns_per_host", &Config::max_conns_per_host,
                 "Connections to each signal's endpoint at once; 0 is no limit.")
          .field("idle_conn_timeout", &Config::idle_conn_timeout,
                 "How long a connection is kept without a request.")
          .field("disable_keep_alives", &Config::disable_keep_alives,
                 "Whether each request has a connection of its own.")
          .embed(&Config::client, schema_of(static_cast<const delivery::ClientConfig*>(nullptr)))
          .refuse("proxy_url", "requests do not go through proxies")
          .ignore<std::chrono::nanoseconds>("http2_read_idle_timeout", "requests go over HTTP/1.1")
          .ignore<std::chrono::nanoseconds>("http2_ping_timeout", "requests go over HTTP/1.1")
          .ignore<bool>("force_attempt_http2", "requests go over HTTP/1.1")
          .ignore<config::Node>("cookies", "no cookies are kept")
          .check(check);
  return schema;
}

}  // namespace sluice::components::otlp_http_exporter
