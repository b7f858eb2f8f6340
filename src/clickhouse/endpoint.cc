#include "clickhouse/endpoint.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "io/tls.h"

namespace sluice::clickhouse {
namespace {

constexpr uint16_t kHttpPort = 8123;
constexpr uint16_t kHttpsPort = 8443;

enum class Scheme : uint8_t { Http, Https, Unix };

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_digit(text[i + 1]);
    const int low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

/// The URL is not repeated in full: it may hold a password.
Status bad(std::string_view what) {
  return invalid_argument("ClickHouse endpoint: " + std::string(what) +
                          "; write http://host:8123 or unix:///path/of/socket");
}

/// Splits at the first `mark`; without one, all goes to the first half.
std::pair<std::string_view, std::string_view> split(std::string_view text, char mark) {
  const size_t at = text.find(mark);
  if (at == std::string_view::npos) return {text, {}};
  return {text.substr(0, at), text.substr(at + 1)};
}

Status read_scheme(std::string_view& url, Scheme& out) {
  const size_t at = url.find("://");
  if (at == std::string_view::npos) return bad("\"" + std::string(url) + "\" has no scheme");
  const std::string_view scheme = url.substr(0, at);
  url.remove_prefix(at + 3);
  out = scheme == "unix" ? Scheme::Unix : scheme == "https" ? Scheme::Https : Scheme::Http;
  if (scheme == "http" || out != Scheme::Http) return {};
  if (scheme == "tcp" || scheme == "clickhouse" || scheme == "tcps" || scheme == "tls") {
    return bad("\"" + std::string(scheme) +
               "\" is ClickHouse's native protocol, but Sluice speaks HTTP with it");
  }
  return bad("unknown scheme \"" + std::string(scheme) + "\"");
}

Status read_credentials(std::string_view text, Endpoint& out) {
  const auto [user, password] = split(text, ':');
  auto decoded_user = percent_decode(user);
  auto decoded_password = percent_decode(password);
  if (!decoded_user || !decoded_password) return bad("a damaged %XX in the user or password");
  out.user = std::move(*decoded_user);
  out.password = std::move(*decoded_password);
  return {};
}

Status read_port(std::string_view text, uint16_t& port) {
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, port);
  if (error == std::errc() && at == end && port != 0) return {};
  return bad("\"" + std::string(text) + "\" is not a port (1 to 65535)");
}

Status read_host(std::string_view text, uint16_t default_port, http::Address& out) {
  out.port = default_port;
  std::string_view rest;
  if (text.substr(0, 1) == "[") {
    const size_t end = text.find(']');
    if (end == std::string_view::npos) return bad("an IPv6 address without its closing bracket");
    out.host = text.substr(1, end - 1);
    rest = text.substr(end + 1);
  } else {
    const size_t colon = std::min(text.find(':'), text.size());
    out.host = text.substr(0, colon);
    rest = text.substr(colon);
    if (rest.find(':', 1) != std::string_view::npos) {
      return bad("an IPv6 address stands in brackets, for example http://[::1]:8123");
    }
  }
  if (out.host.empty()) return bad("no host");
  if (out.host.find(',') != std::string::npos) return bad("more than one host");
  if (rest.empty()) return {};
  if (rest.front() != ':') return bad("\"" + std::string(rest) + "\" after the host");
  return read_port(rest.substr(1), out.port);
}

Status read_parameters(std::string_view text, Endpoint& out) {
  while (!text.empty()) {
    const auto [pair, rest] = split(text, '&');
    text = rest;
    if (pair.empty()) continue;
    const auto [name, raw] = split(pair, '=');
    auto value = percent_decode(raw);
    if (name.empty() || !value) return bad("a damaged parameter after '?'");
    if (name == "database") {
      out.database = std::move(*value);
    } else if (name == "user" || name == "username") {
      out.user = std::move(*value);
    } else if (name == "password") {
      out.password = std::move(*value);
    } else {
      out.settings.emplace_back(std::string(name), std::move(*value));
    }
  }
  return {};
}

Status read_authority(std::string_view text, uint16_t default_port, Endpoint& out) {
  const size_t at = text.rfind('@');
  if (at != std::string_view::npos) {
    SLUICE_RETURN_IF_ERROR(read_credentials(text.substr(0, at), out));
    text.remove_prefix(at + 1);
  }
  return read_host(text, default_port, out.address);
}

}  // namespace

Result<Endpoint> Endpoint::parse(std::string_view url) {
  Endpoint out;
  Scheme scheme = Scheme::Http;
  SLUICE_RETURN_IF_ERROR(read_scheme(url, scheme));
  const auto [place, parameters] = split(url, '?');
  if (scheme == Scheme::Unix) {
    auto path = percent_decode(place);
    if (!path || path->empty() || path->front() != '/')
      return bad("a Unix socket needs its full path");
    out.address.unix_path = std::move(*path);
  } else {
    const auto [authority, path] = split(place, '/');
    const bool is_https = scheme == Scheme::Https;
    SLUICE_RETURN_IF_ERROR(read_authority(authority, is_https ? kHttpsPort : kHttpPort, out));
    if (is_https) {
      auto tls = io::TlsClient::create({}, {"http/1.1"});
      if (!tls.ok()) return tls.status();
      out.tls = std::move(tls).value();
    }
    if (path.find('/') != std::string_view::npos) {
      return bad("only the database's name may follow the host, without further slashes");
    }
    auto database = percent_decode(path);
    if (!database) return bad("a damaged %XX in the database");
    if (!database->empty()) out.database = std::move(*database);
  }
  SLUICE_RETURN_IF_ERROR(read_parameters(parameters, out));
  if (out.database.empty()) return bad("the database's name is empty");
  return out;
}

std::string Endpoint::unix_url(std::string_view path) {
  std::string url = "unix://";
  for (const char c : path) {
    if (c == '%') {
      url += "%25";
    } else if (c == '?') {
      url += "%3F";
    } else {
      url += c;
    }
  }
  return url;
}

std::string Endpoint::to_string() const {
  if (is_unix()) return "unix://" + address.unix_path;
  return (tls != nullptr ? "https://" : "http://") + address.to_string();
}

}  // namespace sluice::clickhouse
