#pragma once

#include <array>
#include <string>

#include "base/metrics.h"
#include "clickhouse/errors.h"
#include "mapping/tables.h"
#include "pipeline/collector_metrics.h"

namespace sluice::components {

/// Whose records are the table's rows.
otlp::Signal signal_of(mapping::Table table);

/// The exporter's figures, looked up once. Names and meanings: exporter_metrics.cc.
struct ExporterMetrics {
  /// Exporters share the figures of tables of the same name. `exporter` is the exporter's id.
  explicit ExporterMetrics(metrics::Registry& registry, const std::string& exporter = "clickhouse",
                           const mapping::TableNames& names = mapping::standard_table_names());

  struct PerTable {
    metrics::Counter* rows = nullptr;      ///< stored
    metrics::Counter* bytes = nullptr;     ///< stored, as sent
    metrics::Counter* rejected = nullptr;  ///< rows the store cannot take
    metrics::Histogram* insert_seconds = nullptr;
    metrics::Gauge* engine_parts = nullptr;   ///< active ones, of the fullest partition
    metrics::Gauge* insert_gap_ms = nullptr;  ///< between two inserts, for the sake of merges
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
  const pipeline::ExporterItemsBySignal items;
  const std::array<pipeline::ExporterQueue, otlp::kSignalCount>
      queues;  ///< sizes in bytes, as sent

  PerTable& of(mapping::Table table) { return tables[static_cast<size_t>(table)]; }
  const pipeline::ExporterItems& items_of(mapping::Table table) const {
    return items[static_cast<size_t>(signal_of(table))];
  }
  const pipeline::ExporterQueue& queue_of(mapping::Table table) const {
    return queues[static_cast<size_t>(signal_of(table))];
  }
  /// An insert waits from now on, or not any more.
  void queued(mapping::Table table, uint32_t rows, size_t bytes);
  void left(mapping::Table table, uint32_t rows, size_t bytes);
};

}  // namespace sluice::components
