#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "native/block.h"
#include "otlp/records.h"

namespace sluice::mapping {

/// The tables that the collector writes, in the order of the schema files.
enum class Table : uint8_t {
  Logs,
  Sessions,
  Traces,
  Gauge,
  Sum,
  Histogram,
  ExponentialHistogram,
  Summary,
};
inline constexpr size_t kTableCount = 8;
/// All, in their order.
inline constexpr auto kTables = [] {
  std::array<Table, kTableCount> tables{};
  for (size_t i = 0; i < tables.size(); ++i) tables[i] = static_cast<Table>(i);
  return tables;
}();

/// ClickStack's name, for example "otel_logs".
std::string_view table_name(Table table);

/// What the tables are called in a database, by Table.
using TableNames = std::array<std::string, kTableCount>;
/// ClickStack's names.
TableNames standard_table_names();

/// What attributes are in the tables of logs, sessions and traces (docs/formats/rows.md). Those of
/// metrics are maps always.
enum class AttributeType : uint8_t { Map, Json };

/// The columns of an insert, quoted and comma-separated, in the order in which the table's Block
/// encodes them.
std::string insert_columns(Table table, AttributeType attributes = AttributeType::Map);

/// An empty block for the table.
std::unique_ptr<native::Block> make_block(Table table, AttributeType attributes);

/// The order in which a block's rows leave: by partition (day), else as they came.
/// `partition_ends[i]` is one past the last row, in `order`, of the i-th partition: each becomes an
/// insert.
struct RowOrder {
  std::vector<uint32_t> order;
  std::vector<uint32_t> partition_ends;
  /// The day of each of these, since 1970, or kSeveralDays: blocks of several lanes put the rows of
  /// one day into one insert, and leave alone what holds several.
  std::vector<int64_t> partition_days;
  static constexpr int64_t kSeveralDays = INT64_MAX;
};
void plan_order(Table table, const native::Block& block, RowOrder& out);

/// The open blocks of one lane, made when a table gets its first row.
struct OpenBlocks {
  std::array<std::unique_ptr<native::Block>, kTableCount> by_table;
  uint32_t rows(Table table) const {
    const auto& block = by_table[static_cast<size_t>(table)];
    return block ? block->rows() : 0;
  }
};

/// Records that no table can hold, for partial_success.
struct Rejects {
  uint64_t count = 0;
  std::string reason;  ///< of the first
};

/// Turns records into rows. One per lane; keeps scratch memory and caches between calls.
class Mapper {
 public:
  explicit Mapper(AttributeType attributes = AttributeType::Map);
  ~Mapper();
  Mapper(const Mapper&) = delete;
  Mapper& operator=(const Mapper&) = delete;

  /// Appends the request's rows to `blocks`; those of logs go to Table::Logs or Table::Sessions.
  /// REQUIRES: blocks of this mapper's type of attributes.
  void map(const otlp::LogsRequest& request, Table table, OpenBlocks& blocks, Rejects& rejects);
  void map(const otlp::TracesRequest& request, OpenBlocks& blocks, Rejects& rejects);
  void map(const otlp::MetricsRequest& request, OpenBlocks& blocks, Rejects& rejects);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::mapping
