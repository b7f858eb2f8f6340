#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

#include "otlp/records.h"

namespace sluice::app::bench {

/// The attributes by which a run's records are found again.
inline constexpr std::string_view kRunAttribute = "sluice.bench.run";
inline constexpr std::string_view kSequenceAttribute = "sluice.bench.seq";

/// Makes OTLP requests as services under load send them: request logs, server spans with their
/// attributes, gauges and sums. Every record carries the run's id and a sequence number. The same
/// seed gives the same records.
class Generator {
 public:
  Generator(std::string run_id, uint64_t seed) : run_id_(std::move(run_id)), random_(seed) {}

  /// Appends an Export*ServiceRequest with `records` records (data points, for metrics), numbered
  /// from `first`. `now_ns` is Unix time.
  void append(otlp::Signal signal, uint64_t first, uint32_t records, uint64_t now_ns,
              std::string& out);

 private:
  class Request;

  const std::string run_id_;
  std::minstd_rand random_;
};

}  // namespace sluice::app::bench
