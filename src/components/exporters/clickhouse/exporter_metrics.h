#pragma once

#include <array>

#include "base/metrics.h"
#include "clickhouse/errors.h"
#include "mapping/tables.h"

namespace sluice::components {

/// The exporter's figures, looked up once. Names and meanings: exporter_metrics.cc.
struct ExporterMetrics {
  /// Exporters share the figures of tables of the same name.
  explicit ExporterMetrics(metrics::Registry& registry,
                           const mapping::TableNames& names = mapping::standard_table_names());

  struct PerTable {
    metrics::Counter* rows = nullptr;      ///< stored
    metrics::Counter* bytes = nullptr;     ///< stored, as sent
    metrics::Counter* rejected = nullptr;  ///< rows the store cannot take
    metrics::Histogram* insert_seconds = nullptr;
  };
  std::array<PerTable, mapping::kTableCount> tables;
  std::array<metrics::Counter*, clickhouse::kErrorClassCount> inserts;  ///< by answer
  metrics::Counter& retries;
  metrics::Counter& in_doubt;
  metrics::Counter& handed_back;  ///< rows whose senders were told to retry
  metrics::Counter&
      lost;  ///< acknowledged rows (AckMode::Memory) that the process ended without storing
  metrics::Gauge& queue_rows;  ///< sealed and not confirmed
  metrics::Gauge& queue_bytes;
  metrics::Gauge& in_flight;

  PerTable& of(mapping::Table table) { return tables[static_cast<size_t>(table)]; }
};

}  // namespace sluice::components
