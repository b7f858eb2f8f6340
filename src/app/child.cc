#include "app/child.h"

#include <sys/mman.h>

#include <cerrno>

#include "engine/chdb_engine.h"

namespace sluice::app {
namespace {

Result<Fd> secret_file(const std::string& secret) {
  Fd fd(memfd_create("password", MFD_CLOEXEC));
  if (!fd) return errno_status("making a file in memory", errno);
  if (write(fd.get(), secret.data(), secret.size()) != static_cast<ssize_t>(secret.size())) {
    return errno_status("writing a file in memory", errno);
  }
  return fd;
}

/// The engine's library, so that an error about it comes before anything is started. Another build
/// of Sluice looks for it by itself, from where that stands.
Result<std::string> engine_library(const Options& options) {
  if (!options.server_binary.empty() && options.libchdb.empty()) return std::string();
  auto library = engine::find_libchdb(options.libchdb);
  if (!library.ok()) return library.status();
  if (access(library->c_str(), R_OK) != 0) {
    return errno_status("the engine's library " + *library + " cannot be read", errno);
  }
  return library;
}

std::vector<std::string> command_line(const Options& options, const DataDirectory& data) {
  std::vector<std::string> words = {"server",
                                    "--data",
                                    data.path(),
                                    "--clickhouse-http",
                                    "off",
                                    "--user",
                                    options.user,
                                    "--queries-max",
                                    std::to_string(options.queries_max),
                                    "--engine-memory-limit",
                                    show_value(options.engine_memory_limit),
                                    "--query-timeout",
                                    show_value(options.query_timeout),
                                    "--query-memory-limit",
                                    show_value(options.query_memory_limit),
                                    "--log-level",
                                    show_value(options.log_level)};
  if (options.log_format) {
    words.insert(words.end(), {"--log-format", show_value(*options.log_format)});
  }
  if (options.cors) words.emplace_back("--clickhouse-cors");
  if (options.sql_guard_off) words.emplace_back("--no-sql-guard");
  return words;
}

}  // namespace

Result<ServerChild> ServerChild::prepare(const Options& options, DataDirectory& data) {
  ServerChild child;
  SupervisorConfig& config = child.supervisor;
  config.arguments = command_line(options, data);
  auto library = engine_library(options);
  if (!library.ok()) return library.status();
  if (!library->empty()) {
    config.arguments.insert(config.arguments.end(), {"--libchdb", *library});
  }
  if (!options.server_binary.empty()) config.binary = options.server_binary;
  const auto pass = [&config](std::string_view flag, int fd) {
    config.arguments.insert(config.arguments.end(), {std::string(flag), std::to_string(fd)});
    config.descriptors.push_back(fd);
  };

  if (!options.clickhouse_http.off()) {
    auto listeners = io::listen(options.clickhouse_http.text);
    if (!listeners.ok()) return listeners.status().with_context("--clickhouse-http");
    child.listeners = std::move(listeners).value();
    for (const io::Listener& listener : child.listeners) pass("--listen-fd", listener.fd);
  }
  auto unix_listener = data.listen();
  if (!unix_listener.ok()) return unix_listener.status();
  child.unix_listener = std::move(unix_listener).value();
  pass("--unix-fd", child.unix_listener.get());
  if (!options.password.value.empty()) {
    auto password = secret_file(options.password.value);
    if (!password.ok()) return password.status();
    child.password = std::move(password).value();
    pass("--password-fd", child.password.get());
  }
  // The child keeps the directory's lock while it closes its database, also when the collector is
  // gone.
  config.descriptors.push_back(data.lock_fd());
  return child;
}

std::vector<std::string> ServerChild::addresses() const {
  std::vector<std::string> addresses;
  for (const io::Listener& listener : listeners) addresses.push_back(listener.address);
  return addresses;
}

}  // namespace sluice::app
