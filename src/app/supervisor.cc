#include "app/supervisor.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "base/log.h"

namespace sluice::app {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kCrashesBeforeReadyMax = 3;         // a start that crashes so often will not work
constexpr auto kCalm = std::chrono::seconds(10);  // a child that served so long starts afresh
constexpr std::string_view kOomScoreAdj = "500";  // the engine goes before the collector
constexpr int kExitExecFailed = 127;

std::string describe_end(int wait_status) {
  if (WIFSIGNALED(wait_status)) {
    return "it was ended by signal " + std::to_string(WTERMSIG(wait_status)) + " (" +
           strsignal(WTERMSIG(wait_status)) + ")";
  }
  if (WEXITSTATUS(wait_status) == kExitExecFailed) return "its program could not be executed";
  return "it ended with exit code " + std::to_string(WEXITSTATUS(wait_status));
}

void write_oom_score() {
  const int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  [[maybe_unused]] const ssize_t n = write(fd, kOomScoreAdj.data(), kOomScoreAdj.size());
  close(fd);
}

/// What execs the child. Everything is made before the fork: only async-signal-safe calls are
/// allowed behind it.
struct Exec {
  const char* binary;
  std::vector<char*> argv;
  const std::vector<int>* descriptors;
  int ready_fd;
  int lifeline_fd;
  pid_t parent;

  [[noreturn]] void run() const {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) _exit(0);  // it died before the line above
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    for (int signal : {SIGTERM, SIGINT, SIGPIPE, SIGHUP}) ::signal(signal, SIG_DFL);
    write_oom_score();
    syscall(SYS_close_range, 3u, ~0u, CLOSE_RANGE_CLOEXEC);
    for (int fd : *descriptors) fcntl(fd, F_SETFD, 0);
    fcntl(ready_fd, F_SETFD, 0);
    fcntl(lifeline_fd, F_SETFD, 0);
    char* const no_environment[] = {nullptr};
    execve(binary, argv.data(), no_environment);
    _exit(kExitExecFailed);
  }
};

}  // namespace

struct Supervisor::Child {
  pid_t pid = 0;
  Fd pidfd;
  Fd ready;
  std::string ready_line;
  std::optional<Clock::time_point> ready_at;
};

Supervisor::Supervisor(SupervisorConfig config, metrics::Registry& metrics)
    : config_(std::move(config)),
      restarts_(metrics.counter("sluice_server_restarts_total",
                                "Times that the ClickHouse server process was started again.")),
      up_(metrics.gauge("sluice_server_up", "Whether the ClickHouse server process serves.")) {}

Supervisor::~Supervisor() { stop(); }

Status Supervisor::start() {
  int lifeline[2];
  if (pipe2(lifeline, O_CLOEXEC) != 0) return errno_status("making a pipe", errno);
  lifeline_read_ = Fd(lifeline[0]);
  lifeline_write_ = Fd(lifeline[1]);
  wake_ = Fd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake_) return errno_status("making an eventfd", errno);
  // The parent-death signal belongs to the thread that forks, so one thread does it for the
  // supervisor's whole life.
  thread_ = std::thread([this] { run(); });
  return {};
}

Result<std::string> Supervisor::wait_ready(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, timeout,
                    [&] { return first_ready_.has_value() || stopping_ || !failure_.ok(); });
  if (first_ready_) return *first_ready_;
  if (!failure_.ok()) return failure_;
  if (stopping_) return Status(Code::Cancelled, "the server was stopped while it started");
  return Status(Code::DeadlineExceeded, "the ClickHouse server was not ready in time");
}

bool Supervisor::ready() const {
  const std::lock_guard lock(mutex_);
  return ready_;
}

pid_t Supervisor::pid() const {
  const std::lock_guard lock(mutex_);
  return pid_;
}

bool Supervisor::stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void Supervisor::stop(std::chrono::milliseconds timeout) {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    stop_timeout_ = timeout;
  }
  changed_.notify_all();
  if (!thread_.joinable()) return;
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t n = write(wake_.get(), &one, sizeof one);
  thread_.join();
}

void Supervisor::run() {
  while (!stopping()) {
    auto child = spawn();
    if (!child.ok()) {
      log::error("the ClickHouse server could not be started",
                 {{"error", child.status().message()}});
      ++failures_in_a_row_;
    } else {
      const int wait_status = watch(*child);
      if (!note_end(*child, wait_status)) return;
    }
    if (!pause_before_restart()) return;
    restarts_.add();
  }
}

