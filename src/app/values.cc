#include "app/values.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include "config/mask.h"
#include "io/listen.h"
#include "mapping/ddl.h"

namespace sluice::app {
namespace {

struct Unit {
  std::string_view name;
  uint64_t factor;
};

constexpr Unit kTimeUnits[] = {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}};
constexpr Unit kByteUnits[] = {
    {"", 1}, {"B", 1}, {"KiB", 1ull << 10}, {"MiB", 1ull << 20}, {"GiB", 1ull << 30}};

/// A whole number and one of the units. Nothing if it is neither, or too large.
template <size_t N>
std::optional<uint64_t> parse_with_unit(std::string_view text, const Unit (&units)[N]) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<size_t>(end - text.data()));
  for (const Unit& candidate : units) {
    if (unit != candidate.name) continue;
    if (number > std::numeric_limits<int64_t>::max() / candidate.factor) return std::nullopt;
    return number * candidate.factor;
  }
  return std::nullopt;
}

/// The largest unit that divides the number.
template <size_t N>
std::string show_with_unit(uint64_t number, const Unit (&units)[N]) {
  const Unit* best = &units[0];
  for (const Unit& unit : units) {
    if (number != 0 && number % unit.factor == 0) best = &unit;
  }
  return std::to_string(number / best->factor) + std::string(best->name);
}

template <typename T>
Status parse_whole(std::string_view text, T& value) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc() && stop == end && !text.empty()) return {};
  return invalid_argument("it is a whole number");
}

}  // namespace

bool ListenAddress::loopback_only() const {
  return off() || host() == "localhost" || host() == "[::1]" || host().substr(0, 4) == "127.";
}

Status parse_value(std::string_view text, std::string& value) {
  if (text.empty()) return invalid_argument("it must not be empty");
  value = text;
  return {};
}

Status parse_value(std::string_view text, bool& value) {
  // A switch without a value is on; environment variables say true or false.
  if (text.empty() || text == "true" || text == "1") {
    value = true;
  } else if (text == "false" || text == "0") {
    value = false;
  } else {
    return invalid_argument("it is true or false");
  }
  return {};
}

Status parse_value(std::string_view text, int& value) {
  int parsed = 0;
  SLUICE_RETURN_IF_ERROR(parse_whole(text, parsed));
  if (parsed < 0) return invalid_argument("it must not be negative");
  value = parsed;
  return {};
}

Status parse_value(std::string_view text, uint64_t& value) { return parse_whole(text, value); }

Status parse_value(std::string_view text, Bytes& value) {
  const auto bytes = parse_with_unit(text, kByteUnits);
  if (!bytes) return invalid_argument("it is a size such as 512KiB, 256MiB or 2GiB");
  value.value = *bytes;
  return {};
}

Status parse_value(std::string_view text, std::chrono::milliseconds& value) {
  const auto milliseconds = parse_with_unit(text, kTimeUnits);
  if (!milliseconds) return invalid_argument("it is a duration such as 200ms, 5s or 1m");
  value = std::chrono::milliseconds(*milliseconds);
  return {};
}

Status parse_value(std::string_view text, ListenAddress& value) {
  if (text != "off" && !io::check_host_port(text).ok()) {
    return invalid_argument(
        "it is HOST:PORT, such as localhost:4317, 0.0.0.0:4317 or [::1]:4317, or off");
  }
  value.text = text;
  return {};
}

Status parse_value(std::string_view text, BindHost& value) {
  std::string host(text);
  if (std::count(text.begin(), text.end(), ':') > 1 && text.front() != '[') host = "[" + host + "]";
  // A port's place is in the options of the listeners.
  if (text.empty() || !io::check_host_port(host + ":0").ok()) {
    return invalid_argument(
        "it is a host without a port, such as 0.0.0.0, [::] or a name; ports are set by "
        "--otlp-grpc and its like");
  }
  value.text = std::move(host);
  return {};
}

Status parse_value(std::string_view text, Retention& value) {
  auto seconds = mapping::parse_ttl(text);
  if (!seconds.ok()) return seconds.status();
  value.value = *seconds;
  return {};
}

Status parse_value(std::string_view text, Secret& value) {
  value.value = text;
  return {};
}

std::string show_value(const std::string& value) { return value; }
std::string show_value(bool value) { return value ? "true" : "false"; }
std::string show_value(int value) { return std::to_string(value); }
std::string show_value(uint64_t value) { return std::to_string(value); }
std::string show_value(Bytes value) { return show_with_unit(value.value, kByteUnits); }

std::string show_value(std::chrono::milliseconds value) {
  return show_with_unit(static_cast<uint64_t>(value.count()), kTimeUnits);
}

std::string show_value(const ListenAddress& value) { return value.text; }

std::string show_value(const BindHost& value) { return value.text; }

std::string show_value(Retention value) {
  if (value.value.count() == 0) return "0";
  return show_value(std::chrono::milliseconds(value.value));
}

std::string show_value(const Secret& value) {
  return std::string(value.value.empty() ? "" : config::kMask);
}

}  // namespace sluice::app
