#include "server/metric_log.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <charconv>

#include "base/log.h"
#include "base/take.h"
#include "native/identifier.h"

namespace sluice::server {
namespace {

// Names, types and codecs of columns are those of ClickHouse's tables.

constexpr std::string_view kCreateEngineRows =
    R"(CREATE TABLE IF NOT EXISTS system.packed_metric_log
(
    hostname LowCardinality(String) DEFAULT hostName() CODEC(ZSTD(1)),
    event_date Date CODEC(Delta(2), ZSTD(1)),
    event_time DateTime CODEC(Delta(4), ZSTD(1)),
    event_time_microseconds DateTime64(6) CODEC(Delta(8), ZSTD(1)),
    profile_events Map(LowCardinality(String), UInt64) CODEC(ZSTD(1)),
    current_metrics Map(LowCardinality(String), Int64) CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY event_date
ORDER BY (event_date, event_time)
TTL event_date + INTERVAL 3 DAY
SETTINGS ttl_only_drop_parts = 1)";

constexpr std::string_view kCreateMetricRows =
    R"(CREATE TABLE IF NOT EXISTS system.asynchronous_metric_log
(
    hostname LowCardinality(String) DEFAULT hostName() CODEC(ZSTD(1)),
    event_date Date CODEC(Delta(2), ZSTD(1)),
    event_time DateTime CODEC(Delta(4), ZSTD(1)),
    metric LowCardinality(String) CODEC(ZSTD(1)),
    value Float64 CODEC(ZSTD(3))
)
ENGINE = MergeTree
PARTITION BY event_date
ORDER BY (event_date, event_time)
TTL event_date + INTERVAL 3 DAY
SETTINGS ttl_only_drop_parts = 1)";

constexpr std::string_view kCreateMetricView =
    R"(CREATE OR REPLACE VIEW system.asynchronous_metrics AS
SELECT metric, argMax(value, event_time) AS value
FROM system.asynchronous_metric_log
WHERE event_date >= today() - 1 AND event_time >= now() - INTERVAL 1 MINUTE
GROUP BY metric)";

constexpr std::string_view kColumnNames =
    "SELECT name FROM system.columns WHERE database = 'system' AND table = 'metric_log' "
    "ORDER BY position FORMAT TSVRaw";
constexpr std::string_view kEventNames =
    "SELECT event FROM system.events ORDER BY event SETTINGS system_events_show_zero_values = 1 "
    "FORMAT TSVRaw";
constexpr std::string_view kMetricNames =
    "SELECT metric FROM system.metrics ORDER BY metric FORMAT TSVRaw";

// There is nothing that threads could share.
constexpr std::string_view kSettings = "SET max_threads = 1";
/// Both in one: most of what a query this small costs is the same for any.
constexpr std::string_view kCounts =
    "SELECT 'event', event, toInt64(value) FROM system.events UNION ALL "
    "SELECT 'metric', metric, value FROM system.metrics FORMAT TSVRaw";
/// Looks at every part, so it is asked only when rows are written.
constexpr std::string_view kParts = R"(
SELECT 'MaxPartCountForPartition', max(parts),
       'TotalPartsOfMergeTreeTables', sum(parts),
       'TotalRowsOfMergeTreeTables', sum(rows),
       'TotalBytesOfMergeTreeTables', sum(bytes)
FROM (SELECT count() AS parts, sum(rows) AS rows, sum(bytes_on_disk) AS bytes FROM system.parts
      WHERE active GROUP BY database, table, partition_id)
FORMAT TSVRaw)";

int64_t to_number(std::string_view text) {
  int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// Calls `visit` with the name and value of each pair of fields.
template <typename Visit>
void each_pair(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const std::string_view name = take_until(text, "\t\n");
    visit(name, to_number(take_until(text, "\t\n")));
  }
}

