#include "web/process_metrics.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace sluice::web {
namespace {

/// The allocators of sanitizers say nothing to mallinfo2().
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kAllocatorCounts = false;
#else
constexpr bool kAllocatorCounts = true;
#endif

/// The value of a metric without labels; -1 if it is not there.
double value_of(const std::string& text, const std::string& name) {
  const size_t at = text.find("\n" + name + " ");
  return at == std::string::npos ? -1 : std::strtod(text.c_str() + at + name.size() + 2, nullptr);
}

TEST(ProcessMetrics, TellsWhatTheProcessTakes) {
  metrics::Registry registry;
  add_process_metrics(registry);
  const std::string text = registry.render();
  EXPECT_GE(value_of(text, "process_cpu_seconds_total"), 0);
  EXPECT_GT(value_of(text, "process_resident_memory_bytes"), 100'000);
  EXPECT_GT(value_of(text, "process_virtual_memory_bytes"),
            value_of(text, "process_resident_memory_bytes"));
  EXPECT_GE(value_of(text, "process_open_fds"), 3);
  EXPECT_GT(value_of(text, "process_max_fds"), value_of(text, "process_open_fds"));
  EXPECT_GT(value_of(text, "process_start_time_seconds"), 1.7e9);
  EXPECT_GE(value_of(text, "sluice_uptime_seconds"), 0);
  EXPECT_GE(value_of(text, "otelcol_process_uptime_total"), 0);
  EXPECT_NE(text.find("\",service_name=\"sluice\",service_version=\""), std::string::npos) << text;
  EXPECT_EQ(text.find("service_instance_id=\"\""), std::string::npos) << "it has an id";
  EXPECT_GE(value_of(text, "otelcol_process_cpu_seconds_total"), 0);
  EXPECT_GT(value_of(text, "otelcol_process_memory_rss"), 100'000);
  const double allocated = value_of(text, "otelcol_process_runtime_heap_alloc_bytes");
  const double from_system = value_of(text, "otelcol_process_runtime_total_sys_memory_bytes");
  if (kAllocatorCounts) {
    EXPECT_GT(allocated, 0);
    EXPECT_GT(from_system, allocated);
  } else {
    EXPECT_EQ(allocated, 0);
    EXPECT_EQ(from_system, 0);
  }
}

}  // namespace
}  // namespace sluice::web
