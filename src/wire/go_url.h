#pragma once

// URLs as Go's package net/url (https://pkg.go.dev/net/url) reads and writes them.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"

namespace sluice::wire {

struct GoUrl {
  std::string scheme;  ///< in lower case
  std::string opaque;  ///< "joe@h" of "mailto:joe@h"
  bool has_user = false;
  std::string user;
  std::optional<std::string> password;
  std::string host;  ///< with its port
  std::string path;
  std::string raw_path;  ///< as written, if that is not how the path would be written
  bool omits_host = false;
  bool forces_query = false;
  std::string raw_query;
  std::string fragment;
  std::string raw_fragment;

  /// InvalidArgument says what is wrong.
  static Result<GoUrl> parse(std::string_view text);

  std::string to_string() const;
  std::string user_info() const;
  std::string host_name() const;
  std::string port() const;
};

/// The parameters of a query, `a=b&c=d`, in their order.
Result<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view query);

}  // namespace sluice::wire
