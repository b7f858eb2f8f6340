#pragma once

// Closing open blocks: decides when a table's rows leave, collects the blocks of all lanes, and
// makes an insert of each partition. So the number of inserts does not grow with the number of
// lanes.

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "components/exporters/clickhouse/insert.h"

namespace sluice::components {

/// A part of one lane's block, with its day (mapping::RowOrder::partition_days).
struct SealedPart {
  int64_t day = 0;
  Part part;
};

/// What each insert of a round is made of.
using PartGroups = std::vector<std::vector<Part>>;

/// One table's closing. The lanes put their parts in, each on its own thread; the last one ends it.
class SealRound {
 public:
  using Finished = std::function<void(PartGroups&&)>;

  SealRound(mapping::Table table, size_t lanes, Finished finished)
      : table_(table), missing_(lanes), finished_(std::move(finished)) {}

  mapping::Table table() const { return table_; }
  /// One lane's share, which may be empty. Thread-safe.
  void join(std::vector<SealedPart>&& parts);

 private:
  const mapping::Table table_;
  std::mutex mutex_;
  size_t missing_;
  Finished finished_;
  std::map<int64_t, std::vector<Part>> by_day_;
  PartGroups apart_;  // parts of several days
};

struct SealLimits {
  uint32_t rows_max = 0;
  size_t bytes_max = 0;
  std::chrono::milliseconds timeout{0};  ///< of inserts with waiting senders
  bool senders_wait = true;
};

/// Counts the open rows of all lanes and starts rounds. Thread-safe; shared by the lanes.
class Sealer : public std::enable_shared_from_this<Sealer> {
 public:
  /// Asks lane `i` to put its open block of the round's table in. Called on any thread.
  using AskLane = std::function<void(size_t lane, std::shared_ptr<SealRound>)>;
  using Push = std::function<void(std::unique_ptr<Insert>)>;

  Sealer(size_t lanes, const SealLimits& limits, Push push);
  /// To be called once, before rows come.
  void set_ask(AskLane ask) { ask_ = std::move(ask); }

  /// A lane's open block grew; closes the table's blocks if that was enough.
  void grew(size_t lane, mapping::Table table, uint32_t rows, size_t bytes);
  /// A lane took its open block out.
  void taken(size_t lane, mapping::Table table, uint32_t rows, size_t bytes);
  /// Closes the table's open blocks. False, with nothing done, while a round of the table goes on:
  /// it may have begun before the caller's rows came, so the caller must come back.
  [[nodiscard]] bool seal(mapping::Table table);

  /// No row is open, and none is on its way into an insert.
  bool empty() const;
  uint64_t open_rows() const;

 private:
  struct TableState {
    std::atomic<uint64_t> rows{0};
    std::atomic<uint64_t> bytes{0};
    std::atomic<bool> sealing{false};
  };
  bool full(mapping::Table table) const;
  void finish(mapping::Table table, PartGroups&& groups);
  std::string next_token();

  const size_t lanes_;
  const SealLimits limits_;
  const Push push_;
  AskLane ask_;
  std::array<TableState, mapping::kTableCount> tables_;
  std::vector<std::array<std::atomic<uint32_t>, mapping::kTableCount>> lane_rows_;
  const std::string token_prefix_;
  std::atomic<uint64_t> inserts_{0};
};

}  // namespace sluice::components
