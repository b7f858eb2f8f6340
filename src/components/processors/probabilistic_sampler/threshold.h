#pragma once

// Consistent probability sampling as OpenTelemetry specifies it
// (https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling): a record has 56
// bits of randomness, and is kept if they are not below a threshold of 56 bits.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::components::probabilistic_sampler_processor {

inline constexpr int kHexDigits = 14;
inline constexpr uint64_t kEverything = uint64_t{1} << 56;
inline constexpr double kLeastProbability = 1.0 / static_cast<double>(kEverything);

/// A threshold; kEverything keeps nothing.
struct Threshold {
  uint64_t value = 0;

  bool keeps(uint64_t randomness) const { return randomness >= value; }
  double probability() const {
    return static_cast<double>(kEverything - value) / static_cast<double>(kEverything);
  }
  /// "c", "999a": hex digits without the zeros at the end; "0" keeps everything.
  std::string text() const;
  static std::optional<Threshold> of_text(std::string_view text);
};

inline constexpr Threshold kAlways{0};
inline constexpr Threshold kNever{kEverything};

/// Rounded to so many hex digits, behind those that are only f or only 0. Nothing for a probability
/// that 56 bits cannot say.
std::optional<Threshold> threshold_of(double probability, int precision);

std::string randomness_text(uint64_t randomness);
/// 14 hex digits.
std::optional<uint64_t> randomness_of_text(std::string_view text);

}  // namespace sluice::components::probabilistic_sampler_processor
