#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice {

/// The memory that this process may use, in bytes: the machine's, or less where a control group
/// (a container, a service's MemoryMax) sets a limit.
uint64_t machine_memory_bytes();

/// The least limit that control groups set; UINT64_MAX without any. `groups` is what
/// /proc/self/cgroup says, `root` is where the groups are mounted: /sys/fs/cgroup.
uint64_t group_memory_limit(std::string_view groups, const std::string& root);

}  // namespace sluice
