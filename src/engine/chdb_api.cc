#include "engine/chdb_api.h"

#include <dlfcn.h>

#include <mutex>

namespace sluice::engine {
namespace {

template <typename Function>
bool bind(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  return function != nullptr;
}

/// The name of the first function that is missing, or null.
const char* bind_all(void* library, ChdbApi& api) {
  struct Missing {
    const char* name = nullptr;
    void check(bool found, const char* what) {
      if (!found && name == nullptr) name = what;
    }
  } missing;
  const auto find = [&](const char* name, auto& function) {
    missing.check(bind(library, name, function), name);
  };
  find("chdb_connect", api.connect);
  find("chdb_close_conn", api.close);
  find("chdb_query_with_params_n", api.query);
  find("chdb_destroy_query_result", api.destroy_result);
  find("chdb_set_signal_handlers_enabled", api.set_signal_handlers_enabled);
  find("chdb_result_buffer", api.buffer);
  find("chdb_result_length", api.length);
  find("chdb_result_error", api.error);
  find("chdb_result_elapsed", api.elapsed);
  // libchdb counts what the client side of it saw as "read", and what tables gave as "storage".
  find("chdb_result_rows_read", api.result_rows);
  find("chdb_result_bytes_read", api.result_bytes);
  find("chdb_result_storage_rows_read", api.read_rows);
  find("chdb_result_storage_bytes_read", api.read_bytes);
  find("chdb_result_rows_written", api.written_rows);
  find("chdb_result_bytes_written", api.written_bytes);
  return missing.name;
}

Status load(const std::string& path, ChdbApi& api) {
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    return {Code::FailedPrecondition, "cannot load " + path + ": " + dlerror()};
  }
  if (const char* missing = bind_all(library, api)) {
    return {Code::FailedPrecondition, path + " has no function " + missing +
                                          "; it is not the libchdb that this program needs "
                                          "(tools/setup installs it)"};
  }
  return {};
}

}  // namespace

Result<const ChdbApi*> load_chdb_api(const std::string& path) {
  static std::mutex mutex;
  static ChdbApi api;
  static bool loaded = false;
  const std::lock_guard lock(mutex);
  if (!loaded) {
    SLUICE_RETURN_IF_ERROR(load(path, api));
    loaded = true;
  }
  return &api;
}

}  // namespace sluice::engine
