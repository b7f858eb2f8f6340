#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "clickhouse/backoff.h"
#include "clickhouse/client.h"
#include "components/exporters/clickhouse/sender.h"
#include "mapping/ddl.h"

namespace sluice::components {

struct KeeperOptions {
  bool create_schema = true;
  mapping::Ttl ttl;
  bool watch_parts = true;
};

/// How far apart a table's inserts shall start while a partition of it has so many active parts.
/// ClickHouse itself slows inserts down from 1000 on and refuses from 3000 on
/// (parts_to_delay_insert, parts_to_throw_insert); we begin sooner, so that merges catch up.
std::chrono::milliseconds gap_for_parts(uint64_t parts);

/// One thread with a connection of its own that keeps the store in view: makes the schema, learns
/// which columns there are, watches part counts. All public functions are thread-safe.
class Keeper : public SenderHost {
 public:
  using OnGap = std::function<void(mapping::Table, std::chrono::milliseconds)>;

  Keeper(clickhouse::Endpoint endpoint, const KeeperOptions& options, OnGap on_gap);
  ~Keeper() override;

  void start();
  void stop();
  bool ready() const { return prepared_ && reachable_; }

  std::string columns(mapping::Table table) const override;
  bool schema_missed(mapping::Table table, int code) override;
  void reached(bool yes) override { reachable_ = yes; }

  static constexpr std::chrono::seconds kWatchInterval{5};
  static constexpr std::chrono::seconds kQueryTimeout{10};

 private:
  void run();
  /// One look at the store.
  Status pass();
  Status prepare();
  Status create_schema(mapping::EngineVersion engine);
  Status probe_columns();
  Status watch_parts();
  Result<std::string> query(std::string_view sql, clickhouse::Settings params = {});

  clickhouse::Client client_;
  const KeeperOptions options_;
  const OnGap on_gap_;
  const std::string log_columns_;
  const std::string log_columns_without_event_name_;
  std::atomic<bool> prepared_{false};
  std::atomic<bool> reachable_{false};
  std::atomic<bool> has_event_name_{true};
  bool may_watch_;       // this and the next: the keeper's thread only
  bool repair_ = false;  // a table was found missing

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopped_ = false;
  bool recreate_ = false;
  std::thread thread_;
};

}  // namespace sluice::components
