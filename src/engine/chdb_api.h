#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/status.h"

namespace sluice::engine {

// The part of libchdb's C API that we call, bound at run time. Opaque types are void.

/// What chdb_connect() gives: a pointer to the handle that queries take.
using ChdbConnection = void**;
using ChdbResult = void*;

struct ChdbApi {
  ChdbConnection (*connect)(int argc, char** argv) = nullptr;
  void (*close)(ChdbConnection) = nullptr;
  ChdbResult (*query)(void* connection, const char* sql, size_t sql_size, const char* format,
                      size_t format_size, const char* const* names, const size_t* name_sizes,
                      const char* const* values, const size_t* value_sizes,
                      size_t parameters) = nullptr;
  void (*destroy_result)(ChdbResult) = nullptr;
  void (*set_signal_handlers_enabled)(int enabled) = nullptr;

  char* (*buffer)(ChdbResult) = nullptr;
  size_t (*length)(ChdbResult) = nullptr;
  const char* (*error)(ChdbResult) = nullptr;
  double (*elapsed)(ChdbResult) = nullptr;
  uint64_t (*result_rows)(ChdbResult) = nullptr;
  uint64_t (*result_bytes)(ChdbResult) = nullptr;
  uint64_t (*read_rows)(ChdbResult) = nullptr;
  uint64_t (*read_bytes)(ChdbResult) = nullptr;
  uint64_t (*written_rows)(ChdbResult) = nullptr;
  uint64_t (*written_bytes)(ChdbResult) = nullptr;
};

/// Loads the library at `path` for the life of the process and finds its functions.
/// FailedPrecondition if it cannot be loaded, or is not the libchdb that we know. Thread-safe.
Result<const ChdbApi*> load_chdb_api(const std::string& path);

}  // namespace sluice::engine
