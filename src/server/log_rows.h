#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "engine/engine.h"

namespace sluice::server {

/// One row in JSONEachRow, for the system tables that the server fills itself.
class LogRow {
 public:
  using Clock = std::chrono::system_clock;

  void text(std::string_view name, std::string_view value);
  void number(std::string_view name, int64_t value);
  /// Rounded to a thousandth, as ClickHouse keeps such values: they compress better.
  void fraction(std::string_view name, double value);
  /// A Map of texts.
  void map(std::string_view name, const engine::NameValues& values);
  /// A Map of numbers.
  void numbers(std::string_view name, const std::vector<std::pair<std::string, int64_t>>& values);
  /// A Date.
  void date(std::string_view name, Clock::time_point time);
  /// A DateTime.
  void time(std::string_view name, Clock::time_point time);
  /// A DateTime64(6).
  void precise_time(std::string_view name, Clock::time_point time);
  /// The row with its line break.
  std::string finish() && { return std::move(out_) + "}\n"; }

 private:
  void key(std::string_view name);

  std::string out_ = "{";
};

/// Inserts rows into a table of the engine.
Status insert_log_rows(engine::Engine& engine, std::string_view table, const std::string& rows);

}  // namespace sluice::server
