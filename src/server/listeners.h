#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "server/server.h"

namespace sluice::server {

/// Sockets to serve on. Whoever takes one sets its `fd` to -1.
struct ServerListener {
  int fd = -1;
  bool trusted = false;
  std::string address;  ///< HOST:PORT, or the path of a Unix socket
};

/// Opens what the options name, besides what was handed in listening. A stale file at the path of
/// the Unix socket is replaced; one that somebody listens on is AlreadyExists. On an error what was
/// opened is closed again.
Result<std::vector<ServerListener>> open_listeners(const ServerOptions& options);

}  // namespace sluice::server
