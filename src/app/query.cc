#include "app/query.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <optional>

#include "app/child.h"
#include "app/cli.h"
#include "app/components_command.h"
#include "app/data_directory.h"
#include "app/options.h"
#include "app/supervisor.h"
#include "base/metrics.h"
#include "clickhouse/client.h"
#include "mapping/ddl.h"

namespace sluice::app {
namespace {

constexpr std::string_view kDefaultUrl = "http://127.0.0.1:8123";
/// A database with many parts takes long to open.
constexpr std::chrono::minutes kServerStart{5};
constexpr std::chrono::seconds kPing{2};

struct QueryOptions {
  std::string url;
  std::string format;
  Options service;  // what a server for the one query is started with
};

std::vector<Flag> query_table(QueryOptions& o) {
  std::vector<Flag> flags;
  flags.push_back(make_flag(o.format, {.name = "format",
                                       .unit = "FORMAT",
                                       .help = "Output format, by ClickHouse's names",
                                       .unset = "PrettyCompact on a terminal, else TabSeparated"}));
  flags.push_back(make_flag(
      o.url, {.name = "url",
              .unit = "URL",
              .help = "The server to ask",
              .unset = "the one on --data, else http://127.0.0.1:8123, else one that is started "
                       "on --data for this query"}));
  std::vector<Flag> shared = option_table(o.service, kQuery);
  for (Flag& flag : shared) flags.push_back(std::move(flag));
  return flags;
}

/// A server to ask, and what was started for it.
struct Target {
  clickhouse::Endpoint endpoint;
  ServerSocket socket;
  metrics::Registry metrics;
  std::optional<DataDirectory> data;
  std::optional<ServerChild> child;
  std::optional<Supervisor> supervisor;
};

bool answers(const clickhouse::Endpoint& endpoint) {
  http::Client client(endpoint.address, {.tls = endpoint.tls});
  http::ClientRequest request;
  request.target = "/ping";
  request.timeout = kPing;
  return client.send(request).status.ok();
}

Status start_server(QueryOptions& options, Target& target) {
  options.service.clickhouse_http.text = "off";
  options.service.log_level = log::Level::Warn;
  auto data = DataDirectory::open(options.service.data);
  if (!data.ok()) return data.status();
  target.data = std::move(data).value();
  auto child = ServerChild::prepare(options.service, *target.data);
  if (!child.ok()) return child.status();
  target.child = std::move(child).value();
  target.supervisor.emplace(target.child->supervisor, target.metrics);
  SLUICE_RETURN_IF_ERROR(target.supervisor->start());
  const auto ready = target.supervisor->wait_ready(kServerStart);
  if (!ready.ok()) return ready.status();
  target.endpoint = {};
  target.endpoint.address.unix_path = target.data->socket_path();
  return {};
}

/// Finds the server: the one that is named, the one on the directory, the one on the usual port, or
/// a new one.
Status find_target(QueryOptions& options, bool data_given, Target& target) {
  const std::string_view url = options.url.empty() ? kDefaultUrl : std::string_view(options.url);
  auto endpoint = clickhouse::Endpoint::parse(url);
  if (!endpoint.ok()) return endpoint.status();
  target.endpoint = std::move(endpoint).value();
  if (target.endpoint.user.empty()) target.endpoint.user = options.service.user;
  if (target.endpoint.password.empty()) target.endpoint.password = options.service.password.value;
  if (!options.url.empty()) return {};

  auto socket = ServerSocket::in(options.service.data);
  if (socket.ok()) {
    clickhouse::Endpoint local;
    local.address.unix_path = socket->path;
    if (answers(local)) {
      target.endpoint = std::move(local);
      target.socket = std::move(socket).value();
      return {};
    }
  }
  if (!data_given && answers(target.endpoint)) return {};
  if (!socket.ok()) {
    if (data_given) return socket.status();
    return unavailable(
        "no server answers on " + std::string(kDefaultUrl) + ", and there is no data directory " +
        options.service.data +
        ": start `sluice serve`, or name a server with --url or a directory with --data");
  }
  return start_server(options, target);
}

/// The statement on the command line, or on standard input if there is none.
std::string read_statement(const Arguments& arguments) {
  std::string sql;
  for (const std::string& word : arguments.positional) sql += (sql.empty() ? "" : " ") + word;
  if (!sql.empty() || isatty(STDIN_FILENO) != 0) return sql;
  char bytes[4096];
  for (ssize_t n = 0; (n = read(STDIN_FILENO, bytes, sizeof bytes)) > 0;) {
    sql.append(bytes, static_cast<size_t>(n));
  }
  return sql;
}

bool write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

int ask(const QueryOptions& options, const Target& target, std::string_view sql) {
  clickhouse::QueryRequest request;
  request.sql = sql;
  request.timeout = std::chrono::milliseconds(0);
  std::string format = options.format;
  if (format.empty()) format = isatty(STDOUT_FILENO) != 0 ? "PrettyCompact" : "TabSeparated";
  request.settings = {{"default_format", format}};
  bool reader_gone = false;
  request.on_body = [&reader_gone](std::string_view bytes) {
    reader_gone = !write_all(bytes);
    return !reader_gone;
  };
  clickhouse::Endpoint endpoint = target.endpoint;
  endpoint.database = options.service.database;
  clickhouse::Client client(std::move(endpoint));
  const auto result = client.query(request);
  if (reader_gone || result.ok()) return kExitOk;
  return fail(result.status().message(), kExitFailure);
}

/// What makes the database whole, for an empty one.
std::vector<std::string> all_statements(const Options& options) {
  const mapping::Ttl ttl = options.retention.ttl();
  if (options.json_columns) return mapping::json_schema_statements(options.database, ttl);
  std::vector<std::string> all = mapping::schema_version_statements(options.database);
  const auto statements = mapping::schema_statements(options.database, ttl);
  all.insert(all.end(), statements->begin(), statements->end());
  if (options.promql_table) all.push_back(mapping::promql_statement(options.database));
  return all;
}

}  // namespace

int run_query(const std::vector<std::string>& words, const Environment& environment) {
  static constexpr std::string_view kIntro =
      "sluice query \"SELECT …\" [options]\n\n"
      "Runs one statement (from standard input, if none is given) and prints its result.\n";
  QueryOptions options;
  int exit_code = kExitOk;
  const auto arguments =
      read_options("query", kIntro, query_table(options), words, environment, exit_code);
  if (!arguments) return exit_code;
  if (Status status = load_password(options.service); !status.ok()) {
    return fail(status.message(), kExitUsage);
  }
  const std::string sql = read_statement(*arguments);
  if (sql.empty()) return fail("there is no statement: sluice query \"SELECT 1\"", kExitUsage);

  log::configure(log::Level::Warn, log::Format::Text);
  Target target;
  const Status found = find_target(options, arguments->has("data"), target);
  if (!found.ok()) return fail(found.message(), kExitFailure);
  return ask(options, target, sql);
}

int run_schema(const std::vector<std::string>& words, const Environment& environment) {
  static constexpr std::string_view kIntro =
      "sluice schema [options]\n\n"
      "Prints the statements that make ClickStack's tables, as sluice runs them itself at its "
      "start.\n`sluice schema config` prints a JSON Schema of configurations instead, for "
      "editors.\n";
  if (!words.empty() && words.front() == "config")
    return run_config_schema({words.begin() + 1, words.end()}, environment);
  Options options;
  int exit_code = kExitOk;
  std::vector<Flag> flags = option_table(options, kSchema);
  const auto arguments = read_options("schema", kIntro, flags, words, environment, exit_code);
  if (!arguments) return exit_code;
  std::string out;
  for (const std::string& sql : all_statements(options)) out += sql + ";\n\n";
  return write_all(out) ? kExitOk : kExitFailure;
}

}  // namespace sluice::app
