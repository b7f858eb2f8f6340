#pragma once

#include <atomic>
#include <chrono>
#include <memory>

#include "app/lanes.h"
#include "app/options.h"
#include "base/budget.h"
#include "base/metrics.h"
#include "base/status.h"
#include "clickhouse/endpoint.h"
#include "components/exporters/clickhouse/exporter.h"
#include "components/receivers/otlp/receiver.h"

namespace sluice::app {

/// The way of the data in this process: lanes, OTLP receiver, ClickHouse exporter.
class Collector {
 public:
  /// Binds the OTLP addresses; an error names the one that failed. `metrics` must outlive the
  /// collector.
  static Result<std::unique_ptr<Collector>> create(const Options& options,
                                                   clickhouse::Endpoint endpoint,
                                                   metrics::Registry& metrics);
  ~Collector();
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;

  /// Starts the threads; connections are not accepted yet, so that the store may come up first.
  Status start();
  /// Begins to accept.
  void accept();

  const components::BoundAddresses& addresses() const { return receiver_->addresses(); }

  /// Whether data that comes now would get into the store; else why not. Thread-safe.
  Status can_take_data() const;
  /// Whether the store took the schema, or answered. Thread-safe.
  bool store_ready() const { return exporter_->ready(); }

  /// Stops accepting, answers the open requests, has ClickHouse confirm every row. False if that
  /// took longer than `timeout`: then the collector must not be destroyed, but the process ended.
  bool drain(std::chrono::milliseconds timeout);

 private:
  explicit Collector(const Options& options, metrics::Registry& metrics);

  Budget budget_;
  Lanes lanes_;
  std::unique_ptr<components::ClickHouseExporter> exporter_;
  std::unique_ptr<components::OtlpReceiver> receiver_;
};

}  // namespace sluice::app