/// "map['x'] AS `Prefix_x`" for each name of the lines, and a line with the column's name.
void append_columns(std::string& sql, std::string& columns, std::string_view map,
                    const std::string& prefix, std::string_view names) {
  while (!names.empty()) {
    const std::string_view name = take_until(names, "\n");
    const std::string column = prefix + std::string(name);
    sql += ",\n    " + std::string(map) + "[" + engine::quoted(name) + "] AS " +
           native::quote_identifier(column);
    columns += column + "\n";
  }
}

Status run_statement(engine::Connection& connection, std::string_view sql, std::string& output) {
  engine::Outcome outcome = connection.execute({sql});
  if (!outcome.ok()) return {Code::FailedPrecondition, outcome.error->text};
  output = std::move(outcome.output);
  return {};
}

}  // namespace

MetricLog::MetricLog(engine::Engine& engine, std::unique_ptr<HostMetrics> host,
                     std::string data_dir, Intervals intervals)
    : engine_(engine),
      host_(std::move(host)),
      data_dir_(std::move(data_dir)),
      intervals_(intervals) {}

MetricLog::~MetricLog() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

Status MetricLog::start() {
  Result<std::unique_ptr<engine::Connection>> connection = engine_.connect();
  if (!connection.ok()) return connection.status();
  SLUICE_RETURN_IF_ERROR(create_tables(**connection));
  thread_ = std::thread([this] { run(); });
  return {};
}

Status MetricLog::create_tables(engine::Connection& connection) {
  std::string output;
  for (const std::string_view sql : {kCreateEngineRows, kCreateMetricRows, kCreateMetricView})
    SLUICE_RETURN_IF_ERROR(run_statement(connection, sql, output));
  return create_view(connection);
}

Status MetricLog::create_view(engine::Connection& connection) {
  std::string present;
  std::string output;
  SLUICE_RETURN_IF_ERROR(run_statement(connection, kColumnNames, present));
  std::string columns = "hostname\nevent_date\nevent_time\nevent_time_microseconds\n";
  std::string view =
      "CREATE OR REPLACE VIEW system.metric_log AS\n"
      "SELECT\n    hostname,\n    event_date,\n    event_time,\n    event_time_microseconds";
  SLUICE_RETURN_IF_ERROR(run_statement(connection, kEventNames, output));
  append_columns(view, columns, "profile_events", "ProfileEvent_", output);
  SLUICE_RETURN_IF_ERROR(run_statement(connection, kMetricNames, output));
  append_columns(view, columns, "current_metrics", "CurrentMetric_", output);
  // Another version of the engine counts other things; it costs half a second, so not every time.
  if (columns == present) return {};
  view += "\nFROM system.packed_metric_log";
  return run_statement(connection, view, output);
}

void MetricLog::run() {
  Result<std::unique_ptr<engine::Connection>> connection = engine_.connect();
  if (!connection.ok()) {
    log::warn("the metric logs are not kept", {{"error", connection.status().message()}});
    return;
  }
  (*connection)->execute({kSettings});
  differences(host_->process_events(), last_used_);
  add_engine_rows(**connection);
  auto next_sample = SteadyClock::now() + intervals_.sample;
  auto next_flush = next_sample + intervals_.flush;
  std::unique_lock lock(mutex_);
  for (bool last = false; !last;) {
    changed_.wait_until(lock, next_sample, [this] { return stop_; });
    last = stop_;
    lock.unlock();
    if (!last) sample();
    if (last || seconds_.size() >= intervals_.seconds_of_engine) add_engine_rows(**connection);
    const auto now = SteadyClock::now();
    if (last || now >= next_flush) {
      flush(**connection);
      next_flush = std::max(next_flush + intervals_.flush, now);
    }
    // What was missed stays missing.
    next_sample = std::max(next_sample + intervals_.sample, now);
    lock.lock();
  }
}

void MetricLog::sample() {
  const Clock::time_point now = Clock::now();
  const SteadyClock::time_point time = SteadyClock::now();
  add_metrics(host_->read(time - std::exchange(last_sample_, time)), now);
  add_metrics(disk_metrics(), now);
  add_metrics({{"Uptime", std::chrono::duration<double>(time - started_).count()}}, now);
  seconds_.push_back({now, differences(host_->process_events(), last_used_)});
}

