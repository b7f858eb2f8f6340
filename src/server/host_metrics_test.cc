#include "server/host_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace sluice::server {
namespace {

using ::testing::Contains;
using ::testing::DoubleNear;
using ::testing::Not;
using ::testing::Pair;
using ::testing::StartsWith;
namespace fs = std::filesystem;

constexpr std::chrono::seconds kSecond{1};

class HostMetricsTest : public ::testing::Test {
 protected:
  HostMetricsTest() {
    fs::create_directories(proc_ / "net");
    fs::create_directories(proc_ / "self");
  }
  ~HostMetricsTest() override { fs::remove_all(proc_); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(proc_ / name) << text;
  }
  std::string proc() const { return proc_.string(); }

 private:
  const fs::path proc_ = fs::temp_directory_path() / ("sluice-proc-" + std::to_string(::getpid()));
};

TEST_F(HostMetricsTest, LoadUptimeAndMemory) {
  write("loadavg", "0.25 1.50 2.00 3/456 7890\n");
  write("uptime", "1234.56 7890.12\n");
  write("meminfo",
        "MemTotal:  1000 kB\nMemFree:  100 kB\nMemAvailable:  600 kB\nCached: 300 kB\n"
        "HugePages_Total:       0\n");
  write("self/statm", "50 20 10 5 0 15 0\n");
  HostMetrics host(proc());
  const Metrics metrics = host.read(kSecond);
  const double page = static_cast<double>(::sysconf(_SC_PAGESIZE));
  for (const auto& [name, value] :
       {std::pair("LoadAverage1", 0.25), std::pair("LoadAverage5", 1.5),
        std::pair("LoadAverage15", 2.0), std::pair("OSThreadsRunnable", 3.0),
        std::pair("OSThreadsTotal", 456.0), std::pair("OSUptime", 1234.56),
        std::pair("OSMemoryTotal", 1024e3), std::pair("OSMemoryAvailable", 614.4e3),
        std::pair("OSMemoryFreePlusCached", 409.6e3), std::pair("MemoryVirtual", 50 * page),
        std::pair("MemoryResident", 20 * page), std::pair("MemoryDataAndStack", 15 * page)}) {
    EXPECT_THAT(metrics, Contains(Pair(name, DoubleNear(value, 1e-6)))) << name;
  }
}

TEST_F(HostMetricsTest, TimesAreCoresAndShares) {
  write("stat",
        "cpu  100 0 200 1000 0 0 0 0 0 0\ncpu0 50 0 100 500\ncpu1 50 0 100 500\n"
        "intr 1000 1 2 3\nctxt 500\nprocesses 10\nprocs_running 2\nprocs_blocked 1\n");
  HostMetrics host(proc());
  EXPECT_THAT(host.read(kSecond), Not(Contains(Pair(StartsWith("OSUserTime"), ::testing::_))));
  write("stat",
        "cpu  300 0 200 1200 0 0 0 0 0 0\ncpu0 50 0 100 500\ncpu1 50 0 100 500\n"
        "intr 1100 1 2 3\nctxt 550\nprocesses 15\nprocs_running 2\nprocs_blocked 1\n");
  const Metrics metrics = host.read(2 * kSecond);
  const double ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  for (const auto& [name, value] :
       {std::pair("OSUserTime", 100 / ticks), std::pair("OSUserTimeNormalized", 50 / ticks),
        std::pair("OSSystemTime", 0.0), std::pair("OSIdleTimeNormalized", 50 / ticks),
        std::pair("OSInterrupts", 100.0), std::pair("OSContextSwitches", 50.0),
        std::pair("OSProcessesCreated", 5.0), std::pair("OSProcessesRunning", 2.0)}) {
    EXPECT_THAT(metrics, Contains(Pair(name, DoubleNear(value, 1e-6)))) << name;
  }
}

TEST_F(HostMetricsTest, NetworkIsWhatCameSinceTheLastTime) {
  const std::string heading = "Inter-|   Receive  |  Transmit\n face |bytes packets |bytes\n";
  write("net/dev",
        heading + "    lo: 9 9 0 0 0 0 0 0 9 9 0 0\n  eth0: 1000 10 0 0 0 0 0 0 500 5 0 0\n");
  HostMetrics host(proc());
  EXPECT_THAT(host.read(kSecond), Not(Contains(Pair(StartsWith("Network"), ::testing::_))));
  write("net/dev", heading +
                       "    lo: 9 9 0 0 0 0 0 0 9 9 0 0\n"
                       "  eth0:1500 13 1 2 0 0 0 0 900 9 3 4\n  new0: 7 7 0 0 0 0 0 0 7 7 0 0\n");
  const Metrics metrics = host.read(kSecond);
  for (const auto& [name, value] :
       {std::pair("NetworkReceiveBytes_eth0", 500), std::pair("NetworkReceivePackets_eth0", 3),
        std::pair("NetworkReceiveErrors_eth0", 1), std::pair("NetworkReceiveDrop_eth0", 2),
        std::pair("NetworkSendBytes_eth0", 400), std::pair("NetworkSendPackets_eth0", 4),
        std::pair("NetworkSendErrors_eth0", 3), std::pair("NetworkSendDrop_eth0", 4)}) {
    EXPECT_THAT(metrics, Contains(Pair(name, value)));
  }
  EXPECT_THAT(metrics, Not(Contains(Pair("NetworkReceiveBytes_new0", ::testing::_))));
  EXPECT_THAT(metrics, Not(Contains(Pair("NetworkReceiveBytes_lo", ::testing::_))));
}

TEST_F(HostMetricsTest, WhatTheProcessUsed) {
  write("self/io", "rchar: 100\nwchar: 50\nsyscr: 1\nread_bytes: 4096\nwrite_bytes: 8192\n");
  const auto events = HostMetrics(proc()).process_events();
  EXPECT_THAT(events, Contains(Pair("OSReadChars", 100)));
  EXPECT_THAT(events, Contains(Pair("OSWriteChars", 50)));
  EXPECT_THAT(events, Contains(Pair("OSReadBytes", 4096)));
  EXPECT_THAT(events, Contains(Pair("OSWriteBytes", 8192)));
  EXPECT_THAT(events, Contains(Pair("OSCPUVirtualTimeMicroseconds", ::testing::Gt(0U))));
}

TEST_F(HostMetricsTest, FilesThatAreNotThereAreLeftOut) {
  HostMetrics host(proc());
  host.read(kSecond);
  for (const auto& [name, value] : host.read(kSecond)) EXPECT_EQ(name, "MemoryResidentMax");
}

TEST(HostMetrics, ThisMachine) {
  HostMetrics host;
  host.read(kSecond);
  const Metrics metrics = host.read(kSecond);
  for (const char* name : {"LoadAverage1", "OSUptime", "OSMemoryTotal", "MemoryResident",
                           "OSUserTime", "OSIdleTimeNormalized"}) {
    EXPECT_THAT(metrics, Contains(Pair(name, ::testing::Ge(0)))) << name;
  }
}

}  // namespace
}  // namespace sluice::server
