#include "clickhouse/dsn.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "io/tls.h"

namespace sluice::clickhouse {
namespace {

constexpr std::string_view kNativePort = "9000";
constexpr std::string_view kNativeTlsPort = "9440";
constexpr std::string_view kHttpPort = "8123";
constexpr std::string_view kHttpsPort = "8443";

/// Parameters of the original's driver that have nothing to do here, and why.
struct WithoutEffect {
  std::string_view name;
  const char* because = "it is for the original's driver";
};
constexpr const char* kCompress = "the option compress says how inserts are compressed";
constexpr WithoutEffect kWithoutEffect[] = {{"debug"},
                                            {"dial_timeout"},
                                            {"read_timeout"},
                                            {"block_buffer_size"},
                                            {"max_open_conns"},
                                            {"max_idle_conns"},
                                            {"max_compression_buffer"},
                                            {"conn_max_lifetime"},
                                            {"client_info_product"},
                                            {"compress", kCompress},
                                            {"compress_level", kCompress},
                                            {"http_proxy", "requests do not go through proxies"},
                                            {"http_path", "requests go to the path /"}};

const WithoutEffect* find_without_effect(std::string_view name) {
  const auto* found = std::find_if(std::begin(kWithoutEffect), std::end(kWithoutEffect),
                                   [&](const WithoutEffect& each) { return each.name == name; });
  return found == std::end(kWithoutEffect) ? nullptr : found;
}

/// The URL, taken apart.
struct Parts {
  std::string scheme;
  std::string credentials;  ///< with the '@', or empty
  std::vector<std::string> hosts;
  std::string path;        ///< with the '/', or empty
  std::string parameters;  ///< those that Endpoint reads
  std::optional<bool> secure;
};

Status bad(std::string_view what) {
  return invalid_argument("ClickHouse endpoint: " + std::string(what) +
                          "; write http://host:8123, https://host:8443 or tcp://host:9000");
}

bool is_native(std::string_view scheme) { return scheme == "tcp" || scheme == "clickhouse"; }

/// The words of Go's ParseBool; the name alone is true.
Status read_bool(std::string_view name, std::string_view value, bool& out) {
  for (const std::string_view word : {"", "1", "t", "T", "true", "TRUE", "True"}) {
    if (value == word) {
      out = true;
      return {};
    }
  }
  for (const std::string_view word : {"0", "f", "F", "false", "FALSE", "False"}) {
    if (value == word) {
      out = false;
      return {};
    }
  }
  return bad(std::string(name) + " is true or false");
}

/// Takes out what is the driver's; the rest stays for Endpoint.
Status read_parameter(std::string_view pair, Parts& parts, Dsn& out) {
  const size_t equals = std::min(pair.find('='), pair.size());
  const std::string_view name = pair.substr(0, equals);
  const std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
  if (name == "secure") {
    SLUICE_RETURN_IF_ERROR(read_bool(name, value, parts.secure.emplace()));
  } else if (name == "skip_verify") {
    SLUICE_RETURN_IF_ERROR(read_bool(name, value, out.tls.insecure_skip_verify));
  } else if (name == "tls_server_name") {
    out.tls.server_name_override = value;
  } else if (name == "connection_open_strategy") {
    if (value == "in_order") {
      out.strategy = OpenStrategy::InOrder;
    } else if (value == "round_robin" || value == "random") {
      out.strategy = OpenStrategy::RoundRobin;
    } else {
      return bad("connection_open_strategy is in_order, round_robin or random");
    }
  } else if (const WithoutEffect* found = find_without_effect(name)) {
    out.warnings.push_back("the endpoint's parameter " + std::string(name) +
                           " has no effect: " + found->because);
  } else {
    // The driver writes booleans as words, ClickHouse's interface as numbers.
    const std::string_view number = value == "true" ? "1" : value == "false" ? "0" : value;
    parts.parameters += (parts.parameters.empty() ? "?" : "&") + std::string(name) + "=";
    parts.parameters += number;
  }
  return {};
}

Status split_url(std::string_view url, Parts& parts, Dsn& out) {
  const size_t colon = url.find("://");
  if (colon == std::string_view::npos) return bad("it has no scheme");
  parts.scheme = url.substr(0, colon);
  url.remove_prefix(colon + 3);
  const size_t question = std::min(url.find('?'), url.size());
  std::string_view parameters = url.substr(std::min(question + 1, url.size()));
  url = url.substr(0, question);
  while (!parameters.empty()) {
    const size_t end = std::min(parameters.find('&'), parameters.size());
    if (end > 0) SLUICE_RETURN_IF_ERROR(read_parameter(parameters.substr(0, end), parts, out));
    parameters.remove_prefix(std::min(end + 1, parameters.size()));
  }
  if (parts.scheme == "unix") {
    parts.path = url;
    parts.hosts.emplace_back();
    return {};
  }
  const size_t slash = std::min(url.find('/'), url.size());
  parts.path = url.substr(slash);
  std::string_view authority = url.substr(0, slash);
  if (const size_t at = authority.rfind('@'); at != std::string_view::npos) {
    parts.credentials = authority.substr(0, at + 1);
    authority.remove_prefix(at + 1);
  }
  while (true) {
    const size_t comma = std::min(authority.find(','), authority.size());
    parts.hosts.emplace_back(authority.substr(0, comma));
    if (comma == authority.size()) return {};
    authority.remove_prefix(comma + 1);
  }
}

/// Where a host's port begins, its colon included; the end if it has none.
size_t port_begin(const std::string& host) {
  const size_t bracket = host.rfind(']');
  const size_t colon = host.find(':', bracket == std::string::npos ? 0 : bracket);
  return std::min(colon, host.size());
}

/// The HTTP port of a server that was named by its native one.
Result<std::string> http_host(const std::string& host, uint16_t http_port, bool& secure) {
  const size_t begin = port_begin(host);
  const std::string name = host.substr(0, begin);
  const std::string port = host.substr(std::min(begin + 1, host.size()));
  if (port == kNativeTlsPort) secure = true;
  if (http_port != 0) return name + ":" + std::to_string(http_port);
  if (port.empty() || port == kNativePort || port == kNativeTlsPort)
    return name + ":" + std::string(secure ? kHttpsPort : kHttpPort);
  return bad("port " + port +
             " is taken for the native protocol's, and Sluice speaks HTTP: say with the option "
             "http_port where HTTP is served, or write http:// before it");
}

/// What the parameters say about TLS, where it is spoken.
Status apply_tls(Dsn& dsn) {
  if (!dsn.tls.insecure_skip_verify && dsn.tls.server_name_override.empty()) return {};
  bool is_used = false;
  for (Endpoint& endpoint : dsn.endpoints) {
    if (endpoint.tls == nullptr) continue;
    auto tls = io::TlsClient::create(dsn.tls, {"http/1.1"});
    if (!tls.ok()) return tls.status();
    endpoint.tls = std::move(tls).value();
    is_used = true;
  }
  if (!is_used) {
    dsn.warnings.emplace_back(
        "the endpoint's parameters skip_verify and tls_server_name have no effect without TLS: "
        "write https://");
  }
  return {};
}

}  // namespace

Result<Dsn> parse_dsn(std::string_view url, uint16_t http_port) {
  Dsn out;
  Parts parts;
  SLUICE_RETURN_IF_ERROR(split_url(url, parts, out));
  const bool native = is_native(parts.scheme);
  if (!native && parts.scheme != "http" && parts.scheme != "https" && parts.scheme != "unix")
    return bad("unknown scheme \"" + parts.scheme + "\"");
  if (parts.scheme == "http" && parts.secure == true) return bad("secure=true needs https://");
  if (parts.scheme == "https" && parts.secure == false) return bad("secure=false needs http://");
  std::string used;
  for (std::string host : parts.hosts) {
    std::string scheme = parts.scheme;
    if (native) {
      bool secure = parts.secure.value_or(false);
      auto mapped = http_host(host, http_port, secure);
      if (!mapped.ok()) return mapped.status();
      host = std::move(*mapped);
      scheme = secure ? "https" : "http";
    }
    auto endpoint =
        Endpoint::parse(scheme + "://" + parts.credentials + host + parts.path + parts.parameters);
    if (!endpoint.ok()) return endpoint.status();
    used += (used.empty() ? "" : ", ") + endpoint->to_string();
    out.endpoints.push_back(std::move(*endpoint));
  }
  SLUICE_RETURN_IF_ERROR(apply_tls(out));
  if (native) {
    out.warnings.push_back(
        "the endpoint names ClickHouse's native protocol; Sluice speaks HTTP to " + used +
        " instead (the option http_port names another port)");
  }
  return out;
}

}  // namespace sluice::clickhouse
