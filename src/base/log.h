#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace sluice::log {

enum class Level : uint8_t { Debug, Info, Warn, Error };
enum class Format : uint8_t { Text, Json };

/// One name and value beside a message. Values are escaped by the writer: attacker text cannot
/// forge a line.
struct Field {
  std::string_view key;
  std::string value;

  Field(std::string_view k, std::string_view v) : key(k), value(v) {}
  Field(std::string_view k, const char* v) : key(k), value(v) {}
  Field(std::string_view k, const std::string& v) : key(k), value(v) {}
  Field(std::string_view k, uint64_t v) : key(k), value(std::to_string(v)) {}
  Field(std::string_view k, int64_t v) : key(k), value(std::to_string(v)) {}
  Field(std::string_view k, int v) : key(k), value(std::to_string(v)) {}
};

/// Sets level and format for the process. By default Info, text on a terminal and JSON otherwise,
/// to standard error.
void configure(Level level, Format format);
/// The one in effect.
Format format();

/// Writes one line, whole, from any thread. A message (its text, not its fields) is written at most
/// kBurst times in ten seconds; the number that was left out stands on the next line with that
/// text. Lines of level Error count too.
void write(Level level, std::string_view message, std::initializer_list<Field> fields = {});
/// The same for who has a limit of its own: every line is written.
void write_each(Level level, std::string_view message, std::initializer_list<Field> fields = {});

inline constexpr int kBurst = 10;

inline void debug(std::string_view m, std::initializer_list<Field> f = {}) {
  write(Level::Debug, m, f);
}
inline void info(std::string_view m, std::initializer_list<Field> f = {}) {
  write(Level::Info, m, f);
}
inline void warn(std::string_view m, std::initializer_list<Field> f = {}) {
  write(Level::Warn, m, f);
}
inline void error(std::string_view m, std::initializer_list<Field> f = {}) {
  write(Level::Error, m, f);
}

}  // namespace sluice::log
