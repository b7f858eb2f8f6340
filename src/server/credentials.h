#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/engine.h"
#include "http/stream_server.h"

namespace sluice::server {

struct Credentials {
  std::string user;
  std::string password;
};

/// Why a request may not come in, as ClickHouse would say it.
struct CredentialsRefusal {
  int code = 0;  ///< 194 REQUIRED_PASSWORD, 516 AUTHENTICATION_FAILED
  std::string message;
};

/// Compares what the request brings with the one account. It may bring them as Authorization:
/// Basic, as X-ClickHouse-User and -Key, or as the parameters user and password; in more than one
/// way is an error. Nothing stands for the user "default" without a password. Takes the same time
/// whichever byte is wrong.
std::optional<CredentialsRefusal> check_credentials(const http::StreamHead& head,
                                                    const engine::NameValues& params,
                                                    const Credentials& account);

}  // namespace sluice::server
