#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "base/budget.h"
#include "components/exporters/clickhouse/buffer_pool.h"
#include "components/exporters/clickhouse/exporter_metrics.h"
#include "components/exporters/clickhouse/sealer.h"
#include "io/loop.h"
#include "mapping/tables.h"
#include "pipeline/batch.h"

namespace sluice::components {

struct LaneOptions {
  bool senders_wait = true;  ///< AckMode::Store
  bool lz4 = true;
  mapping::Table logs = mapping::Table::Logs;  ///< the shape of logs
  mapping::AttributeType attributes = mapping::AttributeType::Map;
  std::chrono::milliseconds flush_interval{0};
  /// Whether so many inserts wait for the table that its rows had better wait for a larger one.
  /// Thread-safe.
  std::function<bool(mapping::Table)> backed_up;
};

/// What the exporter tells all lanes. Thread-safe.
struct LaneControl {
  std::atomic<bool> draining{false};
  /// At least this age makes rows leave, by table; raised while ClickHouse has too many parts.
  std::array<std::atomic<int64_t>, mapping::kTableCount> age_ms_min{};
};

/// One lane's end of the exporter: turns requests into rows of its open blocks, and gives the
/// blocks away when a round asks. Belongs to the loop's thread.
class LaneExporter : public pipeline::ReadingStage {
 public:
  /// All references must outlive the lane.
  LaneExporter(size_t index, io::Loop& loop, const LaneOptions& options, Budget& budget,
               std::shared_ptr<Sealer> sealer, std::shared_ptr<BufferPool> pool,
               const LaneControl& control, const ExporterMetrics& metrics);

  void read(const pipeline::BatchView& batch, pipeline::Ack&& ack) override;

  /// Puts the open block of the round's table in, encoded.
  void seal(SealRound& round);

 private:
  struct OpenTable {
    std::vector<AckSpan> acks;
    size_t bytes = 0;
    Budget::Share memory;
    double encoded_share = 0.5;  ///< bytes that a byte of the last part became; a guess at first
    std::unique_ptr<io::Loop::Timer> timer;
  };
  struct Growth {
    mapping::Table table;
    uint32_t first_row;
    uint32_t rows;
    size_t bytes;
  };

  mapping::Rejects map(const pipeline::BatchView& batch);
  void promise(pipeline::Ack& ack);
  void grow();
  void arm(mapping::Table table);
  void due(mapping::Table table);
  std::vector<SealedPart> make_parts(mapping::Table table, const native::Block& block);
  Part make_part(mapping::Table table, const native::Block& block, uint32_t from, uint32_t to);
  static void deal_acks(std::vector<AckSpan>&& acks, std::vector<SealedPart>& parts);

  const size_t index_;
  io::Loop& loop_;
  const LaneOptions options_;
  Budget& budget_;
  const std::shared_ptr<Sealer> sealer_;
  const std::shared_ptr<BufferPool> pool_;
  const LaneControl& control_;
  const ExporterMetrics& metrics_;
  mapping::Mapper mapper_;
  mapping::OpenBlocks blocks_;
  std::array<OpenTable, mapping::kTableCount> open_;
  std::vector<Growth> grown_;  // by the batch at hand
  mapping::RowOrder order_;    // scratch
};

}  // namespace sluice::components
