#include "app/service.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <sstream>
#include <utility>

#include "app/child.h"
#include "app/cli.h"
#include "app/config_watch.h"
#include "app/configuration.h"
#include "app/data_directory.h"
#include "app/pipelines.h"
#include "app/preset.h"
#include "app/print_config.h"
#include "app/process.h"
#include "app/signals.h"
#include "app/supervisor.h"
#include "base/log.h"
#include "base/metrics.h"
#include "clickhouse/endpoint.h"
#include "server/server.h"
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
/// How often the files of the configuration are looked at.
constexpr milliseconds kLookAtFiles{1'000};
constexpr size_t kBannerColumn = 18;
/// If the database is not open after this long, people want to know what is waited for.
constexpr milliseconds kPatience{3'000};

/// The ClickHouse of `serve`: a directory, and the child process that serves it.
struct Store {
  explicit Store(DataDirectory directory) : data(std::move(directory)) {}
  DataDirectory data;
  std::optional<ServerChild> child;
  std::optional<Supervisor> supervisor;
};

class Service {
 public:
  /// `reread` reads the configuration again; nothing, with the reasons printed, if it is bad.
  Service(const Options& options, Store* store, std::vector<std::string> files,
          std::function<std::optional<CheckedPlan>()> reread)
      : options_(options), store_(store), watch_(std::move(files)), reread_(std::move(reread)) {}

  /// Takes everything that can be taken by another process. An error has a line for each thing that
  /// cannot be had.
  Status open(CheckedPlan checked);
  /// Starts the threads. REQUIRES: open() was good.
  Status start();
  /// Until a signal, or until the child cannot start. Returns the exit code.
  int run();

 private:
  /// Opens other pages in the place of those that are open; on an error there are none.
  Status open_metrics(const MetricsPages& pages);
  /// On an error the pages stay where they are.
  void move_metrics(const MetricsPages& pages);
  Status can_take_data() const;
  /// Opens the receivers, and says that the store is ready, each when it is time.
  Status advance();
  bool child_ready() const { return store_ == nullptr || store_->supervisor->ready(); }
  std::vector<pipeline::BoundAddress> addresses() const;
  /// Once for the same addresses.
  void warn_about_the_network();
  void print_banner() const;
  /// Takes the configuration as it is now, if it is good.
  void reload();
  int shut_down(int signal);

  const Options& options_;
  Store* const store_;  ///< null: the store is elsewhere
  ConfigWatch watch_;
  const std::function<std::optional<CheckedPlan>()> reread_;
  metrics::Registry metrics_;
  std::unique_ptr<Pipelines> pipelines_;
  std::vector<pipeline::BoundAddress> metrics_at_;
  MetricsPages metrics_pages_;          // as they were asked for
  std::string open_addresses_;          // that were warned of
  std::atomic<bool> accepting_{false};  // read by health pages
  bool started_ = false;                // the pipelines' threads run
  bool announced_ = false;
  std::unique_ptr<web::Server> metrics_server_;  // last: its pages read all of the above
};

/// The second goes below the first.
Status both(const Status& first, const Status& second) {
  if (first.ok()) return second;
  return second.ok() ? first : Status(first.code(), first.message() + "\n" + second.message());
}

/// Prints a line for each of the reasons.
int fail_each(const Status& status) {
  std::istringstream lines(status.message());
  for (std::string line; std::getline(lines, line);) fail(line, kExitFailure);
  return kExitFailure;
}

Status Service::open_metrics(const MetricsPages& pages) {
  metrics_server_.reset();  // it may hold the same ports
  auto server = std::make_unique<web::Server>();
  std::vector<pipeline::BoundAddress> bound;
  Status problems;
  for (const config::MetricsPage& page : pages) {
    auto listeners = io::listen(page.address);
    if (!listeners.ok()) {
      const pipeline::WantedAddress wanted{page.address, page.mark, page.path};
      const std::string problem = wanted.problem(listeners.status().message());
      problems = both(problems, Status(listeners.status().code(), problem));
      continue;
    }
    for (const io::Listener& listener : *listeners) bound.push_back({"metrics", listener.address});
    const auto totals = page.without_type_suffix ? metrics::CollectorTotals::Bare
                                                 : metrics::CollectorTotals::Suffixed;
    server->add(std::move(listeners).value(), web::metrics_page(metrics_, totals));
  }
  SLUICE_RETURN_IF_ERROR(problems);
  metrics_server_ = std::move(server);
  metrics_at_ = std::move(bound);
  return {};
}

void Service::move_metrics(const MetricsPages& pages) {
  if (pages == metrics_pages_) return;
  Status status = open_metrics(pages);
  if (status.ok()) {
    metrics_pages_ = pages;
  } else {
    log::error("the metrics page stays where it is", {{"error", status.message()}});
    status = open_metrics(metrics_pages_);
  }
  if (status.ok()) {
    metrics_server_->start();
    for (const pipeline::BoundAddress& bound : metrics_at_)
      log::info("the metrics page is here", {{"address", bound.address}});
  } else {
    log::error("the metrics page is gone", {{"error", status.message()}});
  }
}

Status Service::open(CheckedPlan checked) {
  metrics_pages_ = metrics_pages(options_, checked.plan.configuration().telemetry);
  const Status metrics = open_metrics(metrics_pages_);
  PipelinesOptions options;
  options.lanes = options_.lanes;
  options.memory_limit_bytes = options_.memory_limit.value;
  options.ack = options_.ack;
  options.addresses = std::move(checked.addresses);
  options.can_take_data = [this] { return can_take_data(); };
  auto pipelines = Pipelines::create(std::move(checked.plan), options, metrics_);
  SLUICE_RETURN_IF_ERROR(both(metrics, pipelines.status()));
  pipelines_ = std::move(pipelines).value();
  return {};
}

Status Service::start() {
  web::add_process_metrics(metrics_);
  if (store_ != nullptr) {
    store_->supervisor.emplace(store_->child->supervisor, metrics_);
    SLUICE_RETURN_IF_ERROR(store_->supervisor->start());
  }
  SLUICE_RETURN_IF_ERROR(pipelines_->start_extensions());
  metrics_server_->start();
  warn_about_the_network();
  if (options_.ack == pipeline::AckMode::Memory) {
    log::warn("senders are answered before their data is stored (--ack memory): a crash loses it");
  }
  return {};
}

Status Service::can_take_data() const {
  if (!accepting_) return unavailable("the process is starting");
  if (!child_ready()) {
    return unavailable("the ClickHouse server process is not running; it is being started again");
  }
  return pipelines_->can_take_data();
}

Status Service::advance() {
  // Before its child serves, an exporter has nobody to talk to.
  if (!started_ && child_ready()) {
    SLUICE_RETURN_IF_ERROR(pipelines_->start());
    started_ = true;
  }
  // With a store elsewhere data is taken in at once: it can be held until the store answers.
  const bool store_ready = started_ && child_ready() && pipelines_->ready();
  if (started_ && !accepting_ && (store_ == nullptr || store_ready)) {
    SLUICE_RETURN_IF_ERROR(pipelines_->accept());
    accepting_ = true;
  }
  if (accepting_ && (store_ == nullptr || store_ready)) {
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
    if (store_ != nullptr) {
      const auto ready = store_->supervisor->wait_ready(milliseconds(0));
      if (ready.status().code() == Code::Unavailable)
        return fail(ready.status().message(), kExitFailure);
    }
    if (Status status = advance(); !status.ok()) return fail(status.message(), kExitFailure);
    if (store_ != nullptr && !announced_ && !warned &&
        std::chrono::steady_clock::now() - start > kPatience) {
      warned = true;
      log::info("waiting for the database to open", {{"data", store_->data.path()}});
    }
  }
  for (;;) {
    const auto signal = wait_any_signal(kLookAtFiles);
    if (signal && *signal != SIGHUP) return shut_down(*signal);
    if (watch_.changed() || signal) reload();
  }
}

void Service::reload() {
  log::info("reading the configuration again");
  auto checked = reread_();
  bool is_taken = false;
  if (checked) {
    const config::TelemetryConfig telemetry = checked->plan.configuration().telemetry;
    const Status status = pipelines_->replace(std::move(checked->plan), checked->addresses, kDrain);
    is_taken = status.ok();
    if (is_taken) {
      configure_log(telemetry);
      move_metrics(metrics_pages(options_, telemetry));
    } else {
      fail_each(status);
    }
  }
  if (is_taken) {
    log::info("the new configuration has taken over");
    warn_about_the_network();
  } else {
    log::error("the new configuration is not taken, and the old one runs on",
               {{"error", "the reasons stand above"}});
  }
}

int Service::shut_down(int signal) {
  const auto start = std::chrono::steady_clock::now();
  release_end_signals();
  log::info("shutting down", {{"signal", std::string("SIG") + sigabbrev_np(signal)}});
  const bool drained = !started_ || pipelines_->stop(kDrain);
  if (!drained) {
    log::error("not everything was confirmed in time; senders that were not answered send again");
  }
  const auto used =
      std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - start);
  if (store_ != nullptr) store_->supervisor->stop(kShutDown - used);
  // The threads that still wait for the store cannot be joined.
  if (!drained) _exit(kExitFailure);
  log::info("everything is stored, good-bye");
  return kExitOk;
}

/// Whether only this machine can connect to a bound address.
bool is_loopback(const std::string& address) { return ListenAddress{address}.loopback_only(); }

std::vector<pipeline::BoundAddress> Service::addresses() const {
  std::vector<pipeline::BoundAddress> all = pipelines_->addresses();
  all.insert(all.end(), metrics_at_.begin(), metrics_at_.end());
  return all;
}

void Service::warn_about_the_network() {
  std::string open;
  for (const pipeline::BoundAddress& bound : addresses()) {
    if (bound.authenticated || is_loopback(bound.address)) continue;
    open += (open.empty() ? "" : ", ") + bound.what + " " + bound.address;
  }
  if (!open.empty() && open != open_addresses_)
    log::warn("ports are open to the network without authentication", {{"addresses", open}});
  open_addresses_ = std::move(open);
}

void Service::print_banner() const {
  static constexpr std::string_view kReady =
      "Everything is ready. Begin running and processing data.";
  const bool text = log::format() == log::Format::Text;
  std::string banner = "\nSluice " SLUICE_VERSION "\n\n";
  std::vector<pipeline::BoundAddress> all = addresses();
  if (store_ != nullptr) {
    for (const std::string& address : store_->child->addresses())
      all.push_back({"clickhouse-http", address});
  }
  for (const pipeline::BoundAddress& bound : all) {
    banner += "  " + bound.what;
    banner.append(kBannerColumn - std::min(bound.what.size(), kBannerColumn - 1), ' ');
    banner += bound.address + "\n";
    if (!text) log::info("listening", {{"what", bound.what}, {"address", bound.address}});
  }
  if (store_ != nullptr) {
    banner += "  storing in";
    banner.append(kBannerColumn - std::string_view("storing in").size(), ' ');
    banner += store_->data.path() + "\n";
  }
  banner += "\n" + std::string(kReady) + "\n\n";
  if (text) {
    std::fputs(banner.c_str(), stderr);
  } else {
    log::info(kReady, {{"version", SLUICE_VERSION}});
  }
}

/// The directory and the child of `serve`, everything bound; its URL for the exporters.
Result<std::unique_ptr<Store>> open_store(const Options& options) {
  auto data = DataDirectory::open(options.data);
  if (!data.ok()) return data.status();
  auto store = std::make_unique<Store>(std::move(data).value());
  auto child = ServerChild::prepare(options, store->data);
  if (!child.ok()) return child.status();
  store->child = std::move(child).value();
  return store;
}

/// What the user's configuration goes over.
config::Node base_of(const Options& options, Command command, const Store* store) {
  if (command == kRun) return config::Node::map();
  if (command == kGateway) return clickstack_preset(options, options.clickhouse_endpoint);
  const std::string socket =
      store != nullptr ? store->data.socket_path()
                       : (std::filesystem::absolute(options.data) / kServerSocketName).string();
  return clickstack_preset(options, clickhouse::Endpoint::unix_url(socket));
}

}  // namespace

