#include "app/options.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "clickhouse/dsn.h"

namespace sluice::app {
namespace {

constexpr size_t kPasswordBytesMax =
    4096;  // far beyond any password; a wrong file is not read whole

constexpr unsigned kPreset = kServe | kGateway;
constexpr unsigned kPipelines = kPreset | kRun;
/// Whose configurations are the user's alone.
constexpr unsigned kOwn = kRun | kValidate;
constexpr unsigned kRuns = kPreset | kServer;
constexpr unsigned kSignsIn = kRuns | kQuery;
constexpr unsigned kEngine = kServe | kServer;
constexpr unsigned kOpensData = kEngine | kQuery;

void add_configuration(std::vector<Flag>& flags, Options& o) {
  constexpr unsigned kReads = kPipelines | kValidate;
  flags.push_back(make_flag(
      o.configs,
      {.name = "config",
       .unit = "FILE",
       .help = "A configuration in the OpenTelemetry Collector's YAML: a file, env:NAME or "
               "yaml:TEXT; may stand several times, later ones go over earlier ones; "
               "CUSTOM_OTELCOL_CONFIG_FILE in the environment comes last",
       .env = "SLUICE_CONFIG",
       .commands = kReads}));
  flags.push_back(make_flag(o.settings, {.name = "set",
                                         .unit = "KEY=VALUE",
                                         .help = "One value of the configuration, for example "
                                                 "processors.batch.timeout=2s; may stand several "
                                                 "times",
                                         .commands = kReads}));
  flags.push_back(make_flag(o.feature_gates, {.name = "feature-gates",
                                              .unit = "NAMES",
                                              .help = "Taken for compatibility; clickhouse.json "
                                                      "means --json-columns, others nothing",
                                              .env = "OTEL_AGENT_FEATURE_GATE_ARG",
                                              .commands = kReads}));
}

void add_listeners(std::vector<Flag>& flags, Options& o) {
  flags.push_back(make_flag(
      o.bind, {.name = "bind",
               .unit = "HOST",
               .help = "The host of all addresses below that are not given, such as 0.0.0.0",
               .unset = "localhost",
               .commands = kRuns}));
  flags.push_back(make_flag(o.otlp_grpc, {.name = "otlp-grpc",
                                          .unit = "HOST:PORT",
                                          .help = "Where OTLP over gRPC is taken in",
                                          .commands = kPreset}));
  flags.push_back(make_flag(o.otlp_http, {.name = "otlp-http",
                                          .unit = "HOST:PORT",
                                          .help = "Where OTLP over HTTP is taken in",
                                          .commands = kPreset}));
  flags.push_back(
      make_flag(o.clickhouse_http, {.name = "clickhouse-http",
                                    .unit = "HOST:PORT",
                                    .help = "Where ClickHouse's HTTP interface is served",
                                    .commands = kEngine}));
  flags.push_back(make_flag(o.health, {.name = "health",
                                       .unit = "HOST:PORT",
                                       .help = "Where / and /ready tell the state of the process",
                                       .commands = kPreset}));
  flags.push_back(make_flag(
      o.metrics, {.name = "metrics",
                  .unit = "HOST:PORT",
                  .help = "Where /metrics gives Sluice's own metrics in Prometheus' format",
                  .commands = kPreset}));
}

void add_store(std::vector<Flag>& flags, Options& o) {
  flags.push_back(make_flag(o.data, {.name = "data",
                                     .unit = "DIR",
                                     .help = "Directory of the database, made if it is not there",
                                     .env = "SLUICE_DATA",
                                     .commands = kOpensData}));
  flags.push_back(make_flag(
      o.clickhouse_endpoint,
      {.name = "clickhouse-endpoint",
       .unit = "URL",
       .help = "The ClickHouse to write to: http://HOST:8123, https://HOST:8443, tcp://HOST:9000 "
               "(spoken to over HTTP) or unix:///path/of/socket; several hosts of one kind "
               "separated by commas",
       .env = "CLICKHOUSE_ENDPOINT",
       .commands = kGateway}));
  flags.push_back(make_flag(o.database, {.name = "clickhouse-database",
                                         .unit = "NAME",
                                         .help = "Database of the tables",
                                         .env = "HYPERDX_OTEL_EXPORTER_CLICKHOUSE_DATABASE",
                                         .commands = kPreset | kQuery | kSchema}));
  flags.push_back(make_flag(o.user, {.name = "user",
                                     .alias = "clickhouse-user",
                                     .unit = "NAME",
                                     .help = "User of the ClickHouse interface",
                                     .env = "CLICKHOUSE_USER",
                                     .commands = kSignsIn}));
  flags.push_back(make_flag(o.password_file,
                            {.name = "password-file",
                             .unit = "FILE",
                             .help = "File with the user's password, readable by its owner only",
                             .commands = kSignsIn}));
  flags.push_back(make_flag(
      o.password,
      {.name = "password",
       .unit = "TEXT",
       .help = "The user's password; rather use --password-file or the environment, since "
               "every user of the machine can see command lines",
       .env = "SLUICE_PASSWORD CLICKHOUSE_PASSWORD",
       .commands = kSignsIn}));
}

void add_security(std::vector<Flag>& flags, Options& o) {
  flags.push_back(make_flag(
      o.otlp_auth_token,
      {.name = "otlp-auth-token",
       .unit = "TEXT",
       .help = "Take data only from senders whose Authorization header has this token; rather set "
               "it in the environment, since every user of the machine can see command lines",
       .env = "OTLP_AUTH_TOKEN",
       .commands = kPreset | kOwn}));
  const auto tls = [&](auto& target, FlagInfo info) {
    info.commands = kGateway | kOwn;
    flags.push_back(make_flag(target, info));
  };
  ClickHouseTls& t = o.clickhouse_tls;
  tls(t.ca_file, {.name = "clickhouse-tls-ca-file",
                  .unit = "FILE",
                  .help = "Who signs the certificate of an https:// ClickHouse, as PEM",
                  .env = "CLICKHOUSE_TLS_CA_FILE",
                  .unset = "the system's authorities"});
  tls(t.cert_file, {.name = "clickhouse-tls-cert-file",
                    .unit = "FILE",
                    .help = "Our own certificate for it, as PEM",
                    .env = "CLICKHOUSE_TLS_CERT_FILE"});
  tls(t.key_file, {.name = "clickhouse-tls-key-file",
                   .unit = "FILE",
                   .help = "The key of our own certificate",
                   .env = "CLICKHOUSE_TLS_KEY_FILE"});
  tls(t.server_name, {.name = "clickhouse-tls-server-name",
                      .unit = "NAME",
                      .help = "The name that its certificate must have",
                      .env = "CLICKHOUSE_TLS_SERVER_NAME_OVERRIDE",
                      .unset = "the endpoint's host"});
  tls(t.skip_verify, {.name = "clickhouse-tls-insecure-skip-verify",
                      .unit = "true|false",
                      .help = "Whether any certificate will do",
                      .env = "CLICKHOUSE_TLS_INSECURE_SKIP_VERIFY"});
}

void add_delivery(std::vector<Flag>& flags, Options& o) {
  flags.push_back(make_flag(
      o.ack, {.name = "ack",
              .unit = "MODE",
              .help = "When a sender is told that its data is safe: store (ClickHouse has it) or "
                      "memory (this process has it)",
              .commands = kPipelines}));
  flags.push_back(
      make_flag(o.flush_interval, {.name = "flush-interval",
                                   .unit = "DURATION",
                                   .help = "The age at which rows are sent to ClickHouse",
                                   .unset = "200ms while a sender waits, else 1s",
                                   .commands = kPreset}));
  flags.push_back(make_flag(o.insert_timeout, {.name = "insert-timeout",
                                               .unit = "DURATION",
                                               .help = "How long one insert may take",
                                               .env = "HYPERDX_OTEL_EXPORTER_TIMEOUT",
                                               .commands = kPreset}));
  flags.push_back(make_flag(
      o.create_schema, {.name = "create-schema",
                        .unit = "true|false",
                        .help = "Whether ClickStack's tables are created and migrated at the start",
                        .commands = kPreset | kOwn}));
  flags.push_back(make_flag(
      o.legacy_schema,
      {.name = "legacy-schema",
       .unit = "true|false",
       .help = "Whether the exporter makes its tables itself, instead of ClickStack's schema",
       .env = "HYPERDX_OTEL_EXPORTER_CREATE_LEGACY_SCHEMA",
       .commands = kPreset}));
  flags.push_back(make_flag(
      o.promql_table, {.name = "promql-table",
                       .unit = "true|false",
                       .help = "Whether ClickStack's table for PromQL, metrics_ts, is made too",
                       .env = "ENABLE_PROMQL",
                       .commands = kPreset | kOwn | kSchema}));
  flags.push_back(make_flag(
      o.json_columns,
      {.name = "json-columns",
       .unit = "true|false",
       .help = "Whether attributes of logs and spans are of the type JSON, in tables that the "
               "exporter makes itself, instead of maps in ClickStack's schema",
       .env = "HYPERDX_OTEL_EXPORTER_CLICKHOUSE_JSON_ENABLE",
       .commands = kPreset | kSchema}));
}

void add_limits(std::vector<Flag>& flags, Options& o) {
  flags.push_back(make_flag(o.lanes, {.name = "lanes",
                                      .unit = "NUMBER",
                                      .help = "Threads that take data in; 0 is one per core",
                                      .commands = kPipelines}));
  flags.push_back(make_flag(
      o.memory_limit, {.name = "memory-limit",
                       .unit = "SIZE",
                       .help = "Telemetry in flight; beyond it senders are asked to come later",
                       .commands = kPipelines}));
  flags.push_back(make_flag(o.engine_memory_limit,
                            {.name = "engine-memory-limit",
                             .unit = "SIZE",
                             .help = "Memory of the database; 0 is a share of the machine's",
                             .commands = kEngine}));
  flags.push_back(make_flag(o.queries_max, {.name = "queries-max",
                                            .unit = "NUMBER",
                                            .help = "Queries that the database runs at once",
                                            .commands = kEngine}));
  flags.push_back(make_flag(
      o.query_timeout, {.name = "query-timeout",
                        .unit = "DURATION",
                        .help = "How long a query may run that does not set max_execution_time; "
                                "0s is without an end",
                        .commands = kEngine}));
  flags.push_back(make_flag(o.query_memory_limit,
                            {.name = "query-memory-limit",
                             .unit = "SIZE",
                             .help = "Memory of a query that does not set max_memory_usage; 0 is "
                                     "half of the database's",
                             .commands = kEngine}));
  flags.push_back(
      make_flag(o.cors, {.name = "clickhouse-cors",
                         .help = "Answer web pages of every origin on the ClickHouse interface",
                         .commands = kEngine}));
}

void add_process(std::vector<Flag>& flags, Options& o) {
  flags.push_back(make_flag(o.log_level, {.name = "log-level",
                                          .unit = "LEVEL",
                                          .help = "debug, info, warn or error",
                                          .env = "HYPERDX_LOG_LEVEL",
                                          .commands = kRuns}));
  flags.push_back(make_flag(o.log_format, {.name = "log-format",
                                           .unit = "FORMAT",
                                           .help = "text or json",
                                           .unset = "text on a terminal, else json",
                                           .commands = kRuns}));
  flags.push_back(make_flag(
      o.libchdb, {.name = "libchdb",
                  .unit = "FILE",
                  .help = "The engine's library",
                  .env = "SLUICE_LIBCHDB",
                  .unset = "../lib/libchdb.so beside the program, or what tools/setup fetched",
                  .commands = kOpensData}));
  flags.push_back(make_flag(o.server_binary,
                            {.name = "server-binary",
                             .unit = "FILE",
                             .help = "Another build of Sluice to run the database with (sanitizer "
                                     "builds cannot load the engine)",
                             .unset = "this program",
                             .commands = kServe | kQuery}));
  flags.push_back(make_flag(o.print_config, {.name = "print-config",
                                             .help = "Print the effective options as YAML and end",
                                             .commands = kRuns | kRun}));
}

/// For tests, and for the supervisor's child.
void add_hidden(std::vector<Flag>& flags, Options& o) {
  flags.push_back(
      make_flag(o.sql_guard_off, {.name = "no-sql-guard", .hidden = true, .commands = kEngine}));
  const auto descriptor = [&](auto& target, std::string_view name) {
    flags.push_back(
        make_flag(target, {.name = name, .unit = "FD", .hidden = true, .commands = kServer}));
  };
  descriptor(o.listen_fds, "listen-fd");
  descriptor(o.unix_fd, "unix-fd");
  descriptor(o.ready_fd, "ready-fd");
  descriptor(o.lifeline_fd, "lifeline-fd");
  descriptor(o.password_fd, "password-fd");
}

/// All of the descriptor, without the line end that editors leave. Closes it.
Result<std::string> read_secret(int fd, const std::string& name) {
  std::string text(kPasswordBytesMax + 1, '\0');
  const ssize_t n = pread(fd, text.data(), text.size(), 0);
  const int error = errno;
  close(fd);
  if (n < 0) return errno_status("reading the password from " + name, error);
  text.resize(static_cast<size_t>(n));
  if (text.size() > kPasswordBytesMax) {
    return invalid_argument(name + " is too large to be a password file");
  }
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  if (text.empty()) return invalid_argument(name + " is empty: write the password into it");
  return text;
}

Result<std::string> read_password_file(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return errno_status("opening the password file " + path, errno);
  struct stat info {};
  if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && (info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    close(fd);
    return invalid_argument("the password file " + path + " is open to other users: chmod 600 " +
                            path);
  }
  return read_secret(fd, path);
}

}  // namespace

mapping::Ttl RetentionOptions::ttl() const {
  mapping::Ttl ttl;
  ttl.logs = logs.value_or(tables).value;
  ttl.traces = traces.value_or(tables).value;
  ttl.metrics = metrics.value_or(tables).value;
  ttl.sessions = sessions.value_or(tables).value;
  return ttl;
}

void add_retention_flags(std::vector<Flag>& flags, RetentionOptions& retention, unsigned commands) {
  flags.push_back(make_flag(retention.tables, {.name = "tables-ttl",
                                               .unit = "DURATION",
                                               .help = "How long rows are kept; 0 is for ever",
                                               .env = "HYPERDX_OTEL_EXPORTER_TABLES_TTL",
                                               .commands = commands}));
  flags.push_back(
      make_flag(retention.reconcile, {.name = "reconcile-ttl",
                                      .unit = "true|false",
                                      .help = "Whether tables that are there get these times too",
                                      .env = "HYPERDX_OTEL_EXPORTER_RECONCILE_TABLE_TTL",
                                      .commands = commands & ~unsigned{kSchema}}));
  const auto signal = [&](auto& target, FlagInfo info) {
    info.unit = "DURATION";
    info.unset = "as --tables-ttl";
    info.commands = commands;
    flags.push_back(make_flag(target, info));
  };
  signal(
      retention.logs,
      {.name = "logs-ttl", .help = "The same for logs", .env = "HYPERDX_OTEL_EXPORTER_LOGS_TTL"});
  signal(retention.traces, {.name = "traces-ttl",
                            .help = "The same for traces",
                            .env = "HYPERDX_OTEL_EXPORTER_TRACES_TTL"});
  signal(retention.metrics, {.name = "metrics-ttl",
                             .help = "The same for metrics",
                             .env = "HYPERDX_OTEL_EXPORTER_METRICS_TTL"});
  signal(retention.sessions, {.name = "sessions-ttl",
                              .help = "The same for session replays",
                              .env = "HYPERDX_OTEL_EXPORTER_SESSIONS_TTL"});
}

std::vector<Flag> option_table(Options& options, Command command) {
  std::vector<Flag> flags;
  add_configuration(flags, options);
  add_listeners(flags, options);
  add_store(flags, options);
  add_security(flags, options);
  add_delivery(flags, options);
  add_retention_flags(flags, options.retention, kPreset | kOwn | kSchema);
  add_limits(flags, options);
  add_process(flags, options);
  add_hidden(flags, options);
  flags.erase(std::remove_if(flags.begin(), flags.end(),
                             [&](const Flag& f) { return (f.info.commands & command) == 0; }),
              flags.end());
  return flags;
}

Status load_password(Options& options) {
  if (options.password_fd != 0) {
    auto secret = read_secret(options.password_fd, "the supervisor");
    if (!secret.ok()) return secret.status();
    options.password.value = *secret;
  } else if (!options.password_file.empty()) {
    auto secret = read_password_file(options.password_file);
    if (!secret.ok()) return secret.status();
    options.password.value = *secret;
  }
  return {};
}

Status check_options(const Options& options, Command command) {
  if (command == kGateway && options.clickhouse_endpoint.empty()) {
    return invalid_argument(
        "a gateway needs a ClickHouse to write to: --clickhouse-endpoint http://HOST:8123, or "
        "CLICKHOUSE_ENDPOINT in the environment");
  }
  if (command == kGateway) {
    const auto dsn = clickhouse::parse_dsn(options.clickhouse_endpoint);
    if (!dsn.ok()) return dsn.status();
  }
  const bool serves_clickhouse = command == kServe || command == kServer;
  if (serves_clickhouse && !options.clickhouse_http.loopback_only() &&
      options.password.value.empty()) {
    return invalid_argument("--clickhouse-http " + options.clickhouse_http.text +
                            " can be reached from the network, so it needs a password: set "
                            "SLUICE_PASSWORD or --password-file, or listen on localhost by "
                            "--clickhouse-http localhost:8123");
  }
  return {};
}

void bind_listeners(Options& options, const Arguments& arguments) {
  if (options.bind.text.empty()) return;
  for (const auto& [name, listener] :
       {std::pair("otlp-grpc", &options.otlp_grpc), std::pair("otlp-http", &options.otlp_http),
        std::pair("clickhouse-http", &options.clickhouse_http),
        std::pair("health", &options.health), std::pair("metrics", &options.metrics)}) {
    if (arguments.has(name)) continue;
    listener->text = options.bind.text + ':' + std::string(listener->port());
  }
}

bool wants_json(const Options& options) {
  return options.json_columns || options.feature_gates.find("clickhouse.json") != std::string::npos;
}

}  // namespace sluice::app
