#include "app/options.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "clickhouse/endpoint.h"

namespace sluice::app {
namespace {

constexpr size_t kPasswordBytesMax =
    4096;  // far beyond any password; a wrong file is not read whole

constexpr unsigned kCollector = kServe | kGateway;
constexpr unsigned kRuns = kServe | kGateway | kServer;
constexpr unsigned kSignsIn = kRuns | kQuery;
constexpr unsigned kEngine = kServe | kServer;
constexpr unsigned kOpensData = kEngine | kQuery;

void add_listeners(std::vector<Flag>& flags, Options& o) {
  flags.push_back(make_flag(o.otlp_grpc, {.name = "otlp-grpc",
                                          .unit = "HOST:PORT",
                                          .help = "Where OTLP over gRPC is taken in",
                                          .yaml = "receivers.otlp.protocols.grpc.endpoint",
                                          .commands = kCollector}));
  flags.push_back(make_flag(o.otlp_http, {.name = "otlp-http",
                                          .unit = "HOST:PORT",
                                          .help = "Where OTLP over HTTP is taken in",
                                          .yaml = "receivers.otlp.protocols.http.endpoint",
                                          .commands = kCollector}));
  flags.push_back(
      make_flag(o.clickhouse_http, {.name = "clickhouse-http",
                                    .unit = "HOST:PORT",
                                    .help = "Where ClickHouse's HTTP interface is served",
                                    .yaml = "extensions.clickhouse_server.endpoint",
                                    .commands = kEngine}));
  flags.push_back(make_flag(o.health, {.name = "health",
                                       .unit = "HOST:PORT",
                                       .help = "Where / and /ready tell the state of the process",
                                       .yaml = "extensions.health_check.endpoint",
                                       .commands = kCollector}));
  flags.push_back(make_flag(
      o.metrics, {.name = "metrics",
                  .unit = "HOST:PORT",
                  .help = "Where /metrics gives Sluice's own metrics in Prometheus' format",
                  .yaml = "service.telemetry.metrics.address",
                  .commands = kCollector}));
}

void add_store(std::vector<Flag>& flags, Options& o) {
  flags.push_back(make_flag(o.data, {.name = "data",
                                     .unit = "DIR",
                                     .help = "Directory of the database, made if it is not there",
                                     .env = "SLUICE_DATA",
                                     .yaml = "extensions.clickhouse_server.data",
                                     .commands = kOpensData}));
  flags.push_back(
      make_flag(o.clickhouse_endpoint,
                {.name = "clickhouse-endpoint",
                 .unit = "URL",
                 .help = "The ClickHouse to write to: http://HOST:PORT or unix:///path/of/socket",
                 .env = "CLICKHOUSE_ENDPOINT",
                 .yaml = "exporters.clickhouse.endpoint",
                 .commands = kGateway}));
  flags.push_back(make_flag(o.database, {.name = "clickhouse-database",
                                         .unit = "NAME",
                                         .help = "Database of the tables",
                                         .env = "HYPERDX_OTEL_EXPORTER_CLICKHOUSE_DATABASE",
                                         .yaml = "exporters.clickhouse.database",
                                         .commands = kCollector | kQuery | kSchema}));
  flags.push_back(make_flag(o.user, {.name = "user",
                                     .alias = "clickhouse-user",
                                     .unit = "NAME",
                                     .help = "User of the ClickHouse interface",
                                     .env = "CLICKHOUSE_USER",
                                     .yaml = "exporters.clickhouse.username",
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
       .yaml = "exporters.clickhouse.password",
       .commands = kSignsIn}));
}

void add_delivery(std::vector<Flag>& flags, Options& o) {
  flags.push_back(make_flag(
      o.ack, {.name = "ack",
              .unit = "MODE",
              .help = "When a sender is told that its data is safe: store (ClickHouse has it) or "
                      "memory (this process has it)",
              .yaml = "exporters.clickhouse.ack",
              .commands = kCollector}));
  flags.push_back(
      make_flag(o.flush_interval, {.name = "flush-interval",
                                   .unit = "DURATION",
                                   .help = "The age at which rows are sent to ClickHouse",
                                   .yaml = "exporters.clickhouse.flush_interval",
                                   .unset = "200ms while a sender waits, else 1s",
                                   .commands = kCollector}));
  flags.push_back(make_flag(o.insert_timeout, {.name = "insert-timeout",
                                               .unit = "DURATION",
                                               .help = "How long one insert may take",
                                               .env = "HYPERDX_OTEL_EXPORTER_TIMEOUT",
                                               .yaml = "exporters.clickhouse.timeout",
                                               .commands = kCollector}));
  flags.push_back(make_flag(
      o.create_schema, {.name = "create-schema",
                        .unit = "true|false",
                        .help = "Whether ClickStack's tables are created and migrated at the start",
                        .yaml = "exporters.clickhouse.create_schema",
                        .commands = kCollector}));
}

void add_limits(std::vector<Flag>& flags, Options& o) {
  flags.push_back(make_flag(o.lanes, {.name = "lanes",
                                      .unit = "NUMBER",
                                      .help = "Threads that take data in; 0 is one per core",
                                      .yaml = "service.lanes",
                                      .commands = kCollector}));
  flags.push_back(make_flag(
      o.memory_limit, {.name = "memory-limit",
                       .unit = "SIZE",
                       .help = "Telemetry in flight; beyond it senders are asked to come later",
                       .yaml = "processors.memory_limiter.limit",
                       .commands = kCollector}));
  flags.push_back(make_flag(o.engine_memory_limit,
                            {.name = "engine-memory-limit",
                             .unit = "SIZE",
                             .help = "Memory of the database; 0 is a share of the machine's",
                             .yaml = "extensions.clickhouse_server.memory_limit",
                             .commands = kEngine}));
  flags.push_back(make_flag(o.queries_max, {.name = "queries-max",
                                            .unit = "NUMBER",
                                            .help = "Queries that the database runs at once",
                                            .yaml = "extensions.clickhouse_server.queries_max",
                                            .commands = kEngine}));
  flags.push_back(
      make_flag(o.cors, {.name = "clickhouse-cors",
                         .help = "Answer web pages of every origin on the ClickHouse interface",
                         .yaml = "extensions.clickhouse_server.cors",
                         .commands = kEngine}));
}

void add_process(std::vector<Flag>& flags, Options& o) {
  flags.push_back(make_flag(o.log_level, {.name = "log-level",
                                          .unit = "LEVEL",
                                          .help = "debug, info, warn or error",
                                          .env = "HYPERDX_LOG_LEVEL",
                                          .yaml = "service.telemetry.logs.level",
                                          .commands = kRuns}));
  flags.push_back(make_flag(o.log_format, {.name = "log-format",
                                           .unit = "FORMAT",
                                           .help = "text or json",
                                           .yaml = "service.telemetry.logs.encoding",
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
                                             .commands = kRuns}));
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

struct Unsupported {
  const char* name;
  bool unsafe;  ///< going on would drop a protection that was asked for
  std::string_view advice;
};

constexpr Unsupported kUnsupported[] = {
    {"OTLP_AUTH_TOKEN", true,
     "the OTLP receivers do not check tokens yet; unset it and listen on loopback, or put a proxy "
     "in front"},
    {"OIDC_ISSUER_URL", true,
     "the OTLP receivers do not check OpenID tokens yet; unset it and listen on loopback, or put a "
     "proxy in front"},
    {"OPAMP_SERVER_URL", false, "there is no remote configuration; the command line decides"},
    {"CUSTOM_OTELCOL_CONFIG_FILE", false,
     "collector configuration files are not read; the command line decides"},
    {"CLICKHOUSE_PROMETHEUS_METRICS_ENDPOINT", false, "Prometheus endpoints are not scraped"},
};

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
                                               .yaml = "exporters.clickhouse.ttl.tables",
                                               .commands = commands}));
  const auto signal = [&](auto& target, FlagInfo info) {
    info.unit = "DURATION";
    info.unset = "as --tables-ttl";
    info.commands = commands;
    flags.push_back(make_flag(target, info));
  };
  signal(retention.logs, {.name = "logs-ttl",
                          .help = "The same for logs",
                          .env = "HYPERDX_OTEL_EXPORTER_LOGS_TTL",
                          .yaml = "exporters.clickhouse.ttl.logs"});
  signal(retention.traces, {.name = "traces-ttl",
                            .help = "The same for traces",
                            .env = "HYPERDX_OTEL_EXPORTER_TRACES_TTL",
                            .yaml = "exporters.clickhouse.ttl.traces"});
  signal(retention.metrics, {.name = "metrics-ttl",
                             .help = "The same for metrics",
                             .env = "HYPERDX_OTEL_EXPORTER_METRICS_TTL",
                             .yaml = "exporters.clickhouse.ttl.metrics"});
  signal(retention.sessions, {.name = "sessions-ttl",
                              .help = "The same for session replays",
                              .env = "HYPERDX_OTEL_EXPORTER_SESSIONS_TTL",
                              .yaml = "exporters.clickhouse.ttl.sessions"});
}

