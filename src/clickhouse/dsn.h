#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "clickhouse/endpoint.h"
#include "io/tls_config.h"

namespace sluice::clickhouse {

/// The order in which several servers are asked, as the original's driver names it.
enum class OpenStrategy : uint8_t {
  LeastLoaded,  ///< if none is named
  InOrder,
  RoundRobin,  ///< also for "random"
};

/// What the exporter's `endpoint` says, in the forms that the original's driver takes.
struct Dsn {
  std::vector<Endpoint> endpoints;  ///< at least one
  OpenStrategy strategy = OpenStrategy::LeastLoaded;
  /// What the parameters skip_verify and tls_server_name say; the endpoints' `tls` follow them.
  io::TlsClientConfig tls;
  /// Lines to warn with: what is read differently here, or has no effect.
  std::vector<std::string> warnings;
};

/// Reads SCHEME://[user:password@]host:port[,host:port…][/database][?parameter=value&…] with the
/// schemes http, https, tcp, clickhouse and unix. ClickHouse's native protocol becomes HTTP on the
/// same host: port 9000 is taken for 8123 and 9440 for 8443 with TLS, and any other port is
/// replaced by `http_port`, which is used for all where it is not 0. The driver's own parameters
/// are understood or warned of; all others are settings of ClickHouse. InvalidArgument says what is
/// wrong; the URL is not repeated in full, since it may hold a password.
Result<Dsn> parse_dsn(std::string_view url, uint16_t http_port = 0);

}  // namespace sluice::clickhouse
