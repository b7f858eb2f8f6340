#pragma once

// What the commands that run something run with.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "app/flags.h"
#include "app/values.h"
#include "mapping/ddl.h"

namespace sluice::app {

/// Bits for FlagInfo::commands.
enum Command : unsigned {
  kServe = 1,
  kGateway = 2,
  kServer = 4,
  kQuery = 8,
  kSchema = 16,
  kRun = 32,
  kValidate = 64,
};

/// The retention options; a signal's own one wins over `tables`.
struct RetentionOptions {
  Retention tables{mapping::Ttl::kDefault};
  std::optional<Retention> logs;
  std::optional<Retention> traces;
  std::optional<Retention> metrics;
  std::optional<Retention> sessions;
  bool reconcile = false;

  mapping::Ttl ttl() const;
};

/// For a ClickHouse with TLS; see the clickhouse exporter's option tls.
struct ClickHouseTls {
  std::string ca_file;
  std::string cert_file;
  std::string key_file;
  std::string server_name;
  bool skip_verify = false;

  bool is_set() const {
    return !ca_file.empty() || !cert_file.empty() || !key_file.empty() || !server_name.empty() ||
           skip_verify;
  }
};

struct Options {
  std::vector<std::string> configs;   ///< as config::load() takes them
  std::vector<std::string> settings;  ///< --set
  std::string feature_gates;

  BindHost bind;  ///< see bind_listeners()
  ListenAddress otlp_grpc{"localhost:4317"};
  ListenAddress otlp_http{"localhost:4318"};
  ListenAddress clickhouse_http{"localhost:8123"};
  ListenAddress health{"localhost:13133"};
  ListenAddress metrics{"localhost:8888"};

  std::string data = "sluice-data";
  std::string clickhouse_endpoint;
  std::string database = "default";
  std::string user = "default";
  Secret password;
  std::string password_file;
  Secret otlp_auth_token;
  ClickHouseTls clickhouse_tls;

  pipeline::AckMode ack = pipeline::AckMode::Store;
  std::optional<std::chrono::milliseconds> flush_interval;
  std::chrono::milliseconds insert_timeout{30'000};
  bool create_schema = true;
  bool promql_table = false;
  bool legacy_schema = false;
  bool json_columns = false;
  RetentionOptions retention;

  int lanes = 0;  ///< 0: one per core
  /// Telemetry in flight. At the receivers' limits this is room for a dozen of the largest requests
  /// at once, and the open blocks of all tables beside them.
  Bytes memory_limit{256ull << 20};
  Bytes engine_memory_limit{0};
  int queries_max = 64;
  std::chrono::milliseconds query_timeout{std::chrono::hours(1)};
  Bytes query_memory_limit{0};
  bool cors = false;

  log::Level log_level = log::Level::Info;
  std::optional<log::Format> log_format;

  std::string libchdb;
  std::string server_binary;
  bool sql_guard_off = false;
  bool print_config = false;

  // Handed from the supervisor to its child.
  std::vector<int> listen_fds;
  int unix_fd = 0;  ///< 0: none; it is standard input, never a listener
  int ready_fd = 0;
  int lifeline_fd = 0;
  int password_fd = 0;
};

/// The options of `command`, bound to `options`.
std::vector<Flag> option_table(Options& options, Command command);

/// The retention options, with ClickStack's environment variables.
void add_retention_flags(std::vector<Flag>& flags, RetentionOptions& retention, unsigned commands);

/// Moves all listeners that were not given one by one to the host of --bind, if there is one.
void bind_listeners(Options& options, const Arguments& arguments);

/// Whether tables shall have JSON columns: by --json-columns, or by the gate that the original
/// exporter once had for them.
bool wants_json(const Options& options);

/// Reads --password-file (or the descriptor that the supervisor passed) into `password`.
/// A file that others than its owner can read is refused.
Status load_password(Options& options);

/// What cannot work or is unsafe: listeners on the network without a password, missing options.
Status check_options(const Options& options, Command command);

}  // namespace sluice::app
