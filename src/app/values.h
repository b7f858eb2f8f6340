#pragma once

// How the values of options are written: parse_value() reads one, show_value() writes it so that it
// can be read again.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/log.h"
#include "base/status.h"
#include "pipeline/component.h"

namespace sluice::app {

/// "HOST:PORT" to listen on, or "off".
struct ListenAddress {
  std::string text;

  bool off() const { return text == "off"; }
  /// What stands before the colon, an IPv6 address in its brackets. REQUIRES: not off.
  std::string_view host() const { return std::string_view(text).substr(0, text.rfind(':')); }
  /// REQUIRES: not off.
  std::string_view port() const { return std::string_view(text).substr(text.rfind(':') + 1); }
  /// Whether only this machine can connect.
  bool loopback_only() const;
};

/// A host to listen on: a name, an IPv4 address, or an IPv6 address with or without brackets.
struct BindHost {
  std::string text;  ///< as it stands before the colon of HOST:PORT
};

/// A number of bytes: "1048576", "512KiB", "20MiB", "2GiB".
struct Bytes {
  size_t value = 0;
};

/// Text that is never shown.
struct Secret {
  std::string value;
};

/// How long rows are kept: a Go duration, or days as "30d"; "0" is for ever.
struct Retention {
  std::chrono::seconds value{0};
};

/// What an enumeration's values are called. Specialised beside each enumeration that an option has.
template <typename E>
struct Names;

template <>
struct Names<log::Level> {
  static constexpr std::array<std::pair<std::string_view, log::Level>, 4> kAll = {
      {{"debug", log::Level::Debug},
       {"info", log::Level::Info},
       {"warn", log::Level::Warn},
       {"error", log::Level::Error}}};
};

template <>
struct Names<log::Format> {
  static constexpr std::array<std::pair<std::string_view, log::Format>, 2> kAll = {
      {{"text", log::Format::Text}, {"json", log::Format::Json}}};
};

template <>
struct Names<pipeline::AckMode> {
  static constexpr std::array<std::pair<std::string_view, pipeline::AckMode>, 2> kAll = {
      {{"store", pipeline::AckMode::Store}, {"memory", pipeline::AckMode::Memory}}};
};

Status parse_value(std::string_view text, std::string& value);
Status parse_value(std::string_view text, bool& value);
Status parse_value(std::string_view text, int& value);
Status parse_value(std::string_view text, uint64_t& value);
Status parse_value(std::string_view text, Bytes& value);
Status parse_value(std::string_view text, std::chrono::milliseconds& value);
Status parse_value(std::string_view text, ListenAddress& value);
Status parse_value(std::string_view text, BindHost& value);
Status parse_value(std::string_view text, Retention& value);
Status parse_value(std::string_view text, Secret& value);
/// Adds to the list: an option that may stand several times.
template <typename T>
Status parse_value(std::string_view text, std::vector<T>& values) {
  return parse_value(text, values.emplace_back());
}

std::string show_value(const std::string& value);
std::string show_value(bool value);
std::string show_value(int value);
std::string show_value(uint64_t value);
std::string show_value(Bytes value);
std::string show_value(std::chrono::milliseconds value);
std::string show_value(const ListenAddress& value);
std::string show_value(const BindHost& value);
std::string show_value(Retention value);
/// config::kMask, or nothing if there is no secret.
std::string show_value(const Secret& value);
template <typename T>
std::string show_value(const std::vector<T>& values) {
  std::string out;
  for (const T& value : values) out += (out.empty() ? "" : ",") + show_value(value);
  return out;
}

/// Why a word that will mean something later is not taken now; empty for all other words.
template <typename E>
std::string_view reserved_word(std::string_view) {
  return {};
}
template <>
inline std::string_view reserved_word<pipeline::AckMode>(std::string_view text) {
  if (text != "wal") return {};
  return "wal is reserved for the write-ahead log, which this version does not have; use store or "
         "memory";
}

template <typename E, std::enable_if_t<std::is_enum_v<E>, int> = 0>
Status parse_value(std::string_view text, E& value) {
  const std::string_view reserved = reserved_word<E>(text);
  if (!reserved.empty()) return invalid_argument(std::string(reserved));
  std::string known;
  for (const auto& [name, candidate] : Names<E>::kAll) {
    if (text == name) {
      value = candidate;
      return {};
    }
    if (!known.empty()) known += ", ";
    known += name;
  }
  return invalid_argument("it is one of " + known);
}

template <typename E, std::enable_if_t<std::is_enum_v<E>, int> = 0>
std::string show_value(E value) {
  for (const auto& [name, candidate] : Names<E>::kAll) {
    if (value == candidate) return std::string(name);
  }
  return {};
}

template <typename T>
Status parse_value(std::string_view text, std::optional<T>& value) {
  return parse_value(text, value.emplace());
}

template <typename T>
std::string show_value(const std::optional<T>& value) {
  return value ? show_value(*value) : std::string();
}

}  // namespace sluice::app