int run_service(const Options& options, Command command, const Environment& environment) {
  std::unique_ptr<Store> store;
  Status taken;
  if (command == kServe && !options.print_config) {
    auto opened = open_store(options);
    if (opened.ok()) {
      store = std::move(opened).value();
    } else if (opened.status().code() == Code::AlreadyExists) {
      taken = opened.status();  // to be said with everything else that is
    } else {
      return fail(opened.status().message(), kExitFailure);
    }
  }
  const auto read = [&] {
    return read_plan(options, command, base_of(options, command, store.get()), environment);
  };
  auto checked = read();
  if (!checked) return kExitUsage;
  if (options.print_config) {
    Options shown = options;
    std::vector<Flag> flags = option_table(shown, command);
    // What they say is in the plan, where its secrets are known.
    std::erase_if(flags, [](const Flag& flag) { return (flag.info.commands & kValidate) != 0; });
    std::fputs((show_plan(checked->plan, options) + "\n" + print_options(flags)).c_str(), stdout);
    return kExitOk;
  }
  configure_log(checked->plan.configuration().telemetry);
  if (!options.feature_gates.empty())
    log::info("there are no feature gates, but for clickhouse.json",
              {{"asked_for", options.feature_gates}});
  set_process_limits();
  hold_end_signals();
  hold_reload_signal();
  Service service(options, store.get(), config_files(options, environment), read);
  if (const Status opened = both(taken, service.open(std::move(*checked))); !opened.ok())
    return fail_each(opened);
  if (const Status status = service.start(); !status.ok())
    return fail(status.message(), kExitFailure);
  return service.run();
}

int run_database(const Options& options) {
  const log::Format by_output = isatty(STDERR_FILENO) != 0 ? log::Format::Text : log::Format::Json;
  log::configure(options.log_level, options.log_format.value_or(by_output));
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
  server.query_time_max = std::chrono::ceil<std::chrono::seconds>(options.query_timeout);
  server.query_memory_bytes = options.query_memory_limit.value;
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
