#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/status.h"
#include "engine/engine.h"
#include "server/host_metrics.h"
#include "server/log_rows.h"

namespace sluice::server {

/// system.metric_log, system.asynchronous_metric_log and system.asynchronous_metrics, which libchdb
/// does not have: rows for each second of what the engine counts (system.events as differences,
/// system.metrics) and of what HostMetrics and the engine say of machine, process, disk and parts.
/// A query costs some milliseconds, so the engine is asked every few seconds, and what it counted
/// is spread over the rows of these.
///
/// ClickHouse's metric_log has a column for each of the engine's some 1 700 counters, most of which
/// are zero; an insert into such a table costs a hundred times what one into this one does. Here
/// the rows are kept in system.packed_metric_log, as maps of the counters that are not zero, and
/// system.metric_log is a view that makes them columns;
/// system.asynchronous_metrics is one of the last values. Rows go in together and live for days.
/// What cannot be read or written is left out: nothing waits for these logs.
class MetricLog {
 public:
  struct Intervals {
    std::chrono::milliseconds sample{1'000};
    size_t seconds_of_engine = 5;  ///< samples for one question to the engine
    /// Half as often as ClickHouse, whose 7.5 s would make this half of what the logs cost.
    std::chrono::milliseconds flush{15'000};
  };

  /// The engine must outlive this. `data_dir` is where its disk is.
  MetricLog(engine::Engine& engine, std::unique_ptr<HostMetrics> host, std::string data_dir,
            Intervals intervals);
  MetricLog(engine::Engine& engine, std::unique_ptr<HostMetrics> host, std::string data_dir)
      : MetricLog(engine, std::move(host), std::move(data_dir), Intervals()) {}
  /// Writes what is left.
  ~MetricLog();
  MetricLog(const MetricLog&) = delete;
  MetricLog& operator=(const MetricLog&) = delete;

  /// Creates tables and views, and starts to write.
  Status start();

 private:
  using Clock = LogRow::Clock;
  using SteadyClock = std::chrono::steady_clock;
  using Numbers = std::vector<std::pair<std::string, int64_t>>;
  using Counts = std::map<std::string, uint64_t, std::less<>>;
  struct Second {
    Clock::time_point time;
    Numbers used;  ///< by the process
  };

  Status create_tables(engine::Connection& connection);
  Status create_view(engine::Connection& connection);
  void run();
  void sample();
  void add_engine_rows(engine::Connection& connection);
  static Numbers differences(const std::vector<std::pair<std::string, uint64_t>>& now,
                             Counts& last);
  void add_metrics(const Metrics& metrics, Clock::time_point now);
  Metrics disk_metrics() const;
  void flush(engine::Connection& connection);

  engine::Engine& engine_;
  const std::unique_ptr<HostMetrics> host_;
  const std::string data_dir_;
  const Intervals intervals_;
  const SteadyClock::time_point started_ = SteadyClock::now();

  // The thread's own.
  Counts last_events_;
  Counts last_used_;
  std::vector<Second> seconds_;
  SteadyClock::time_point last_sample_ = started_;
  std::string engine_rows_;  // in JSONEachRow
  std::string metric_rows_;
  bool failing_ = false;  // said so

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace sluice::server
