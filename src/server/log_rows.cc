#include "server/log_rows.h"

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>

namespace sluice::server {
namespace {

void append_escaped(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

int64_t count_of(LogRow::Clock::time_point time, std::chrono::microseconds unit) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()) / unit;
}

/// Blocks until all is written.
Status write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno != EINTR) return errno_status("write to memory file", errno);
    bytes.remove_prefix(n < 0 ? 0 : static_cast<size_t>(n));
  }
  return {};
}

}  // namespace

void LogRow::key(std::string_view name) {
  if (out_.size() > 1) out_ += ',';
  append_escaped(out_, name);
  out_ += ':';
}

void LogRow::text(std::string_view name, std::string_view value) {
  key(name);
  append_escaped(out_, value);
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
    append_escaped(out_, entry);
    out_ += ':';
    append_escaped(out_, value);
  }
  out_ += '}';
}

void LogRow::numbers(std::string_view name,
                     const std::vector<std::pair<std::string, int64_t>>& values) {
  key(name);
  out_ += '{';
  for (const auto& [entry, value] : values) {
    if (out_.back() != '{') out_ += ',';
    append_escaped(out_, entry);
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
  const int fd = ::memfd_create("sluice-log", MFD_CLOEXEC);
  if (fd < 0) return errno_status("memfd_create", errno);
  Status status = write_all(fd, rows);
  if (status.ok()) {
    // Few rows: other threads would cost more than they help.
    const std::string sql = "INSERT INTO " + std::string(table) + " FROM INFILE '/proc/self/fd/" +
                            std::to_string(fd) +
                            "' SETTINGS async_insert = 0, max_threads = 1, "
                            "input_format_parallel_parsing = 0 FORMAT JSONEachRow";
    const engine::Outcome outcome = (*connection)->execute({sql});
    if (!outcome.ok()) status = {Code::FailedPrecondition, outcome.error->text};
  }
  ::close(fd);
  return status;
}

}  // namespace sluice::server
