#include "web/process_metrics.h"

#include <dirent.h>
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <string>

#include "base/read_file.h"

namespace sluice::web {
namespace {

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// The n-th number of /proc/self/statm (0: virtual, 1: resident), in bytes.
double memory_bytes(int n) {
  std::FILE* file = std::fopen("/proc/self/statm", "re");
  if (file == nullptr) return 0;
  long pages[2] = {0, 0};
  const int read = std::fscanf(file, "%ld %ld", &pages[0], &pages[1]);
  std::fclose(file);
  return read == 2 ? static_cast<double>(pages[n]) * static_cast<double>(sysconf(_SC_PAGESIZE)) : 0;
}

struct Heap {
  double allocated = 0;
  double from_system = 0;
};

Heap heap() {
  const struct mallinfo2 info = mallinfo2();
  const auto mapped = static_cast<double>(info.hblkhd);
  return {static_cast<double>(info.uordblks) + mapped, static_cast<double>(info.arena) + mapped};
}

double open_descriptors() {
  DIR* directory = opendir("/proc/self/fd");
  if (directory == nullptr) return 0;
  int count = 0;
  while (const dirent* entry = readdir(directory)) count += entry->d_name[0] != '.';
  closedir(directory);
  return count - 1;  // the directory's own
}

double descriptors_max() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<double>(limit.rlim_cur);
}

/// A UUID of its own for each process.
std::string random_id() {
  auto id = read_file("/proc/sys/kernel/random/uuid");
  if (!id.ok()) return {};
  while (!id->empty() && id->back() == '\n') id->pop_back();
  return *id;
}

}  // namespace

void add_process_metrics(metrics::Registry& registry) {
  using std::chrono::duration;
  registry.counter_callback("process_cpu_seconds_total", "User and system CPU time.", {},
                            cpu_seconds);
  registry.gauge_callback("process_virtual_memory_bytes", "Virtual memory.", {},
                          [] { return memory_bytes(0); });
  registry.gauge_callback("process_resident_memory_bytes", "Resident memory.", {},
                          [] { return memory_bytes(1); });
  registry.gauge_callback("process_open_fds", "Open file descriptors.", {}, open_descriptors);
  registry.gauge_callback("process_max_fds", "File descriptors that may be open.", {},
                          descriptors_max);

  const auto start = std::chrono::steady_clock::now();
  const double start_unix =
      duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  registry.gauge_callback("process_start_time_seconds", "Start of the process, in Unix time.", {},
                          [start_unix] { return start_unix; });
  registry.gauge_callback(
      "sluice_uptime_seconds", "Time since the start of the process.", {},
      [start] { return duration<double>(std::chrono::steady_clock::now() - start).count(); });

  // The OpenTelemetry Collector's names for the same.
  registry.counter_callback(
      "otelcol_process_uptime_total", "Seconds since the start of the process.", {},
      [start] { return duration<double>(std::chrono::steady_clock::now() - start).count(); });
  registry.counter_callback("otelcol_process_cpu_seconds_total", "User and system CPU time.", {},
                            cpu_seconds);
  registry.gauge_callback("otelcol_process_memory_rss", "Resident memory in bytes.", {},
                          [] { return memory_bytes(1); });
  registry.gauge_callback("otelcol_process_runtime_heap_alloc_bytes",
                          "What the program has allocated and not freed.", {},
                          [] { return heap().allocated; });
  registry.gauge_callback("otelcol_process_runtime_total_sys_memory_bytes",
                          "What the allocator has from the system.", {},
                          [] { return heap().from_system; });
  registry
      .gauge("target_info", "1, with who these metrics are of as its labels.",
             {{"service_instance_id", random_id()},
              {"service_name", "sluice"},
              {"service_version", SLUICE_VERSION}})
      .set(1);
  registry
      .gauge("sluice_build_info", "1, with the version as its label.",
             {{"version", SLUICE_VERSION}})
      .set(1);
}

}  // namespace sluice::web
