#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::server {

/// Names and values, in no order.
using Metrics = std::vector<std::pair<std::string, double>>;

/// A file of /proc, open for good, so that it can be read after the sandbox took its path away.
class ProcFile {
 public:
  explicit ProcFile(const std::string& path);
  ~ProcFile();
  ProcFile(const ProcFile&) = delete;
  ProcFile& operator=(const ProcFile&) = delete;

  /// What stands in it now, valid until the next call; empty if it is not there.
  std::string_view read();

 private:
  int fd_;
  std::string content_;
};

/// What the system says of the machine and of this process, under the names that ClickHouse has for
/// it in system.asynchronous_metrics. Of a file that this system does not have, nothing is said.
/// For one thread at a time.
class HostMetrics {
 public:
  /// So many network interfaces are told of: each container of a machine may have one.
  static constexpr size_t kInterfacesMax = 16;

  /// Opens the files, so this comes before the sandbox. `proc` is for tests.
  explicit HostMetrics(const std::string& proc = "/proc");

  /// All values. Those that ClickHouse tells as differences (times, network) are since the last
  /// call, `elapsed` ago, and not there the first time.
  Metrics read(std::chrono::duration<double> elapsed);

  /// What this process has used since its start, under the names of ClickHouse's ProfileEvents.
  std::vector<std::pair<std::string, uint64_t>> process_events();

 private:
  /// user, nice, system, idle, iowait, irq, softirq, steal, guest, guest_nice of /proc/stat.
  static constexpr size_t kTimes = 10;
  struct Stat {
    std::array<uint64_t, kTimes> times{};
    size_t cpus = 0;
    uint64_t interrupts = 0;
    uint64_t context_switches = 0;
    uint64_t processes = 0;
  };
  static constexpr size_t kCountersOfInterface = 8;
  using Interfaces = std::map<std::string, std::array<uint64_t, kCountersOfInterface>, std::less<>>;

  void read_load(Metrics& metrics);
  void read_memory(Metrics& metrics);
  void read_process_memory(Metrics& metrics);
  void read_stat(Metrics& metrics, double seconds);
  void read_network(Metrics& metrics);

  ProcFile loadavg_;
  ProcFile uptime_;
  ProcFile meminfo_;
  ProcFile stat_;
  ProcFile net_dev_;
  ProcFile statm_;
  ProcFile io_;
  bool first_ = true;
  Stat last_stat_;
  Interfaces last_interfaces_;
};

}  // namespace sluice::server
