#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "engine/chdb_engine.h"

namespace sluice::engine {
namespace {

namespace fs = std::filesystem;

fs::path binary_folder() {
  std::error_code error;
  const fs::path binary = fs::read_symlink("/proc/self/exe", error);
  return error ? fs::path() : binary.parent_path();
}

}  // namespace

Result<std::string> find_libchdb(std::string_view given) {
  if (!given.empty()) return std::string(given);
  if (const char* variable = std::getenv("SLUICE_LIBCHDB"); variable && *variable != '\0') {
    return std::string(variable);
  }
  std::string looked_at;
  const auto there = [&](const fs::path& path) {
    std::error_code error;
    if (fs::exists(path, error)) return true;
    looked_at += (looked_at.empty() ? "" : ", ") + path.string();
    return false;
  };
  const fs::path folder = binary_folder();
  const fs::path installed = (folder / "../lib/libchdb.so").lexically_normal();
  if (there(installed)) return installed.string();
  for (fs::path at = folder;; at = at.parent_path()) {
    const fs::path fetched = at / ".deps/chdb/libchdb.so";
    if (there(fetched)) return fetched.string();
    if (at == at.parent_path()) break;
  }
  return Status(Code::NotFound,
                "libchdb.so is not there; run tools/setup, or name it with --libchdb or "
                "SLUICE_LIBCHDB. Looked at: " +
                    looked_at);
}

}  // namespace sluice::engine
