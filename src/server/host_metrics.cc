#include "server/host_metrics.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <optional>

#include "base/take.h"

namespace sluice::server {
namespace {

constexpr std::array<std::string_view, 10> kTimeNames = {
    "User", "Nice", "System", "Idle", "IOWait", "Irq", "SoftIrq", "Steal", "Guest", "GuestNice"};

/// Fields of a line of /proc/net/dev behind the name of its interface, and what they are called.
struct Counter {
  size_t field;
  std::string_view name;
};
constexpr std::array<Counter, 8> kCounters = {{{0, "ReceiveBytes"},
                                               {1, "ReceivePackets"},
                                               {2, "ReceiveErrors"},
                                               {3, "ReceiveDrop"},
                                               {8, "SendBytes"},
                                               {9, "SendPackets"},
                                               {10, "SendErrors"},
                                               {11, "SendDrop"}}};

/// Lines of /proc/meminfo.
constexpr std::pair<std::string_view, std::string_view> kMemory[] = {
    {"MemTotal", "OSMemoryTotal"},         {"MemFree", "OSMemoryFreeWithoutCached"},
    {"MemAvailable", "OSMemoryAvailable"}, {"Buffers", "OSMemoryBuffers"},
    {"Cached", "OSMemoryCached"},          {"SwapCached", "OSMemorySwapCached"}};

/// Fields of /proc/self/statm, in pages; the fifth is always 0.
constexpr std::string_view kPages[] = {
    "MemoryVirtual", "MemoryResident", "MemoryShared", "MemoryCode", {}, "MemoryDataAndStack"};

constexpr std::pair<std::string_view, std::string_view> kIo[] = {{"rchar", "OSReadChars"},
                                                                 {"wchar", "OSWriteChars"},
                                                                 {"read_bytes", "OSReadBytes"},
                                                                 {"write_bytes", "OSWriteBytes"}};

std::string_view take_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  const std::string_view word = text.substr(0, text.find_first_of(" \t"));
  text.remove_prefix(word.size());
  return word;
}

template <typename Number = uint64_t>
std::optional<Number> take_number(std::string_view& text) {
  const std::string_view word = take_word(text);
  Number number = 0;
  const auto read = std::from_chars(word.data(), word.data() + word.size(), number);
  if (read.ec != std::errc()) return std::nullopt;
  return number;
}

uint64_t grown(uint64_t now, uint64_t before) { return now > before ? now - before : 0; }

}  // namespace

ProcFile::ProcFile(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}

ProcFile::~ProcFile() {
  if (fd_ >= 0) ::close(fd_);
}

std::string_view ProcFile::read() {
  constexpr size_t kPiece = 4096;
  size_t size = 0;
  for (ssize_t n = fd_ >= 0 ? 1 : 0; n > 0; size += n > 0 ? static_cast<size_t>(n) : 0) {
    if (content_.size() < size + kPiece) content_.resize(size + kPiece);
    n = ::pread(fd_, content_.data() + size, kPiece, static_cast<off_t>(size));
  }
  return std::string_view(content_).substr(0, size);
}

HostMetrics::HostMetrics(const std::string& proc)
    : loadavg_(proc + "/loadavg"),
      uptime_(proc + "/uptime"),
      meminfo_(proc + "/meminfo"),
      stat_(proc + "/stat"),
      net_dev_(proc + "/net/dev"),
      statm_(proc + "/self/statm"),
      io_(proc + "/self/io") {}

Metrics HostMetrics::read(std::chrono::duration<double> elapsed) {
  Metrics metrics;
  read_load(metrics);
  read_memory(metrics);
  read_process_memory(metrics);
  read_stat(metrics, elapsed.count());
  read_network(metrics);
  first_ = false;
  return metrics;
}

void HostMetrics::read_load(Metrics& metrics) {
  std::string_view text = loadavg_.read();
  for (const char* name : {"LoadAverage1", "LoadAverage5", "LoadAverage15"}) {
    if (const auto load = take_number<double>(text)) metrics.emplace_back(name, *load);
  }
  std::string_view threads = take_word(text);  // "2/345"
  std::string_view runnable = take_until(threads, "/");
  if (const auto count = take_number(runnable)) metrics.emplace_back("OSThreadsRunnable", *count);
  if (const auto count = take_number(threads)) metrics.emplace_back("OSThreadsTotal", *count);
  text = uptime_.read();
  if (const auto seconds = take_number<double>(text)) metrics.emplace_back("OSUptime", *seconds);
}

