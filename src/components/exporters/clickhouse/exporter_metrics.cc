#include "components/exporters/clickhouse/exporter_metrics.h"

#include <string>

namespace sluice::components {

otlp::Signal signal_of(mapping::Table table) {
  switch (table) {
    case mapping::Table::Logs:
    case mapping::Table::Sessions: return otlp::Signal::Logs;
    case mapping::Table::Traces: return otlp::Signal::Traces;
    default: return otlp::Signal::Metrics;
  }
}

ExporterMetrics::ExporterMetrics(metrics::Registry& registry, const std::string& exporter,
                                 const mapping::TableNames& names)
    : retries(registry.counter("sluice_exporter_retries_total", "Inserts that were tried again.")),
      in_doubt(
          registry.counter("sluice_inserts_in_doubt_total",
                           "Inserts that may have been stored although they were tried again.")),
      handed_back(
          registry.counter("sluice_exporter_handed_back_rows_total",
                           "Rows that were not stored and whose senders were told to retry.")),
      lost(
          registry.counter("sluice_exporter_lost_rows_total",
                           "Rows acknowledged from memory and not stored when the process ended.")),
      queue_rows(registry.gauge("sluice_exporter_queue_rows",
                                "Rows that left the open blocks and are not confirmed.")),
      queue_bytes(registry.gauge("sluice_exporter_queue_bytes", "The same in bytes as sent.")),
      in_flight(registry.gauge("sluice_exporter_inserts_in_flight", "Inserts being sent.")),
      items(pipeline::exporter_items(registry, exporter)),
      queues{pipeline::ExporterQueue(registry, exporter, otlp::Signal::Logs),
             pipeline::ExporterQueue(registry, exporter, otlp::Signal::Traces),
             pipeline::ExporterQueue(registry, exporter, otlp::Signal::Metrics)} {
  for (size_t i = 0; i < mapping::kTableCount; ++i) {
    const metrics::Labels labels = {{"table", names[i]}};
    tables[i].rows =
        &registry.counter("sluice_exporter_rows_total", "Rows stored in ClickHouse.", labels);
    tables[i].bytes = &registry.counter("sluice_exporter_bytes_total",
                                        "Bytes of the inserts that were stored, as sent.", labels);
    tables[i].rejected = &registry.counter("sluice_exporter_rejected_rows_total",
                                           "Rows that ClickHouse cannot store.", labels);
    tables[i].insert_seconds = &registry.histogram("sluice_exporter_insert_seconds",
                                                   "Time of an insert, answer included.", labels);
    tables[i].engine_parts =
        &registry.gauge("sluice_engine_parts",
                        "Active parts of the table's fullest partition in ClickHouse.", labels);
    tables[i].insert_gap_ms = &registry.gauge(
        "sluice_exporter_insert_gap_milliseconds",
        "Time that is kept between two inserts while ClickHouse has many parts to merge.", labels);
  }
  for (size_t i = 0; i < inserts.size(); ++i) {
    const auto result = clickhouse::error_class_name(static_cast<clickhouse::ErrorClass>(i));
    inserts[i] = &registry.counter("sluice_exporter_inserts_total", "Inserts by their answer.",
                                   {{"result", std::string(result)}});
  }
}

void ExporterMetrics::queued(mapping::Table table, uint32_t rows, size_t bytes) {
  queue_rows.add(rows);
  queue_bytes.add(static_cast<int64_t>(bytes));
  const pipeline::ExporterQueue& queue = queue_of(table);
  queue.size.add(static_cast<int64_t>(bytes));
  queue.batch_send_size.observe(rows);
}

void ExporterMetrics::left(mapping::Table table, uint32_t rows, size_t bytes) {
  queue_rows.add(-int64_t{rows});
  queue_bytes.add(-static_cast<int64_t>(bytes));
  queue_of(table).size.add(-static_cast<int64_t>(bytes));
}

}  // namespace sluice::components
