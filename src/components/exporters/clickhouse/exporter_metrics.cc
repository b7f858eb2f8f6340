#include "components/exporters/clickhouse/exporter_metrics.h"

#include <string>

namespace sluice::components {

ExporterMetrics::ExporterMetrics(metrics::Registry& registry, const mapping::TableNames& names)
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
      in_flight(registry.gauge("sluice_exporter_inserts_in_flight", "Inserts being sent.")) {
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
  }
  for (size_t i = 0; i < inserts.size(); ++i) {
    const auto result = clickhouse::error_class_name(static_cast<clickhouse::ErrorClass>(i));
    inserts[i] = &registry.counter("sluice_exporter_inserts_total", "Inserts by their answer.",
                                   {{"result", std::string(result)}});
  }
}

}  // namespace sluice::components