void HostMetrics::read_memory(Metrics& metrics) {
  constexpr double kKib = 1024;
  double free_plus_cached = 0;
  std::string_view text = meminfo_.read();
  if (text.empty()) return;
  while (!text.empty()) {
    std::string_view line = take_until(text, "\n");
    const std::string_view field = take_until(line, ":");
    for (const auto& [wanted, name] : kMemory) {
      if (field != wanted) continue;
      const double bytes = static_cast<double>(take_number(line).value_or(0)) * kKib;
      metrics.emplace_back(name, bytes);
      if (field == "MemFree" || field == "Cached") free_plus_cached += bytes;
    }
  }
  metrics.emplace_back("OSMemoryFreePlusCached", free_plus_cached);
}

void HostMetrics::read_process_memory(Metrics& metrics) {
  static const auto page = static_cast<double>(::sysconf(_SC_PAGESIZE));
  std::string_view text = statm_.read();
  for (const std::string_view name : kPages) {
    const auto pages = take_number(text);
    if (pages && !name.empty()) metrics.emplace_back(name, static_cast<double>(*pages) * page);
  }
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) == 0)
    metrics.emplace_back("MemoryResidentMax", static_cast<double>(usage.ru_maxrss) * 1024);
}

void HostMetrics::read_stat(Metrics& metrics, double seconds) {
  static const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  Stat now;
  std::string_view text = stat_.read();
  if (text.empty()) return;
  while (!text.empty()) {
    std::string_view line = take_until(text, "\n");
    const std::string_view field = take_word(line);
    if (field == "cpu") {
      for (uint64_t& time : now.times) time = take_number(line).value_or(0);
    } else if (field.substr(0, 3) == "cpu") {
      ++now.cpus;
    } else if (field == "intr") {
      now.interrupts = take_number(line).value_or(0);
    } else if (field == "ctxt") {
      now.context_switches = take_number(line).value_or(0);
    } else if (field == "processes") {
      now.processes = take_number(line).value_or(0);
    } else if (field == "procs_running") {
      metrics.emplace_back("OSProcessesRunning", take_number(line).value_or(0));
    } else if (field == "procs_blocked") {
      metrics.emplace_back("OSProcessesBlocked", take_number(line).value_or(0));
    }
  }
  const Stat before = std::exchange(last_stat_, now);
  if (first_ || seconds <= 0) return;
  for (size_t i = 0; i < kTimes; ++i) {
    const double cores =
        static_cast<double>(grown(now.times[i], before.times[i])) / ticks / seconds;
    const std::string name = "OS" + std::string(kTimeNames[i]) + "Time";
    metrics.emplace_back(name, cores);
    if (now.cpus != 0)
      metrics.emplace_back(name + "Normalized", cores / static_cast<double>(now.cpus));
  }
  metrics.emplace_back("OSInterrupts", grown(now.interrupts, before.interrupts));
  metrics.emplace_back("OSContextSwitches", grown(now.context_switches, before.context_switches));
  metrics.emplace_back("OSProcessesCreated", grown(now.processes, before.processes));
}

void HostMetrics::read_network(Metrics& metrics) {
  Interfaces now;
  std::string_view text = net_dev_.read();
  while (!text.empty() && now.size() < kInterfacesMax) {
    std::string_view line = take_until(text, "\n");
    if (line.find(':') == std::string_view::npos) continue;  // the heading
    std::string_view before_colon = take_until(line, ":");
    const std::string_view name = take_word(before_colon);
    if (name == "lo") continue;  // as in ClickHouse
    std::array<uint64_t, kCounters.back().field + 1> fields{};
    for (uint64_t& field : fields) field = take_number(line).value_or(0);
    auto& counters = now[std::string(name)];
    for (size_t i = 0; i < counters.size(); ++i) counters[i] = fields[kCounters[i].field];
  }
  for (const auto& [name, counters] : now) {
    const auto before = last_interfaces_.find(name);
    if (before == last_interfaces_.end()) continue;
    for (size_t i = 0; i < counters.size(); ++i) {
      metrics.emplace_back("Network" + std::string(kCounters[i].name) + "_" + name,
                           grown(counters[i], before->second[i]));
    }
  }
  last_interfaces_ = std::move(now);
}

std::vector<std::pair<std::string, uint64_t>> HostMetrics::process_events() {
  std::vector<std::pair<std::string, uint64_t>> events;
  timespec used{};
  if (::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) == 0) {
    events.emplace_back("OSCPUVirtualTimeMicroseconds",
                        static_cast<uint64_t>(used.tv_sec) * 1'000'000 +
                            static_cast<uint64_t>(used.tv_nsec) / 1'000);
  }
  std::string_view text = io_.read();
  while (!text.empty()) {
    std::string_view line = take_until(text, "\n");
    const std::string_view field = take_until(line, ":");
    for (const auto& [wanted, name] : kIo) {
      if (field == wanted) events.emplace_back(name, take_number(line).value_or(0));
    }
  }
  return events;
}

}  // namespace sluice::server
