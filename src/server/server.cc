#include "server/server.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <memory>
#include <sstream>
#include <string>

#include "base/log.h"
#include "engine/chdb_engine.h"
#include "http/stream_server.h"
#include "server/data_dir.h"
#include "server/host_metrics.h"
#include "server/http_interface.h"
#include "server/listeners.h"
#include "server/metric_log.h"
#include "server/query_log.h"
#include "server/sandbox.h"

namespace sluice::server {
namespace {

using std::chrono::milliseconds;

/// After a signal, requests under way have so long to end before their connections are cut. Queries
/// are cancelled at once, so this is for inserts.
constexpr milliseconds kDrainTime{20'000};
/// How often sessions are looked through.
constexpr milliseconds kHouseKeeping{5'000};
/// Request bodies may take this share of the engine's memory; the queries need the rest.
constexpr size_t kBodyBudgetShare = 4;
constexpr size_t kBodyBudgetDefault = size_t{1} << 30;
/// One query may take this share of the engine's memory, so that inserts find room beside it.
constexpr size_t kQueryMemoryShare = 2;

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "sluice";
}

int fail(const Status& status) {
  log::error("the server cannot start: " + status.message());
  return 1;
}

/// SIGTERM and SIGINT as a descriptor. They are blocked for all threads that start later, the
/// engine's too.
class Signals {
 public:
  Signals() {
    ::sigemptyset(&set_);
    ::sigaddset(&set_, SIGTERM);
    ::sigaddset(&set_, SIGINT);
    ::pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    fd_ = ::signalfd(-1, &set_, SFD_CLOEXEC | SFD_NONBLOCK);
    // A peer that closed its connection is an error of write(), not the end of the process.
    ::signal(SIGPIPE, SIG_IGN);
  }
  ~Signals() {
    if (fd_ >= 0) ::close(fd_);
  }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  int fd() const { return fd_; }

  /// From here on another signal ends the process at once.
  void let_next_kill() const {
    signalfd_siginfo info;
    while (::read(fd_, &info, sizeof info) > 0) {
    }
    ::pthread_sigmask(SIG_UNBLOCK, &set_, nullptr);
  }

 private:
  sigset_t set_{};
  int fd_ = -1;
};

/// Blocks until a signal comes or the lifeline closes; calls `now_and_then` meanwhile.
template <typename Work>
void wait_for_end(const Signals& signals, int lifeline_fd, const Work& now_and_then) {
  for (;;) {
    std::array<pollfd, 2> fds{{{signals.fd(), POLLIN, 0}, {lifeline_fd, POLLIN, 0}}};
    const int ready = ::poll(fds.data(), fds.size(), static_cast<int>(kHouseKeeping.count()));
    if (ready < 0 && errno != EINTR) return;
    if (fds[0].revents != 0) return log::info("stopping on a signal");
    if (lifeline_fd >= 0 && fds[1].revents != 0) {
      return log::info("stopping because the parent process is gone");
    }
    now_and_then();
  }
}

void announce(const std::vector<ServerListener>& listeners, int ready_fd) {
  std::string line = "ready";
  for (const ServerListener& listener : listeners) {
    if (listener.trusted) continue;
    log::info("ClickHouse HTTP", {{"address", listener.address}});
    line += " " + listener.address;
  }
  line += "\n";
  if (ready_fd < 0) return;
  [[maybe_unused]] const ssize_t n = ::write(ready_fd, line.data(), line.size());
  ::close(ready_fd);
}

Status lock_in(const ServerOptions& options, const DataDir& data, const std::string& library) {
  if (!options.sandbox) {
    log::warn("the sandbox is switched off");
    return {};
  }
  SandboxOptions sandbox;
  sandbox.data_dir = data.path();
  sandbox.read_only_paths = engine_read_only_paths();
  sandbox.read_only_paths.push_back(library);
  Result<SandboxReport> report = enter_sandbox(sandbox);
  if (!report.ok()) return report.status();
  if (!report->warning.empty()) log::warn(report->warning);
  return {};
}

/// What a query may take if nobody said otherwise.
engine::NameValues query_settings(const ServerOptions& options) {
  const size_t memory =
      options.query_memory_bytes != 0
          ? options.query_memory_bytes
          : engine::engine_memory_bytes(options.memory_limit_bytes) / kQueryMemoryShare;
  return {{"max_execution_time", std::to_string(options.query_time_max.count())},
          {"max_memory_usage", std::to_string(memory)}};
}

HttpInterfaceOptions interface_options(const ServerOptions& options) {
  HttpInterfaceOptions http;
  http.account = {options.user, options.password};
  http.display_name = host_name();
  http.queries_max = options.queries_max;
  http.inserts_max = options.inserts_max;
  http.body_budget_bytes = options.memory_limit_bytes != 0
                               ? options.memory_limit_bytes / kBodyBudgetShare
                               : kBodyBudgetDefault;
  http.query_settings = query_settings(options);
  http.guard = options.guard;
  http.cors = options.cors;
  return http;
}

/// What the engine cannot read when it opens a table, after a kill or a fault of the disk, it sets
/// aside: these rows are missing from now on.
void report_broken_parts(engine::Engine& engine) {
  Result<std::unique_ptr<engine::Connection>> connection = engine.connect();
  if (!connection.ok()) return;
  const engine::Outcome outcome =
      (*connection)
          ->execute(
              {"SELECT concat(database, '.', table), count(), argMax(name, modification_time), "
               "argMax(reason, modification_time) FROM system.detached_parts "
               "WHERE reason LIKE '%broken%' GROUP BY 1 ORDER BY 1 FORMAT TSVRaw"});
  std::istringstream lines(outcome.output);
  for (std::string table, parts, newest, reason; lines >> table >> parts >> newest >> reason;) {
    log::warn(
        "parts of a table could not be read and were set aside, their rows are missing; "
        "system.detached_parts lists them until they are dropped",
        {{"table", table}, {"parts", parts}, {"newest", newest}, {"reason", reason}});
  }
}

/// Everything from the open engine to its close.
int serve(const ServerOptions& options, engine::Engine& engine, MetricLog& metric_log,
          const std::vector<ServerListener>& listeners, const Signals& signals) {
  report_broken_parts(engine);
  QueryLog query_log(engine);
  if (Status status = query_log.start(); !status.ok()) {
    log::warn("system.query_log is not kept", {{"error", status.message()}});
  }
  if (Status status = metric_log.start(); !status.ok()) {
    log::warn("system.metric_log is not kept", {{"error", status.message()}});
  }
  HttpInterface interface(engine, interface_options(options), &query_log);
  http::StreamServer server(
      {}, [&interface](http::StreamExchange& exchange) { interface.handle(exchange); });
  for (const ServerListener& listener : listeners) {
    server.add_listener(listener.fd, listener.trusted);
  }
  if (Status status = server.start(); !status.ok()) return fail(status);
  announce(listeners, options.ready_fd);
  wait_for_end(signals, options.lifeline_fd, [&interface] { interface.expire_sessions(); });
  signals.let_next_kill();
  server.drain();
  interface.stop_queries();
  if (!server.wait_idle(kDrainTime)) log::warn("requests were cut off at the end");
  server.stop();
  return 0;
}

}  // namespace

int run_server(const ServerOptions& options) {
  const Signals signals;
  Result<std::string> library = engine::find_libchdb(options.libchdb);
  if (!library.ok()) return fail(library.status());
  Result<DataDir> data = DataDir::open(options.data_dir);
  if (!data.ok()) return fail(data.status());
  Result<std::vector<ServerListener>> listeners = open_listeners(options);
  if (!listeners.ok()) return fail(listeners.status());
  auto host = std::make_unique<HostMetrics>();  // while its files can be opened
  if (Status status = lock_in(options, *data, *library); !status.ok()) return fail(status);
  Result<std::unique_ptr<engine::Engine>> engine =
      engine::open_chdb({*library, data->engine_path(), options.memory_limit_bytes});
  if (!engine.ok()) return fail(engine.status());
  int code = 0;
  {
    MetricLog metric_log(**engine, std::move(host), data->engine_path());
    code = serve(options, **engine, metric_log, *listeners, signals);
  }
  engine->reset();
  log::info("stopped");
  return code;
}

}  // namespace sluice::server
