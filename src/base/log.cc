#include "base/log.h"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <map>
#include <mutex>

namespace sluice::log {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kWindow = std::chrono::seconds(10);
constexpr size_t kTrackedMessages = 256;  // messages are literals of ours, so there are few

struct Burst {
  Clock::time_point start;
  int written = 0;
  uint64_t left_out = 0;
};

std::atomic<Level> g_level{Level::Info};
std::atomic<bool> g_json{isatty(STDERR_FILENO) == 0};
std::mutex g_mutex;
std::map<std::string, Burst, std::less<>>& bursts() {
  static std::map<std::string, Burst, std::less<>> map;
  return map;
}

/// Whether to write, and how many lines with this text were left out before.
bool admit(std::string_view message, uint64_t& left_out) {
  auto& map = bursts();
  auto it = map.find(message);
  if (it == map.end()) {
    if (map.size() >= kTrackedMessages) map.clear();
    it = map.emplace(std::string(message), Burst{Clock::now(), 0, 0}).first;
  }
  Burst& burst = it->second;
  if (Clock::now() - burst.start >= kWindow) {
    burst.start = Clock::now();
    burst.written = 0;
    left_out = burst.left_out;
    burst.left_out = 0;
  }
  if (burst.written >= kBurst) {
    ++burst.left_out;
    return false;
  }
  ++burst.written;
  return true;
}

void append_escaped(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
}

std::string timestamp() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  tm utc{};
  gmtime_r(&now.tv_sec, &utc);
  char text[40];
  const size_t n = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
  std::snprintf(text + n, sizeof text - n, ".%03ldZ", now.tv_nsec / 1000000);
  return text;
}

constexpr std::string_view kNames[] = {"debug", "info", "warn", "error"};

std::string render(bool json, Level level, std::string_view message,
                   std::initializer_list<Field> fields, uint64_t left_out) {
  const std::string_view name = kNames[static_cast<int>(level)];
  std::string line;
  if (json) {
    line = "{\"ts\":\"" + timestamp() + "\",\"level\":\"" + std::string(name) + "\",\"msg\":\"";
    append_escaped(line, message);
    line += '"';
  } else {
    line = timestamp() + " " + std::string(name) + std::string(6 - name.size(), ' ');
    append_escaped(line, message);
  }
  auto add = [&](std::string_view key, std::string_view value) {
    line += json ? ",\"" : "  ";
    line += key;
    line += json ? "\":\"" : "=\"";
    append_escaped(line, value);
    line += '"';
  };
  for (const Field& field : fields) add(field.key, field.value);
  if (left_out != 0) add("left_out", std::to_string(left_out));
  line += json ? "}\n" : "\n";
  return line;
}

/// One write call per line: lines of several threads and processes do not mix.
void put(const std::string& line) {
  [[maybe_unused]] const ssize_t n = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace

void configure(Level level, Format format) {
  g_level = level;
  g_json = format == Format::Json;
}

Format format() { return g_json ? Format::Json : Format::Text; }

void write(Level level, std::string_view message, std::initializer_list<Field> fields) {
  if (level < g_level.load(std::memory_order_relaxed)) return;
  const std::lock_guard lock(g_mutex);
  uint64_t left_out = 0;
  if (!admit(message, left_out)) return;
  put(render(g_json, level, message, fields, left_out));
}

void write_each(Level level, std::string_view message, std::initializer_list<Field> fields) {
  if (level < g_level.load(std::memory_order_relaxed)) return;
  put(render(g_json, level, message, fields, 0));
}

}  // namespace sluice::log
