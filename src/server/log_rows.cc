#include "server/log_rows.h"

#include <array>
#include <charconv>
#include <cmath>

#include "base/budget.h"
#include "base/json_quote.h"
#include "server/mem_file.h"

namespace sluice::server {
namespace {

int64_t count_of(LogRow::Clock::time_point time, std::chrono::microseconds unit) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()) / unit;
}

}  // namespace

void LogRow::key(std::string_view name) {
  if (out_.size() > 1) out_ += ',';
  append_json_quoted(name, out_);
  out_ += ':';
}

void LogRow::text(std::string_view name, std::string_view value) {
  key(name);
  append_json_quoted(value, out_);
}

void LogRow::number(std::string_view name, int64_t value) {
  key(name);
  out_ += std::to_string(value);
}

void LogRow::fraction(std::string_view name, double value) {
  constexpr double kPrecision = 1000;
  key(name);
  std::array<char, 32> digits{};
  const auto end =
      std::to_chars(digits.begin(), digits.end(), std::round(value * kPrecision) / kPrecision);
  out_.append(digits.data(), end.ptr);
}

void LogRow::map(std::string_view name, const engine::NameValues& values) {
  key(name);
  out_ += '{';
  for (const auto& [entry, value] : values) {
    if (out_.back() != '{') out_ += ',';
    append_json_quoted(entry, out_);
    out_ += ':';
    append_json_quoted(value, out_);
  }
  out_ += '}';
}

void LogRow::numbers(std::string_view name,
                     const std::vector<std::pair<std::string, int64_t>>& values) {
  key(name);
  out_ += '{';
  for (const auto& [entry, value] : values) {
    if (out_.back() != '{') out_ += ',';
    append_json_quoted(entry, out_);
    out_ += ':' + std::to_string(value);
  }
  out_ += '}';
}

void LogRow::date(std::string_view name, Clock::time_point time) {
  number(name, count_of(time, std::chrono::hours(24)));
}

void LogRow::time(std::string_view name, Clock::time_point time) {
  number(name, count_of(time, std::chrono::seconds(1)));
}

void LogRow::precise_time(std::string_view name, Clock::time_point time) {
  const int64_t micros = count_of(time, std::chrono::microseconds(1));
  // DateTime64(6) takes a number with a fraction as text.
  std::string fraction = std::to_string(micros % 1'000'000);
  fraction.insert(0, 6 - fraction.size(), '0');
  text(name, std::to_string(micros / 1'000'000) + "." + fraction);
}

Status insert_log_rows(engine::Engine& engine, std::string_view table, const std::string& rows) {
  Result<std::unique_ptr<engine::Connection>> connection = engine.connect();
  if (!connection.ok()) return connection.status();
  Budget budget(rows.size());
  Result<MemFile> file = MemFile::create(budget);
  if (!file.ok()) return file.status();
  SLUICE_RETURN_IF_ERROR(file->write(rows));
  // Few rows: other threads would cost more than they help.
  const std::string sql = "INSERT INTO " + std::string(table) + " FROM INFILE " +
                          engine::quoted(file->path()) +
                          " SETTINGS async_insert = 0, max_threads = 1, "
                          "input_format_parallel_parsing = 0 FORMAT JSONEachRow";
  const engine::Outcome outcome = (*connection)->execute({sql});
  if (!outcome.ok()) return {Code::FailedPrecondition, outcome.error->text};
  return {};
}

}  // namespace sluice::server
