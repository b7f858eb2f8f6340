#include "http/url.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "http/message.h"
#include "wire/base64.h"

namespace sluice::http {
namespace {

std::optional<std::string> percent_decode_all(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    unsigned byte = 0;
    const std::string_view hex = text.substr(i + 1, 2);
    const char* end = hex.data() + hex.size();
    const auto [at, error] = std::from_chars(hex.data(), end, byte, 16);
    if (hex.size() != 2 || error != std::errc() || at != end) return std::nullopt;
    out += static_cast<char>(byte);
    i += 2;
  }
  return out;
}

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

}  // namespace

Result<Address> parse_host_port(std::string_view text, uint16_t default_port) {
  Address address;
  std::string_view rest;
  if (text.substr(0, 1) == "[") {
    const size_t end = text.find(']');
    if (end == std::string_view::npos)
      return invalid_argument("an IPv6 address without its closing bracket");
    address.host = text.substr(1, end - 1);
    rest = text.substr(end + 1);
  } else {
    const size_t colon = std::min(text.find(':'), text.size());
    address.host = text.substr(0, colon);
    rest = text.substr(colon);
    if (rest.find(':', 1) != std::string_view::npos)
      return invalid_argument("an IPv6 address stands in brackets, for example [::1]:4317");
  }
  if (text.empty() || !is_plain(address.host)) return invalid_argument("no host");
  if (address.host.empty()) address.host = "localhost";
  address.port = default_port;
  if (rest.size() <= 1 && default_port != 0) return address;
  if (rest.empty()) return invalid_argument("no port: write HOST:PORT");
  rest.remove_prefix(1);
  const char* end = rest.data() + rest.size();
  const auto [at, error] = std::from_chars(rest.data(), end, address.port);
  if (error != std::errc() || at != end || address.port == 0)
    return invalid_argument("\"" + std::string(rest) + "\" is not a port (1 to 65535)");
  return address;
}

Result<Url> Url::parse(std::string_view text) {
  Url url;
  const size_t colon = text.find("://");
  const std::string_view scheme = text.substr(0, colon == std::string_view::npos ? 0 : colon);
  if (!equal_fold(scheme, "http") && !equal_fold(scheme, "https"))
    return invalid_argument("a URL begins with http:// or https://");
  url.is_https = scheme.size() == 5;
  text.remove_prefix(colon + 3);
  text = text.substr(0, text.find('#'));
  const size_t path = std::min(text.find_first_of("/?"), text.size());
  std::string_view authority = text.substr(0, path);
  url.target = text.substr(path);
  if (url.target.empty() || url.target.front() != '/') url.target.insert(0, "/");
  if (!is_plain(url.target)) return invalid_argument("a blank or control character in the URL");
  if (const size_t at = authority.rfind('@'); at != std::string_view::npos) {
    const std::string_view credentials = authority.substr(0, at);
    const size_t split = std::min(credentials.find(':'), credentials.size());
    auto user = percent_decode_all(credentials.substr(0, split));
    auto password = percent_decode_all(credentials.substr(std::min(split + 1, credentials.size())));
    if (!user || !password) return invalid_argument("a damaged %XX in the user or password");
    url.user = std::move(*user);
    url.password = std::move(*password);
    authority.remove_prefix(at + 1);
  }
  auto address = parse_host_port(authority, url.is_https ? 443 : 80);
  if (!address.ok()) return address.status();
  url.address = std::move(address).value();
  return url;
}

std::string Url::basic_authorization() const {
  if (user.empty() && password.empty()) return {};
  Buffer encoded;
  wire::append_base64(user + ":" + password, encoded);
  return "Basic " + std::string(encoded.view());
}

}  // namespace sluice::http
