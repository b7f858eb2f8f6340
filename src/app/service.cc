#include "app/service.h"

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "app/child.h"
#include "app/cli.h"
#include "app/collector.h"
#include "app/data_directory.h"
#include "app/process.h"
#include "app/signals.h"
#include "app/supervisor.h"
#include "base/log.h"
#include "base/metrics.h"
#include "server/server.h"
#include "web/health.h"
#include "web/process_metrics.h"
#include "web/server.h"

namespace sluice::app {
namespace {

using std::chrono::milliseconds;

/// A clean end stays within the ten seconds that container runtimes give a process: this for the
/// collector to get everything confirmed, which needs a fraction of it where the store answers…
constexpr milliseconds kDrain{6'500};
/// …and what is left for the engine to close. What was confirmed is on disk by then; the rest is
/// bookkeeping.
constexpr milliseconds kShutDown{9'700};
constexpr milliseconds kStartPoll{2};
constexpr size_t kBannerColumn = 18;
/// If the database is not open after this long, people want to know what is waited for.
constexpr milliseconds kPatience{3'000};

log::Format log_format(const Options& options) {
  return options.log_format.value_or(isatty(STDERR_FILENO) != 0 ? log::Format::Text
                                                                : log::Format::Json);
}

class Service {
 public:
  Service(const Options& options, Command command)
      : options_(options), command_(command), health_([this] { return can_take_data(); }) {}

  /// Takes everything that can be taken by another process, then starts the threads.
  Status start();
  /// Until a signal, or until the child cannot start. Returns the exit code.
  int run();

 private:
  Status open_store();
  Status open_pages();
  Status can_take_data() const;
  /// Opens the receivers, and says that the store is ready, each when it is time.
  Status advance();
  bool store_ready() const {
    return (!supervisor_ || supervisor_->ready()) && collector_->store_ready();
  }
  void warn_about_the_network() const;
  void print_banner() const;
  int shut_down(int signal);

  using Listeners = std::vector<std::pair<std::string_view, std::vector<std::string>>>;
  /// The listeners by their options' names, with the addresses that each has got.
  Listeners listeners() const;

  const Options& options_;
  const Command command_;
  metrics::Registry metrics_;
  web::Health health_;
  std::optional<DataDirectory> data_;
  std::optional<ServerChild> child_;
  std::optional<Supervisor> supervisor_;
  clickhouse::Endpoint endpoint_;
  std::unique_ptr<Collector> collector_;
  std::vector<std::string> health_addresses_;
  std::vector<std::string> metrics_addresses_;
  std::atomic<bool> accepting_{false};  // read by the health page
  bool collecting_ = false;             // of a collector with a child: its threads run
  bool announced_ = false;
  web::Server pages_;  // last: its pages read all of the above
};

Status Service::open_store() {
  if (command_ == kGateway) {
    auto endpoint = clickhouse::Endpoint::parse(options_.clickhouse_endpoint);
    if (!endpoint.ok()) return endpoint.status();
    endpoint_ = std::move(endpoint).value();
    if (endpoint_.user.empty()) endpoint_.user = options_.user;
    if (endpoint_.password.empty()) endpoint_.password = options_.password.value;
    if (options_.database != "default") endpoint_.database = options_.database;
    return {};
  }
  auto data = DataDirectory::open(options_.data);
  if (!data.ok()) return data.status();
  data_ = std::move(data).value();
  auto child = ServerChild::prepare(options_, *data_);
  if (!child.ok()) return child.status();
  child_ = std::move(child).value();
  endpoint_.address.unix_path = data_->socket_path();
  endpoint_.database = options_.database;
  return {};
}

Status Service::open_pages() {
  const auto add = [this](const ListenAddress& address, std::string_view flag, web::Page page,
                          std::vector<std::string>& bound) -> Status {
    if (address.off()) return {};
    auto listeners = io::listen(address.text);
    if (!listeners.ok()) return listeners.status().with_context(flag);
    for (const io::Listener& listener : *listeners) bound.push_back(listener.address);
    pages_.add(std::move(listeners).value(), std::move(page));
    return {};
  };
  const auto health = [this](const http::Request& request) {
    return health_.answer(request.path());
  };
  SLUICE_RETURN_IF_ERROR(add(options_.health, "--health", health, health_addresses_));
  return add(options_.metrics, "--metrics", web::metrics_page(metrics_), metrics_addresses_);
}

Status Service::start() {
  SLUICE_RETURN_IF_ERROR(open_store());
  SLUICE_RETURN_IF_ERROR(open_pages());
  auto collector = Collector::create(options_, endpoint_, metrics_);
  if (!collector.ok()) return collector.status();
  collector_ = std::move(collector).value();
  web::add_process_metrics(metrics_);

  // From here on nothing is left that another process could hold: start.
  if (child_) {
    supervisor_.emplace(child_->supervisor, metrics_);
    SLUICE_RETURN_IF_ERROR(supervisor_->start());
  }
  pages_.start();
  warn_about_the_network();
  return child_ ? Status() : collector_->start();
}

Status Service::can_take_data() const {
  if (!accepting_) return unavailable("the process is starting");
  if (supervisor_ && !supervisor_->ready()) {
    return unavailable("the ClickHouse server process is not running; it is being started again");
  }
  return collector_->can_take_data();
}

Status Service::advance() {
  // Before its child serves, a collector has nobody to talk to.
  if (child_ && !collecting_ && supervisor_->ready()) {
    SLUICE_RETURN_IF_ERROR(collector_->start());
    collecting_ = true;
  }
  // A gateway takes data in at once: it can hold what comes until the store answers.
  if (!accepting_ && (command_ == kGateway || store_ready())) {
    accepting_ = true;
    collector_->accept();
    health_.set_serving();
  }
  if (accepting_ && store_ready()) {
    announced_ = true;
    print_banner();
  }
  return {};
}

int Service::run() {
  const auto start = std::chrono::steady_clock::now();
  bool warned = false;
  while (!announced_) {
    if (const auto signal = wait_end_signal(kStartPoll)) return shut_down(*signal);
    if (supervisor_) {
      const auto ready = supervisor_->wait_ready(milliseconds(0));
      if (ready.status().code() == Code::Unavailable)
        return fail(ready.status().message(), kExitFailure);
    }
    if (Status status = advance(); !status.ok()) return fail(status.message(), kExitFailure);
    if (child_ && !announced_ && !warned && std::chrono::steady_clock::now() - start > kPatience) {
      warned = true;
      log::info("waiting for the database to open", {{"data", data_->path()}});
    }
  }
  return shut_down(*wait_end_signal(std::nullopt));
}

int Service::shut_down(int signal) {
  const auto start = std::chrono::steady_clock::now();
  release_end_signals();
  log::info("shutting down", {{"signal", std::string("SIG") + sigabbrev_np(signal)}});
  health_.set_draining();
  const bool drained = (child_ && !collecting_) || collector_->drain(kDrain);
  if (!drained) {
    log::error("not everything was confirmed in time; senders that were not answered send again");
  }
  const auto used =
      std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - start);
  if (supervisor_) supervisor_->stop(kShutDown - used);
  // The threads that still wait for the store cannot be joined.
  if (!drained) _exit(kExitFailure);
  log::info("everything is stored, good-bye");
  return kExitOk;
}

void Service::warn_about_the_network() const {
  for (const auto& [flag, address] : {std::pair("--otlp-grpc", &options_.otlp_grpc),
                                      std::pair("--otlp-http", &options_.otlp_http)}) {
    if (address->loopback_only()) continue;
    log::warn("OTLP is taken from the network without authentication",
              {{"option", flag}, {"address", address->text}});
  }
  if (options_.ack == components::AckMode::Memory) {
    log::warn("senders are answered before their data is stored (--ack memory): a crash loses it");
  }
}

Service::Listeners Service::listeners() const {
  Listeners out = {{"otlp-grpc", collector_->addresses().grpc},
                   {"otlp-http", collector_->addresses().http},
                   {"health", health_addresses_},
                   {"metrics", metrics_addresses_}};
  if (child_) out.emplace_back("clickhouse-http", child_->addresses());
  return out;
}

void Service::print_banner() const {
  static constexpr std::string_view kReady =
      "Everything is ready. Begin running and processing data.";
  const bool text = log_format(options_) == log::Format::Text;
  std::string banner = "\nSluice " SLUICE_VERSION "\n\n";
  for (const auto& [name, addresses] : listeners()) {
    banner += "  " + std::string(name);
    banner.append(kBannerColumn - name.size(), ' ');
    for (const std::string& address : addresses) {
      banner += address + "  ";
      if (!text) log::info("listening", {{"what", name}, {"address", address}});
    }
    banner += addresses.empty() ? "off\n" : "\n";
  }
  banner += "  storing in";
  banner.append(kBannerColumn - std::string_view("storing in").size(), ' ');
  banner +=
      (child_ ? data_->path() : endpoint_.to_string()) + "\n\n" + std::string(kReady) + "\n\n";
  if (text) {
    std::fputs(banner.c_str(), stderr);
  } else {
    log::info(kReady, {{"version", SLUICE_VERSION}, {"endpoint", endpoint_.to_string()}});
  }
}

}  // namespace

int run_service(const Options& options, Command command) {
  log::configure(options.log_level, log_format(options));
  set_process_limits();
  hold_end_signals();
  Service service(options, command);
  const Status status = service.start();
  if (!status.ok()) return fail(status.message(), kExitFailure);
  return service.run();
}

int run_database(const Options& options) {
  log::configure(options.log_level, log_format(options));
  set_process_limits();
  const auto descriptor = [](int fd) { return fd == 0 ? -1 : fd; };
  server::ServerOptions server;
  server.data_dir = options.data;
  server.listen_fds = options.listen_fds;
  if (!options.clickhouse_http.off()) server.listen = {options.clickhouse_http.text};
  server.unix_fd = descriptor(options.unix_fd);
  // `sluice query --data` finds a server by this socket, whoever started it.
  if (server.unix_fd < 0) server.unix_socket = options.data + "/" + std::string(kServerSocketName);
  server.user = options.user;
  server.password = options.password.value;
  server.libchdb = options.libchdb;
  server.memory_limit_bytes = options.engine_memory_limit.value;
  server.queries_max = options.queries_max;
  server.guard = !options.sql_guard_off;
  server.cors = options.cors;
  server.ready_fd = descriptor(options.ready_fd);
  server.lifeline_fd = descriptor(options.lifeline_fd);
  if (!server.guard) {
    log::warn(
        "the SQL guard is off (--no-sql-guard): only the sandbox stands between queries and files");
  }
  return server::run_server(server);
}

}  // namespace sluice::app
