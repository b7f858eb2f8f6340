#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "base/status.h"
#include "engine/engine.h"
#include "http/stream_server.h"
#include "server/query_request.h"
#include "server/sql.h"

namespace sluice::server {

/// system.query_log, which libchdb does not write itself: a row when a query starts and one when it
/// ends, or one if it never starts, in the columns of ClickHouse's own table that an HTTP interface
/// knows. Rows go in together once a
/// second; beyond kPendingBytesMax of them they are dropped and counted, so that the log never
/// holds up a query. Thread-safe.
class QueryLog {
 public:
  using Clock = std::chrono::system_clock;

  /// What a row tells of its query. An error that the engine finds comes after the start, even if
  /// it finds it before it runs anything.
  enum class Event { Start, Finish, ExceptionBeforeStart, ExceptionWhileProcessing };

  struct Entry {
    Event event;
    const QueryRequest& request;
    std::string_view sql;
    StatementKind kind;
    const http::StreamHead& head;
    const engine::Outcome& outcome;  ///< so far
    Clock::time_point started;
    std::string_view user;
  };

  static constexpr size_t kPendingBytesMax = 4 << 20;
  /// Like ClickHouse's log_queries_cut_to_length.
  static constexpr size_t kQueryBytesMax = 100'000;

  explicit QueryLog(engine::Engine& engine) : engine_(engine) {}
  /// Writes what is left.
  ~QueryLog();
  QueryLog(const QueryLog&) = delete;
  QueryLog& operator=(const QueryLog&) = delete;

  /// Creates the table, whose rows live for kDaysKept, and starts to write.
  Status start();
  void add(const Entry& entry);

 private:
  void run();
  void write(const std::string& rows);

  engine::Engine& engine_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string pending_;  // rows in JSONEachRow
  uint64_t dropped_ = 0;
  bool stop_ = false;
  std::thread thread_;
};

/// One row in JSONEachRow, with its line break.
std::string query_log_row(const QueryLog::Entry& entry, QueryLog::Clock::time_point now);

}  // namespace sluice::server
