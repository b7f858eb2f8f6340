#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "clickhouse/client.h"
#include "components/exporters/clickhouse/columns.h"
#include "components/exporters/clickhouse/exporter.h"
#include "components/exporters/clickhouse/sender.h"

namespace sluice::components {

/// How far apart a table's inserts shall start while a partition of it has so many active parts.
/// ClickHouse itself slows inserts down from 1000 on and refuses from 3000 on
/// (parts_to_delay_insert, parts_to_throw_insert); we begin sooner, so that merges catch up.
std::chrono::milliseconds gap_for_parts(uint64_t parts);

/// One thread with a connection of its own that keeps the store in view: makes the schema, learns
/// which columns there are, watches part counts. What it cannot find out holds nothing up: then
/// inserts are tried with all columns. All public functions are thread-safe.
class Keeper : public SenderHost {
 public:
  /// Active parts of the table's fullest partition.
  using OnParts = std::function<void(mapping::Table, uint64_t parts)>;

  /// `config` must outlive it.
  Keeper(const ClickHouseExporterConfig& config, OnParts on_parts);
  ~Keeper() override;

  void start();
  void stop();
  bool ready() const { return prepared_ && reachable_; }

  /// Those that the table is known to lack are left out; their bytes are skipped by the server.
  std::string columns(mapping::Table table) const override;
  /// For a missing column the table is looked at again, which blocks.
  bool schema_missed(mapping::Table table, int code) override;
  void reached(bool yes) override { reachable_ = yes; }

  static constexpr std::chrono::seconds kQueryTimeout{10};

 private:
  void run();
  /// One look at the store.
  Status pass();
  Status prepare();
  Status make_tables();
  Status make_clickstack_tables(mapping::EngineVersion engine);
  Status make_own_tables(mapping::EngineVersion engine);
  Status reconcile_ttl();
  void check_tables();
  void look_for_what_was_missing();
  /// Learns which columns the table has; false if that could not be learnt.
  bool look_at(mapping::Table table);
  void found_columns(mapping::Table table, std::string_view described);
  void say_other_attributes(mapping::Table table) const;
  void set_columns(mapping::Table table, MatchedColumns&& columns);
  void not_described(mapping::Table table, const Status& status);
  void say_absent(mapping::Table table, const Status& status);
  void check_right(mapping::Table table);
  Status watch_parts();
  Result<std::string> query(std::string_view sql, clickhouse::Settings params = {});
  Status run_all(const std::vector<std::string>& statements);
  const std::string& name_of(mapping::Table table) const {
    return config_.tables[static_cast<size_t>(table)];
  }
  bool is_used(mapping::Table table) const;
  /// What attributes rows of the table are sent with.
  mapping::AttributeType attributes_of(mapping::Table table) const;
  clickhouse::Client& client() { return *clients_[current_]; }
  const std::string& database() { return client().endpoint().database; }

  const ClickHouseExporterConfig& config_;
  std::vector<std::unique_ptr<clickhouse::Client>> clients_;  // one for each server
  size_t current_ = 0;                                        // the one that is talked to
  const OnParts on_parts_;
  std::atomic<bool> prepared_{false};
  std::atomic<bool> reachable_{false};
  bool may_watch_;       // this and the next four: the keeper's thread only
  bool repair_ = false;  // a table was found missing
  enum class Absence : uint8_t { No, Seen, Said };
  std::array<Absence, mapping::kTableCount> absent_{};     // tables that are not there
  std::array<std::string, mapping::kTableCount> missing_;  // columns that a table was found to lack
  std::array<bool, mapping::kTableCount> other_attributes_{};  // a table was found to have

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable looked_;
  std::array<std::string, mapping::kTableCount> columns_;  // of inserts
  std::array<bool, mapping::kTableCount> look_again_{};
  bool stopped_ = false;
  bool recreate_ = false;
  std::thread thread_;
};

}  // namespace sluice::components
