#include "mapping/tables.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"
#include "mapping/blocks.h"

namespace sluice::mapping {
namespace {

/// ClickHouse refuses an insert of more than 100 partitions (max_partitions_per_insert_block).
constexpr uint32_t kPartitionsPerInsertMax = 90;
/// A few days are late data: an insert each, so that each is atomic. More are garbage timestamps:
/// they share inserts.
constexpr uint32_t kSeparatePartitionsMax = 8;

}  // namespace

std::string_view table_name(Table table) {
  constexpr std::string_view kNames[kTableCount] = {"otel_logs",
                                                    "hyperdx_sessions",
                                                    "otel_traces",
                                                    "otel_metrics_gauge",
                                                    "otel_metrics_sum",
                                                    "otel_metrics_histogram",
                                                    "otel_metrics_exponential_histogram",
                                                    "otel_metrics_summary"};
  return kNames[static_cast<size_t>(table)];
}

TableNames standard_table_names() {
  TableNames names;
  for (size_t i = 0; i < names.size(); ++i) names[i] = table_name(static_cast<Table>(i));
  return names;
}

std::unique_ptr<native::Block> make_block(Table table, AttributeType attributes) {
  if (attributes == AttributeType::Json) {
    if (table == Table::Logs || table == Table::Sessions) return std::make_unique<JsonLogsBlock>();
    if (table == Table::Traces) return std::make_unique<JsonTracesBlock>();
  }
  switch (table) {
    case Table::Logs: return std::make_unique<LogsBlock>();
    case Table::Sessions: return std::make_unique<SessionsBlock>();
    case Table::Traces: return std::make_unique<TracesBlock>();
    case Table::Gauge: return std::make_unique<GaugeBlock>();
    case Table::Sum: return std::make_unique<SumBlock>();
    case Table::Histogram: return std::make_unique<HistogramBlock>();
    case Table::ExponentialHistogram: return std::make_unique<ExponentialHistogramBlock>();
    case Table::Summary: return std::make_unique<SummaryBlock>();
  }
  SLUICE_CHECK(false);
}

std::string insert_columns(Table table, AttributeType attributes) {
  return static_cast<const TableBlock&>(*make_block(table, attributes)).column_list();
}

void plan_order(Table, const native::Block& block, RowOrder& out) {
  const auto& rows = static_cast<const TableBlock&>(block);
  out.order.resize(block.rows());
  std::iota(out.order.begin(), out.order.end(), 0U);
  out.partition_ends.clear();
  out.partition_days.clear();
  if (out.order.empty()) return;

  const int64_t first_day = rows.day(0);
  const bool one_day = std::all_of(out.order.begin(), out.order.end(),
                                   [&](uint32_t row) { return rows.day(row) == first_day; });
  if (one_day) {
    out.partition_ends.push_back(block.rows());
    out.partition_days.push_back(first_day);
    return;
  }
  std::stable_sort(out.order.begin(), out.order.end(),
                   [&](uint32_t a, uint32_t b) { return rows.day(a) < rows.day(b); });
  std::vector<uint32_t> day_ends;
  for (uint32_t i = 1; i < out.order.size(); ++i) {
    if (rows.day(out.order[i]) != rows.day(out.order[i - 1])) day_ends.push_back(i);
  }
  day_ends.push_back(block.rows());
  const size_t step = day_ends.size() <= kSeparatePartitionsMax ? 1 : kPartitionsPerInsertMax;
  for (size_t i = step - 1; i < day_ends.size() - 1; i += step)
    out.partition_ends.push_back(day_ends[i]);
  out.partition_ends.push_back(block.rows());
  for (const uint32_t end : out.partition_ends) {
    out.partition_days.push_back(step == 1 ? rows.day(out.order[end - 1]) : RowOrder::kSeveralDays);
  }
}

}  // namespace sluice::mapping