Result<Supervisor::Child> Supervisor::spawn() {
  int ready[2];
  if (pipe2(ready, O_CLOEXEC) != 0) return errno_status("making a pipe", errno);
  Child child;
  child.ready = Fd(ready[0]);
  const Fd ready_write(ready[1]);
  fcntl(child.ready.get(), F_SETFL, O_NONBLOCK);

  std::vector<std::string> words = {"sluice"};
  words.insert(words.end(), config_.arguments.begin(), config_.arguments.end());
  words.insert(words.end(), {"--ready-fd", std::to_string(ready_write.get()), "--lifeline-fd",
                             std::to_string(lifeline_read_.get())});
  Exec exec{config_.binary.c_str(), {},      &config_.descriptors, ready_write.get(),
            lifeline_read_.get(),   getpid()};
  for (std::string& word : words) exec.argv.push_back(word.data());
  exec.argv.push_back(nullptr);

  child.pid = fork();
  if (child.pid < 0) return errno_status("starting a process", errno);
  if (child.pid == 0) exec.run();
  // glibc 2.36 declares pidfd_open() without extern "C".
  child.pidfd = Fd(static_cast<int>(syscall(SYS_pidfd_open, child.pid, 0)));
  {
    const std::lock_guard lock(mutex_);
    pid_ = child.pid;
  }
  return child;
}

int Supervisor::watch(Child& child) {
  for (;;) {
    pollfd waits[] = {
        {child.pidfd.get(), POLLIN, 0}, {wake_.get(), POLLIN, 0}, {child.ready.get(), POLLIN, 0}};
    if (poll(waits, 3, -1) < 0 && errno != EINTR) break;
    if (waits[2].revents != 0) read_ready_line(child);
    if (waits[1].revents != 0) end_child(child);
    if (waits[0].revents != 0 || waits[1].revents != 0) break;
  }
  int wait_status = 0;
  while (waitpid(child.pid, &wait_status, 0) < 0 && errno == EINTR) {
  }
  const std::lock_guard lock(mutex_);
  ready_ = false;
  pid_ = 0;
  up_.set(0);
  return wait_status;
}

void Supervisor::read_ready_line(Child& child) {
  static constexpr std::string_view kReady = "ready";
  char bytes[512];
  const ssize_t n = read(child.ready.get(), bytes, sizeof bytes);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n > 0) child.ready_line.append(bytes, static_cast<size_t>(n));
  if (n <= 0) child.ready.reset();  // poll() ignores what is closed
  const size_t end = child.ready_line.find('\n');
  if (child.ready_at || end == std::string::npos) return;
  if (child.ready_line.compare(0, kReady.size(), kReady) != 0) return;

  child.ready_at = Clock::now();
  std::string rest = child.ready_line.substr(kReady.size(), end - kReady.size());
  rest.erase(0, rest.find_first_not_of(' '));
  {
    const std::lock_guard lock(mutex_);
    ready_ = true;
    if (!first_ready_) first_ready_ = rest;
  }
  up_.set(1);
  changed_.notify_all();
  log::info("the ClickHouse server is ready", {{"pid", child.pid}, {"addresses", rest}});
}

bool Supervisor::note_end(const Child& child, int wait_status) {
  if (stopping()) return false;
  const std::string how = describe_end(wait_status);
  const bool served_long = child.ready_at && Clock::now() - *child.ready_at >= kCalm;
  failures_in_a_row_ = served_long ? 1 : failures_in_a_row_ + 1;
  const std::lock_guard lock(mutex_);
  const bool crashed = WIFSIGNALED(wait_status);
  if (!first_ready_ && (!crashed || failures_in_a_row_ >= kCrashesBeforeReadyMax)) {
    failure_ = unavailable("the ClickHouse server could not start: " + how);
    changed_.notify_all();
    return false;
  }
  log::error("the ClickHouse server is gone and will be started again",
             {{"pid", child.pid}, {"reason", how}});
  return true;
}

bool Supervisor::pause_before_restart() {
  const int doublings =
      std::min(failures_in_a_row_ - 1, 16);  // beyond any maximum, and no overflow
  const auto pause = std::min(config_.backoff_max, config_.backoff_first * (1 << doublings));
  pollfd wait{wake_.get(), POLLIN, 0};
  return poll(&wait, 1, static_cast<int>(pause.count())) == 0;
}

void Supervisor::end_child(const Child& child) {
  kill(child.pid, SIGTERM);
  pollfd wait{child.pidfd.get(), POLLIN, 0};
  auto end = Clock::now();
  {
    const std::lock_guard lock(mutex_);
    end += stop_timeout_;
  }
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    const int n = poll(&wait, 1, static_cast<int>(std::max<int64_t>(left, 0)));
    if (n > 0) return;
    if (n == 0 && left <= 0) break;
  }
  log::warn("the ClickHouse server did not end in time and is killed", {{"pid", child.pid}});
  kill(child.pid, SIGKILL);
}

}  // namespace sluice::app
