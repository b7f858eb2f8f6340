#pragma once

#include <memory>
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
  /// For https: whom to trust. parse() sets it to one that trusts the system's authorities; who has
  /// options of TLS puts one of its own here. Null: plain HTTP.
  std::shared_ptr<const io::TlsClient> tls;

  /// Reads one of
  ///   http://[user[:password]@]host[:port][/database][?setting=value&...]
  ///   https://...                                     (the same, with TLS)
  ///   unix:///path/of/socket[?setting=value&...]
  /// Without a port it is 8123, or 8443 for https.
  /// The query parameters `database`, `user` and `password` are understood too. InvalidArgument
  /// says what is wrong and what to write instead.
  static Result<Endpoint> parse(std::string_view url);

  /// The URL of a Unix socket with whatever is in its full path, as parse() reads it.
  static std::string unix_url(std::string_view path);

  bool is_unix() const { return !address.unix_path.empty(); }
  /// For banners and logs: no user, no password.
  std::string to_string() const;
};

}  // namespace sluice::clickhouse
