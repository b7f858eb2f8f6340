#pragma once

// Rows into a ClickHouse, and the answer to whoever sent them. docs/ARCHITECTURE.md, "The way out",
// tells the story.

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/budget.h"
#include "base/metrics.h"
#include "base/status.h"
#include "clickhouse/dsn.h"
#include "delivery/options.h"
#include "io/loop.h"
#include "mapping/ddl.h"
#include "mapping/tables.h"
#include "pipeline/component.h"

namespace sluice::components {

/// What the exporter does about tables at its start.
enum class SchemaWork : uint8_t {
  None,        ///< nothing: they are there
  ClickStack,  ///< ClickStack's whole schema, in versioned steps
  OwnTables,   ///< the tables that it writes to, where they are missing
};

/// Rows of one table that make an insert leave at once, where nobody asks for more.
inline constexpr uint32_t kInsertRowsMax = 100'000;

struct ClickHouseExporterConfig {
  std::string name = "clickhouse";              ///< its id, for metrics
  std::vector<clickhouse::Endpoint> endpoints;  ///< at least one; all take the same inserts
  clickhouse::OpenStrategy strategy = clickhouse::OpenStrategy::LeastLoaded;
  mapping::TableNames tables = mapping::standard_table_names();
  /// Whether logs are stored in the shape of Table::Logs or Table::Sessions.
  mapping::Table logs = mapping::Table::Logs;
  /// What attributes are in the tables of logs and traces.
  mapping::AttributeType attributes = mapping::AttributeType::Map;
  pipeline::AckMode ack = pipeline::AckMode::Store;
  /// The age at which rows leave. Unset: 200 ms while a sender waits (AckMode::Store), 1 s
  /// otherwise, and never more than `flush_interval_max`.
  std::optional<std::chrono::milliseconds> flush_interval;
  std::optional<std::chrono::milliseconds> flush_interval_max;
  /// So many rows, or bytes, of one table, over all lanes, make an insert leave at once.
  uint32_t insert_rows_max = kInsertRowsMax;
  size_t insert_bytes_max = 16 << 20;
  int inserts_in_flight_max = 8;                    ///< connections that insert
  std::chrono::milliseconds timeout{30'000};        ///< of one try
  std::chrono::milliseconds give_up_after{30'000};  ///< how long a waiting sender's rows are tried
  /// The pauses between tries, and whether there are any while a sender waits.
  delivery::RetryConfig retry;
  bool lz4 = true;  ///< compress what goes over a network
  SchemaWork schema = SchemaWork::ClickStack;
  mapping::Ttl ttl;            ///< of the tables that are made
  bool reconcile_ttl = false;  ///< also of those that are there (SchemaWork::ClickStack)
  bool promql_table = false;   ///< make metrics_ts too (SchemaWork::ClickStack)
  std::string table_engine;    ///< of own tables, with parameters; empty: MergeTree
  std::string cluster;         ///< own tables are made ON CLUSTER
  /// The signals that come, for which own tables are made.
  std::array<bool, otlp::kSignalCount> signals{true, true, true};
  /// Leave skip indexes to the first merge: twice the insert speed for the server, but new parts
  /// are searched without an index. Unset: for a server behind a Unix socket, which is our own.
  std::optional<bool> late_indexes;
  bool watch_parts = true;  ///< slow down before ClickHouse refuses for too many parts
  std::chrono::milliseconds watch_interval{5'000};  ///< between two looks at the store
  /// A table that is not there may be in the making, by another exporter or the schema's tool.
  std::chrono::milliseconds absence_grace{3'000};
};

/// Process-wide: one lane consumer per loop, the threads that insert, one thread that keeps schema
/// and part counts in view.
class ClickHouseExporter {
 public:
  /// InvalidArgument for a configuration that cannot work. `lanes`, `budget` and `metrics` must
  /// outlive the exporter.
  static Result<std::unique_ptr<ClickHouseExporter>> create(ClickHouseExporterConfig config,
                                                            std::vector<io::Loop*> lanes,
                                                            Budget& budget,
                                                            metrics::Registry& metrics);
  /// REQUIRES: the lanes' loops do not run any more, or drain() is done.
  ~ClickHouseExporter();
  ClickHouseExporter(const ClickHouseExporter&) = delete;
  ClickHouseExporter& operator=(const ClickHouseExporter&) = delete;

  /// To be called on lane i's thread only; lives as long as the exporter.
  pipeline::Consumer& lane(size_t i);

  /// Starts the threads. Schema work goes on in the background, again and again until the server is
  /// there.
  Status start();

  /// Whether the store took the schema, or answered, and can take data. Thread-safe.
  bool ready() const;

  /// Sends what is open, waits until all of it is confirmed (at most the configured timeout), and
  /// stops the threads. The loops must run meanwhile; batches that still come are answered
  /// "retry". `done` runs once, on a thread of the exporter's, and must not destroy the exporter.
  void drain(std::function<void()> done);

 private:
  struct Impl;
  explicit ClickHouseExporter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::components
