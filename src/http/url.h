#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "http/client.h"

namespace sluice::http {

/// An http or https URL, taken apart.
struct Url {
  bool is_https = false;
  Address address;  ///< port 80 or 443 where the URL names none
  std::string user;
  std::string password;
  std::string target;  ///< path and query, at least "/"

  /// The value of an Authorization header for the user; empty if there is none.
  std::string basic_authorization() const;

  /// InvalidArgument says what is wrong; the text is not repeated, since it may hold a password.
  static Result<Url> parse(std::string_view text);
};

/// "host:port" or "[::1]:port"; without a host, localhost. The port may be missing if
/// `default_port` is not 0.
Result<Address> parse_host_port(std::string_view text, uint16_t default_port = 0);

}  // namespace sluice::http
