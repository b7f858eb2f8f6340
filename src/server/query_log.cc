#include "server/query_log.h"

#include "base/log.h"
#include "server/log_rows.h"

namespace sluice::server {
namespace {

constexpr auto kFlushInterval = std::chrono::seconds(1);

/// Names and types are those of ClickHouse's table of this name.
constexpr std::string_view kCreate = R"(CREATE TABLE IF NOT EXISTS system.query_log
(
    hostname LowCardinality(String) DEFAULT hostName(),
    type Enum8('QueryStart' = 1, 'QueryFinish' = 2, 'ExceptionBeforeStart' = 3,
               'ExceptionWhileProcessing' = 4),
    event_date Date,
    event_time DateTime,
    event_time_microseconds DateTime64(6),
    query_start_time DateTime,
    query_start_time_microseconds DateTime64(6),
    query_duration_ms UInt64,
    read_rows UInt64,
    read_bytes UInt64,
    written_rows UInt64,
    written_bytes UInt64,
    result_rows UInt64,
    result_bytes UInt64,
    memory_usage UInt64 DEFAULT 0,
    current_database LowCardinality(String),
    query String CODEC(ZSTD(1)),
    normalized_query_hash UInt64 DEFAULT normalizedQueryHash(query),
    query_kind LowCardinality(String),
    databases Array(LowCardinality(String)) DEFAULT [],
    tables Array(LowCardinality(String)) DEFAULT [],
    columns Array(LowCardinality(String)) DEFAULT [],
    exception_code Int32,
    exception String,
    stack_trace String DEFAULT '',
    is_initial_query UInt8 DEFAULT 1,
    user LowCardinality(String),
    query_id String,
    address IPv6 DEFAULT toIPv6('::'),
    initial_user LowCardinality(String) DEFAULT user,
    initial_query_id String DEFAULT query_id,
    interface UInt8 DEFAULT 2,
    http_method UInt8,
    http_user_agent LowCardinality(String),
    log_comment String,
    ProfileEvents Map(LowCardinality(String), UInt64) DEFAULT map(),
    Settings Map(LowCardinality(String), LowCardinality(String))
)
ENGINE = MergeTree
PARTITION BY event_date
ORDER BY (event_date, event_time)
TTL event_date + INTERVAL 3 DAY
SETTINGS ttl_only_drop_parts = 1)";

std::string_view kind_name(StatementKind kind) {
  switch (kind) {
    case StatementKind::Select: return "Select";
    case StatementKind::Insert: return "Insert";
    case StatementKind::Explain: return "Explain";
    case StatementKind::Show: return "Show";
    case StatementKind::Describe: return "Describe";
    case StatementKind::Exists: return "Exists";
    case StatementKind::Check: return "Check";
    case StatementKind::Use: return "Use";
    case StatementKind::Set: return "Set";
    case StatementKind::Ddl: return "Create";
    case StatementKind::Delete: return "Delete";
    case StatementKind::System: return "System";
    case StatementKind::Kill: return "KillQuery";
    case StatementKind::Other: break;
  }
  return "None";
}

std::string_view event_name(QueryLog::Event event) {
  switch (event) {
    case QueryLog::Event::Start: return "QueryStart";
    case QueryLog::Event::Finish: return "QueryFinish";
    case QueryLog::Event::ExceptionBeforeStart: return "ExceptionBeforeStart";
    case QueryLog::Event::ExceptionWhileProcessing: break;
  }
  return "ExceptionWhileProcessing";
}

int http_method_number(std::string_view method) {
  return method == "POST" ? 2 : method == "GET" || method == "HEAD" ? 1 : 0;
}

}  // namespace

std::string query_log_row(const QueryLog::Entry& entry, QueryLog::Clock::time_point now) {
  const engine::Figures& figures = entry.outcome.figures;
  const bool ok = entry.outcome.ok();
  const std::string* comment = find_last(entry.request.settings, "log_comment");
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(now - entry.started);
  LogRow row;
  row.text("type", event_name(entry.event));
  row.date("event_date", now);
  row.time("event_time", now);
  row.precise_time("event_time_microseconds", now);
  row.time("query_start_time", entry.started);
  row.precise_time("query_start_time_microseconds", entry.started);
  row.number("query_duration_ms", took.count());
  row.number("read_rows", static_cast<int64_t>(figures.read_rows));
  row.number("read_bytes", static_cast<int64_t>(figures.read_bytes));
  row.number("written_rows", static_cast<int64_t>(figures.written_rows));
  row.number("written_bytes", static_cast<int64_t>(figures.written_bytes));
  row.number("result_rows", static_cast<int64_t>(figures.result_rows));
  row.number("result_bytes", static_cast<int64_t>(figures.result_bytes));
  row.text("current_database", entry.request.database.empty() ? "default" : entry.request.database);
  row.text("query", entry.sql.substr(0, QueryLog::kQueryBytesMax));
  row.text("query_kind", kind_name(entry.kind));
  row.number("exception_code", ok ? 0 : entry.outcome.error->code);
  row.text("exception", ok ? std::string_view() : std::string_view(entry.outcome.error->text));
  row.text("user", entry.user);
  row.text("query_id", entry.request.query_id);
  row.number("http_method", http_method_number(entry.head.method));
  row.text("http_user_agent", entry.head.field("User-Agent"));
  row.text("log_comment", comment != nullptr ? std::string_view(*comment) : std::string_view());
  row.map("Settings", entry.request.settings);
  return std::move(row).finish();
}

QueryLog::~QueryLog() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

Status QueryLog::start() {
  Result<std::unique_ptr<engine::Connection>> connection = engine_.connect();
  if (!connection.ok()) return connection.status();
  const engine::Outcome outcome = (*connection)->execute({kCreate});
  if (!outcome.ok()) return {Code::FailedPrecondition, outcome.error->text};
  thread_ = std::thread([this] { run(); });
  return {};
}

void QueryLog::add(const Entry& entry) {
  std::string row = query_log_row(entry, Clock::now());
  const std::lock_guard lock(mutex_);
  if (pending_.size() + row.size() > kPendingBytesMax) {
    ++dropped_;
    return;
  }
  pending_ += row;
}

void QueryLog::run() {
  std::unique_lock lock(mutex_);
  for (bool last = false; !last;) {
    changed_.wait_for(lock, kFlushInterval, [this] { return stop_; });
    last = stop_;
    std::string rows;
    rows.swap(pending_);
    const uint64_t dropped = std::exchange(dropped_, 0);
    lock.unlock();
    if (dropped != 0) log::warn("rows of the query log were dropped", {{"rows", dropped}});
    if (!rows.empty()) write(rows);
    lock.lock();
  }
}

void QueryLog::write(const std::string& rows) {
  const Status status = insert_log_rows(engine_, "system.query_log", rows);
  if (!status.ok()) log::warn("the query log cannot be written", {{"error", status.message()}});
}

}  // namespace sluice::server
