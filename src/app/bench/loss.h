#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "clickhouse/client.h"
#include "otlp/records.h"

namespace sluice::app::bench {

/// What ClickHouse has of a run's accepted records of one signal.
struct Stored {
  uint64_t expected = 0;
  uint64_t rows = 0;      ///< of accepted requests
  uint64_t distinct = 0;  ///< sequence numbers among them

  uint64_t missing() const { return expected > distinct ? expected - distinct : 0; }
  uint64_t doubled() const { return rows - distinct; }
};

struct LossQuestion {
  std::string run_id;
  otlp::Signal signal = otlp::Signal::Logs;
  uint64_t expected = 0;
  uint32_t records = 0;              ///< of a request
  std::vector<uint64_t> unanswered;  ///< requests to leave out
};

/// The query that counts. One row: rows, distinct sequence numbers.
std::string loss_query(const LossQuestion& question);

/// Asks until nothing is missing any more, but at most for `patience`: rows that were answered from
/// memory come later.
Result<Stored> count_stored(clickhouse::Client& client, const LossQuestion& question,
                            std::chrono::milliseconds patience);

}  // namespace sluice::app::bench
