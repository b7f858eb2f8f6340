#pragma once

// Rows into a ClickHouse, and the answer to whoever sent them. docs/ARCHITECTURE.md, "The way out",
// tells the story.

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/budget.h"
#include "base/metrics.h"
#include "base/status.h"
#include "clickhouse/endpoint.h"
#include "io/loop.h"
#include "mapping/ddl.h"
#include "pipeline/batch.h"

namespace sluice::components {

/// When a sender is told that its data is safe.
enum class AckMode : uint8_t {
  Store,   ///< when ClickHouse has confirmed the insert
  Memory,  ///< when the rows are in this process's memory
};

struct ClickHouseExporterConfig {
  clickhouse::Endpoint endpoint;
  AckMode ack = AckMode::Store;
  /// The age at which rows leave. Unset: 200 ms while a sender waits (AckMode::Store), 1 s
  /// otherwise.
  std::optional<std::chrono::milliseconds> flush_interval;
  /// So many rows, or bytes, of one table, over all lanes, make an insert leave at once.
  uint32_t insert_rows_max = 100'000;
  size_t insert_bytes_max = 16 << 20;
  int inserts_in_flight_max = 8;  ///< connections that insert
  /// Of one try; also how long a waiting sender's rows are tried at all.
  std::chrono::milliseconds timeout{30'000};
  bool create_schema = true;  ///< create and migrate ClickStack's tables at the start
  mapping::Ttl ttl;           ///< for create_schema
  /// Leave skip indexes to the first merge: twice the insert speed for the server, but new parts
  /// are searched without an index. Unset: for a server behind a Unix socket, which is our own.
  std::optional<bool> late_indexes;
  bool watch_parts = true;  ///< slow down before ClickHouse refuses for too many parts
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
