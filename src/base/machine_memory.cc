#include "base/machine_memory.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/read_file.h"
#include "base/take.h"

namespace sluice {
namespace {

/// The number in a file; nothing if there is none, such as where it says "max".
std::optional<uint64_t> number_in(const std::string& path) {
  const auto text = read_file(path);
  uint64_t number = 0;
  if (!text.ok()) return std::nullopt;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  return error == std::errc() ? std::optional(number) : std::nullopt;
}

/// Of a group and all above it. A container may see its own group at the root while its path is
/// that of the machine.
uint64_t limit_of(const std::string& root, std::string path, const char* file) {
  uint64_t limit = UINT64_MAX;
  while (true) {
    limit = std::min(limit, number_in(root + path + "/" + file).value_or(UINT64_MAX));
    if (path.empty()) return limit;
    path.resize(std::min(path.rfind('/'), path.size()));
    if (path.find('/') == std::string::npos) path.clear();
  }
}

}  // namespace

uint64_t group_memory_limit(std::string_view groups, const std::string& root) {
  uint64_t limit = UINT64_MAX;
  while (!groups.empty()) {
    const std::string_view line = take_until(groups, "\n");
    // "0::/path" of version 2, "4:memory:/path" of version 1.
    const size_t names = line.find(':');
    const size_t path = line.find(':', names + 1);
    if (names == std::string_view::npos || path == std::string_view::npos) continue;
    const std::string_view controllers = line.substr(names + 1, path - names - 1);
    const std::string place(line.substr(path + 1));
    if (controllers.empty()) limit = std::min(limit, limit_of(root, place, "memory.max"));
    if (controllers == "memory")
      limit = std::min(limit, limit_of(root + "/memory", place, "memory.limit_in_bytes"));
  }
  return limit;
}

uint64_t machine_memory_bytes() {
  const uint64_t physical =
      static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  const auto groups = read_file("/proc/self/cgroup");
  if (!groups.ok()) return physical;
  return std::min(physical, group_memory_limit(*groups, "/sys/fs/cgroup"));
}

}  // namespace sluice
