#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// "1h30m", "1.5s", "300ms", "-2us", "0": Go's time.ParseDuration
/// (https://pkg.go.dev/time#ParseDuration). Nothing if it is none, or beyond 292 years.
std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);

/// As Go prints one: "1m30s", "1.5s", "300ms", "0s".
std::string show_duration(std::chrono::nanoseconds duration);

}  // namespace sluice
