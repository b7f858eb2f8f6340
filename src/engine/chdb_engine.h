#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"
#include "engine/engine.h"

namespace sluice::engine {

struct ChdbOptions {
  std::string library;            ///< path of libchdb.so, as from find_libchdb()
  std::string data_dir;           ///< absolute; exists; not in use by another process
  size_t memory_limit_bytes = 0;  ///< 0: 70 % of the machine's memory
};

/// Where libchdb.so is: `given` if not empty, else $SLUICE_LIBCHDB, else ../lib/libchdb.so beside
/// the binary, else .deps/chdb/libchdb.so in the binary's folder or one above it. NotFound names
/// every place that was looked at.
Result<std::string> find_libchdb(std::string_view given);

/// Loads libchdb.so into this process (223 MB, mapped): nothing of the data directory is touched.
/// Not possible under ASan or TSan. The library stays loaded for good.
Status load_libchdb(const std::string& library);

/// Opens the engine over `options.data_dir`, creating what is missing; loads the library if that
/// was not done. One per process and time.
Result<std::unique_ptr<Engine>> open_chdb(const ChdbOptions& options);

/// The memory that the engine may hold, in bytes: the limit that is given, or its share of the
/// machine's.
size_t engine_memory_bytes(size_t memory_limit_bytes);

/// The engine's configuration file for these options (XML, as clickhouse-local reads it).
std::string engine_config(const ChdbOptions& options, unsigned cores);

}  // namespace sluice::engine