/// Rows for the seconds since the last time, over which what the engine counted is spread.
void MetricLog::add_engine_rows(engine::Connection& connection) {
  std::string output;
  if (!run_statement(connection, kCounts, output).ok()) return;
  const bool first = last_events_.empty();
  std::vector<std::pair<std::string, uint64_t>> events;
  Numbers current;
  std::string_view lines = output;
  while (!lines.empty()) {
    const bool is_event = take_until(lines, "\t") == "event";
    const std::string_view name = take_until(lines, "\t");
    const int64_t value = to_number(take_until(lines, "\n"));
    // Those that the process was asked for: the engine counts them by interfaces that the sandbox
    // closes.
    if (is_event && last_used_.find(name) == last_used_.end()) {
      events.emplace_back(name, static_cast<uint64_t>(value));
    } else if (!is_event && value != 0) {
      current.emplace_back(name, value);
    }
  }
  const Numbers counted = differences(events, last_events_);
  const auto rows = static_cast<int64_t>(first ? 0 : seconds_.size());
  for (int64_t i = 0; i < rows; ++i) {
    const Second& second = seconds_[static_cast<size_t>(i)];
    Numbers part = second.used;
    for (const auto& [name, count] : counted) {
      const int64_t share = count * (i + 1) / rows - count * i / rows;
      if (share != 0) part.emplace_back(name, share);
    }
    LogRow row;
    row.date("event_date", second.time);
    row.time("event_time", second.time);
    row.precise_time("event_time_microseconds", second.time);
    row.numbers("profile_events", part);
    row.numbers("current_metrics", current);
    engine_rows_ += std::move(row).finish();
  }
  seconds_.clear();
}

/// What has grown since `last`, which becomes `now`.
MetricLog::Numbers MetricLog::differences(const std::vector<std::pair<std::string, uint64_t>>& now,
                                          Counts& last) {
  Numbers grown;
  for (const auto& [name, value] : now) {
    uint64_t& before = last[name];
    if (value > before) grown.emplace_back(name, static_cast<int64_t>(value - before));
    before = value;
  }
  return grown;
}

void MetricLog::add_metrics(const Metrics& metrics, Clock::time_point now) {
  for (const auto& [name, value] : metrics) {
    LogRow row;
    row.date("event_date", now);
    row.time("event_time", now);
    row.text("metric", name);
    row.fraction("value", value);
    metric_rows_ += std::move(row).finish();
  }
}

Metrics MetricLog::disk_metrics() const {
  struct statvfs disk {};
  if (::statvfs(data_dir_.c_str(), &disk) != 0) return {};
  const double block = static_cast<double>(disk.f_frsize);
  const double total = static_cast<double>(disk.f_blocks) * block;
  const double available = static_cast<double>(disk.f_bavail) * block;
  return {{"FilesystemMainPathTotalBytes", total},
          {"FilesystemMainPathAvailableBytes", available},
          {"FilesystemMainPathUsedBytes", total - available},
          {"DiskTotal_default", total},
          {"DiskAvailable_default", available},
          {"DiskUsed_default", total - available}};
}

void MetricLog::flush(engine::Connection& connection) {
  std::string parts;
  if (run_statement(connection, kParts, parts).ok()) {
    const Clock::time_point now = Clock::now();
    each_pair(parts, [&](std::string_view name, int64_t value) {
      add_metrics({{std::string(name), static_cast<double>(value)}}, now);
    });
  }
  Status status;
  for (auto& [table, rows] :
       {std::pair<std::string_view, std::string&>("system.packed_metric_log", engine_rows_),
        std::pair<std::string_view, std::string&>("system.asynchronous_metric_log",
                                                  metric_rows_)}) {
    if (rows.empty()) continue;
    const Status inserted = insert_log_rows(engine_, table, rows);
    if (status.ok()) status = inserted;
    rows.clear();
  }
  if (!status.ok() && !failing_)
    log::warn("the metric logs cannot be written", {{"error", status.message()}});
  failing_ = !status.ok();
}

}  // namespace sluice::server