std::vector<Flag> option_table(Options& options, Command command) {
  std::vector<Flag> flags;
  add_listeners(flags, options);
  add_store(flags, options);
  add_delivery(flags, options);
  add_retention_flags(flags, options.retention, kCollector | kSchema);
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
    const auto endpoint = clickhouse::Endpoint::parse(options.clickhouse_endpoint);
    if (!endpoint.ok()) return endpoint.status();
  }
  const bool serves_clickhouse = command == kServe || command == kServer;
  if (serves_clickhouse && !options.clickhouse_http.loopback_only() &&
      options.password.value.empty()) {
    return invalid_argument("--clickhouse-http " + options.clickhouse_http.text +
                            " can be reached from the network, so it needs a password: set "
                            "SLUICE_PASSWORD or --password-file, or listen on localhost");
  }
  return {};
}

Status check_environment(const Environment& get, std::vector<std::string>& warnings) {
  for (const Unsupported& entry : kUnsupported) {
    const char* value = get(entry.name);
    if (value == nullptr || *value == '\0') continue;
    std::string text = std::string(entry.name) + " is set, but " + std::string(entry.advice);
    if (entry.unsafe) return invalid_argument(std::move(text));
    warnings.push_back(std::move(text));
  }
  const char* json = get("HYPERDX_OTEL_EXPORTER_CLICKHOUSE_JSON_ENABLE");
  if (json != nullptr && std::string_view(json) == "true") {
    return invalid_argument(
        "HYPERDX_OTEL_EXPORTER_CLICKHOUSE_JSON_ENABLE is set, but tables with JSON columns are not "
        "written; unset it to use ClickStack's Map columns");
  }
  return {};
}

}  // namespace sluice::app
