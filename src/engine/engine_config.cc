#include <algorithm>

#include "base/machine_memory.h"
#include "engine/chdb_engine.h"

namespace sluice::engine {
namespace {

/// The engine's share of the machine when nobody said: the rest is for the collector, the page
/// cache and everybody else.
constexpr size_t kMemoryPercent = 70;
/// Merges work on at least so many parts at once, so that a long one does not hold up short ones.
constexpr unsigned kMergeThreadsMin = 2;
/// ClickHouse lets twice as many merges queue as there are threads.
constexpr unsigned kMergesPerThread = 2;
/// Caches that ClickHouse sizes in gigabytes by default, as a share of the engine's memory.
constexpr size_t kMarkCachePercent = 10;

std::string element(std::string_view name, size_t value) {
  const std::string tag(name);
  return "  <" + tag + ">" + std::to_string(value) + "</" + tag + ">\n";
}

}  // namespace

size_t engine_memory_bytes(size_t memory_limit_bytes) {
  return memory_limit_bytes != 0 ? memory_limit_bytes
                                 : machine_memory_bytes() / 100 * kMemoryPercent;
}

std::string engine_config(const ChdbOptions& options, unsigned cores) {
  const size_t memory = engine_memory_bytes(options.memory_limit_bytes);
  const unsigned merges = std::max(kMergeThreadsMin, cores);
  const unsigned slots = merges * kMergesPerThread;
  std::string xml = "<clickhouse>\n";
  xml += element("max_server_memory_usage", memory);
  xml += element("mark_cache_size", memory / 100 * kMarkCachePercent);
  xml += element("background_pool_size", merges);
  xml += element("background_merges_mutations_concurrency_ratio", kMergesPerThread);
  xml += element("background_schedule_pool_size", std::max(4U, cores));
  xml += element("background_common_pool_size", std::max(2U, cores));
  xml += element("background_move_pool_size", 1);
  xml += element("background_fetches_pool_size", 1);
  // ClickHouse's values for these ask for a pool of 16 and more.
  xml += "  <merge_tree>\n";
  xml += "  " + element("number_of_free_entries_in_pool_to_execute_mutation", slots / 2);
  xml += "  " + element("number_of_free_entries_in_pool_to_lower_max_size_of_merge", slots / 2);
  xml += "  " +
         element("number_of_free_entries_in_pool_to_execute_optimize_entire_partition", slots / 2);
  xml += "  </merge_tree>\n</clickhouse>\n";
  return xml;
}

}  // namespace sluice::engine
