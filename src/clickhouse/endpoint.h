#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "http/client.h"

namespace sluice::clickhouse {

using Settings = std::vector<std::pair<std::string, std::string>>;

/// A ClickHouse server's HTTP interface and how to sign in there.
struct Endpoint {
  http::Address address;
  std::string user;      ///< empty: the server's default user
  std::string password;  ///< never logged
  std::string database = "default";
  Settings settings;  ///< sent with every request

  /// Reads one of
  ///   http://[user[:password]@]host[:port][/database][?setting=value&...]   (port 8123 if none is
  ///   given) unix:///path/of/socket[?setting=value&...]
  /// The query parameters `database`, `user` and `password` are understood too. InvalidArgument
  /// says what is wrong and what to write instead.
  static Result<Endpoint> parse(std::string_view url);

  bool is_unix() const { return !address.unix_path.empty(); }
  /// For banners and logs: no user, no password.
  std::string to_string() const;
};

}  // namespace sluice::clickhouse
