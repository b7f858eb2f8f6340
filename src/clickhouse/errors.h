#pragma once

// What a ClickHouse answer means for the rows that were sent. ClickHouse reports most errors as
// HTTP 500, so the exception code decides. Codes:
// https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "http/client.h"

namespace sluice::clickhouse {

enum class ErrorClass : uint8_t {
  Done,          ///< stored
  Transient,     ///< not stored; the same bytes may go in later
  Ambiguous,     ///< perhaps stored; sending again may double
  BackPressure,  ///< not stored; the server wants less
  Split,         ///< not stored; too much at once: send in halves
  Park,  ///< not stored, and no row will be until a person changes schema, credentials or settings
  Poison,  ///< not stored because of some row in it: find that row
};
inline constexpr size_t kErrorClassCount = 7;

/// "done", "transient" …, as used for metric labels.
std::string_view error_class_name(ErrorClass c);

/// How one exception code is treated.
struct ErrorRule {
  int code = 0;
  std::string_view name;  ///< as in system.errors
  ErrorClass first = ErrorClass::Ambiguous;
  /// After this many failed tries of the same rows the error counts as `then`; 0: never.
  int tries = 0;
  ErrorClass then = ErrorClass::Ambiguous;
  /// At least this long until the next try.
  std::chrono::seconds pause{0};
};

/// All rules, sorted by code.
std::span<const ErrorRule> error_rules();

/// The answer to an insert, understood.
struct Answer {
  ErrorClass error_class = ErrorClass::Done;
  int code = 0;         ///< ClickHouse's exception code; 0 if there was none
  std::string message;  ///< one line for people; empty if Done
  std::chrono::seconds pause{0};
  std::optional<uint64_t> row;  ///< the bad row, from 1, where the text names one ("at row N")

  bool done() const { return error_class == ErrorClass::Done; }
};

/// The class of an exception. `try_number` counts the tries of these rows, from 1. An unknown code
/// is Ambiguous, and Park after kUnknownCodeTries tries, so that nothing is dropped for an error
/// that nobody has read about.
ErrorClass classify_exception(int code, std::string_view text, int try_number);
inline constexpr int kUnknownCodeTries = 20;

/// The class of any outcome of an HTTP exchange: the exception code where there is one (header, or
/// text in the body, also behind a 200), else the HTTP status, else what the connection did. `rows`
/// is what was sent: a summary that reports fewer written rows makes the answer Ambiguous; 0 if not
/// an insert.
Answer understand(const http::Exchange& exchange, int try_number, uint64_t rows = 0);

/// "Code: 60. DB::Exception: …" anywhere in `text` gives 60.
std::optional<int> find_exception_code(std::string_view text);
/// "(at row 12)" anywhere in `text` gives 12.
std::optional<uint64_t> find_row(std::string_view text);

}  // namespace sluice::clickhouse
