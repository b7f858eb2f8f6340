#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"

namespace sluice::engine {

/// What the engine says when a statement fails.
struct Error {
  int code = 0;      ///< ClickHouse's exception code, e.g. 60
  std::string type;  ///< its name, e.g. "UNKNOWN_TABLE"
  std::string text;  ///< "Code: 60. DB::Exception: … (UNKNOWN_TABLE) (version 26.5.1.1)"
};

/// Makes the error that ClickHouse would give with this code, name and message.
Error make_error(int code, std::string_view type, std::string_view message,
                 std::string_view version);

/// What a statement cost and gave. What is not known is zero: all of it if the statement failed.
struct Figures {
  uint64_t read_rows = 0;
  uint64_t read_bytes = 0;
  uint64_t written_rows = 0;
  uint64_t written_bytes = 0;
  uint64_t result_rows = 0;
  uint64_t result_bytes = 0;
  double elapsed_s = 0;

  // Known only of a statement that runs.

  uint64_t total_rows_to_read = 0;
  uint64_t memory_bytes = 0;
};

struct Outcome {
  std::optional<Error> error;
  Figures figures;
  std::string output;  ///< what a statement without INTO OUTFILE printed

  bool ok() const { return !error.has_value(); }
};

using NameValues = std::vector<std::pair<std::string, std::string>>;

/// One statement. Views must stay valid for the call.
struct Statement {
  std::string_view sql;
  std::string_view default_format = "TabSeparated";  ///< of results without a FORMAT clause
  /// Values of {name:Type} placeholders, in ClickHouse's escaped text form. Borrowed; may be null.
  const NameValues* parameters = nullptr;
};

/// A session of the engine: one statement at a time, with settings, current database and temporary
/// tables of its own. Cheap to make (0.3 ms). Not thread-safe but for what says so. Destroy it
/// before its engine.
class Connection {
 public:
  virtual ~Connection() = default;

  /// Runs the statement and blocks until it is done. A result goes to memory, or, with INTO OUTFILE
  /// '/proc/self/fd/N' APPEND in the SQL, to that descriptor; the caller then reads the other end
  /// meanwhile, on another thread.
  virtual Outcome execute(const Statement& statement) = 0;
};

/// A ClickHouse in this process. Thread-safe. All connections must be gone before it is destroyed,
/// and it must be destroyed before the process exits.
class Engine {
 public:
  virtual ~Engine() = default;

  virtual Result<std::unique_ptr<Connection>> connect() = 0;

  /// Asks the engine to end what runs on any connection with this value of kTagSetting. Returns at
  /// once; the statement ends with code 394 soon after, if it was found running.
  virtual void cancel(std::string_view tag) = 0;

  /// The figures so far of what runs with this value of kTagSetting; all zero if nothing does. Its
  /// result's are not known before its end. Costs a query of the engine.
  virtual Figures progress(std::string_view tag) = 0;

  /// version(), e.g. "26.5.1.1".
  virtual const std::string& version() const = 0;
  /// The server's time zone, e.g. "Etc/UTC".
  virtual const std::string& timezone() const = 0;
};

/// The setting that carries the name by which cancel() and progress() find a statement. libchdb has
/// no query ids that one could choose; this setting is text of the user's choice that shows in
/// system.processes, and does nothing else, since libchdb runs without a query cache.
inline constexpr std::string_view kTagSetting = "query_cache_tag";

/// `text` as a string literal of ClickHouse's SQL, quotes included.
std::string quoted(std::string_view text);

}  // namespace sluice::engine
