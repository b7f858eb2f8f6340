#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/fd.h"
#include "base/metrics.h"
#include "base/status.h"

namespace sluice::app {

struct SupervisorConfig {
  std::string binary = "/proc/self/exe";
  /// After the program's name. `--ready-fd N` and `--lifeline-fd N` are added: the child writes a
  /// line "ready …" to the one when it serves, and ends when the other reads as closed.
  std::vector<std::string> arguments;
  /// Stay open in the child, under the same numbers; everything else but 0 to 2 is closed there.
  std::vector<int> descriptors;
  std::chrono::milliseconds backoff_first{100};
  std::chrono::milliseconds backoff_max{5'000};
};

/// Keeps one child process running. It starts with an empty environment and in a process group of
/// its own (so that ^C reaches the parent only), and cannot outlive its parent. A child that ends
/// is started again, after a pause that doubles with each failure. A child that ends by itself
/// before it was ever ready cannot start at all: that is not tried again. Thread-safe.
class Supervisor {
 public:
  /// A database with merges under way takes seconds to close.
  static constexpr std::chrono::milliseconds kStopTimeout{20'000};

  Supervisor(SupervisorConfig config, metrics::Registry& metrics);
  /// As stop().
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  /// Starts the child and the thread that watches it. Once only.
  Status start();

  /// Waits until the child is ready for the first time, and returns the rest of its ready line.
  /// Unavailable if it could not start, DeadlineExceeded after `timeout`, Cancelled if stop() came
  /// first.
  Result<std::string> wait_ready(std::chrono::milliseconds timeout);

  /// Whether the child serves now.
  bool ready() const;
  /// The running child; 0 if there is none.
  pid_t pid() const;

  /// Ends the child (SIGTERM, after `timeout` SIGKILL) and waits for it. May be called again.
  void stop(std::chrono::milliseconds timeout = kStopTimeout);

 private:
  struct Child;

  void run();
  Result<Child> spawn();
  /// Returns the child's wait status when it has ended, by itself or by stop().
  int watch(Child& child);
  void read_ready_line(Child& child);
  /// False if there is no point in starting the child again.
  bool note_end(const Child& child, int wait_status);
  bool pause_before_restart();
  void end_child(const Child& child);
  bool stopping() const;

  const SupervisorConfig config_;
  metrics::Counter& restarts_;
  metrics::Gauge& up_;

  Fd wake_;            // an eventfd: stop() was called
  Fd lifeline_read_;   // the child's end
  Fd lifeline_write_;  // closes with this process
  std::thread thread_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::chrono::milliseconds stop_timeout_ = kStopTimeout;
  bool ready_ = false;
  pid_t pid_ = 0;
  std::optional<std::string> first_ready_;
  Status failure_;

  // The watching thread's own.
  int failures_in_a_row_ = 0;
};

}  // namespace sluice::app
