#include "components/exporters/clickhouse/keeper.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "base/log.h"

namespace sluice::components {
namespace {

constexpr int kNoSuchColumn = 16;
constexpr int kUnknownTable = 60;
constexpr int kUnknownDatabase = 81;

constexpr uint64_t kPartsFree = 300;      // so many cost nothing
constexpr uint64_t kPartsDelayed = 1000;  // ClickHouse's own brake begins
constexpr std::chrono::milliseconds kGapAtDelayed{1000};
constexpr std::chrono::milliseconds kGapMost{2000};

constexpr std::string_view kEventName = "EventName";

/// The list without its last column, which is EventName where there is one.
std::string without_event_name(const std::string& columns) {
  const size_t comma = columns.rfind(',');
  if (comma == std::string::npos || columns.find(kEventName, comma) == std::string::npos) {
    return columns;
  }
  return columns.substr(0, comma);
}

std::optional<mapping::Table> table_named(std::string_view name) {
  for (size_t i = 0; i < mapping::kTableCount; ++i) {
    const auto table = static_cast<mapping::Table>(i);
    if (mapping::table_name(table) == name) return table;
  }
  return std::nullopt;
}

/// Calls visit(first field, second field) for each tab-separated line.
template <typename Visit>
void for_each_pair(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const size_t tab = line.find('\t');
    if (tab != std::string_view::npos) visit(line.substr(0, tab), line.substr(tab + 1));
  }
}

uint64_t to_number(std::string_view text) {
  uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

std::chrono::milliseconds gap_for_parts(uint64_t parts) {
  if (parts <= kPartsFree) return std::chrono::milliseconds(0);
  if (parts > kPartsDelayed) return kGapMost;
  return kGapAtDelayed * (parts - kPartsFree) / (kPartsDelayed - kPartsFree);
}

Keeper::Keeper(clickhouse::Endpoint endpoint, const KeeperOptions& options, OnGap on_gap)
    : client_(std::move(endpoint)),
      options_(options),
      on_gap_(std::move(on_gap)),
      log_columns_(mapping::insert_columns(mapping::Table::Logs)),
      log_columns_without_event_name_(without_event_name(log_columns_)),
      may_watch_(options.watch_parts) {}

Keeper::~Keeper() { stop(); }

void Keeper::start() {
  thread_ = std::thread([this] { run(); });
}

void Keeper::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  wake_.notify_all();
  client_.interrupt();
  if (thread_.joinable()) thread_.join();
}

std::string Keeper::columns(mapping::Table table) const {
  if (table != mapping::Table::Logs) return mapping::insert_columns(table);
  return has_event_name_ ? log_columns_ : log_columns_without_event_name_;
}

bool Keeper::schema_missed(mapping::Table table, int code) {
  // Tables of older schemas lack EventName, and nothing else that we send.
  if (code == kNoSuchColumn && table == mapping::Table::Logs)
    return has_event_name_.exchange(false);
  if ((code == kUnknownTable || code == kUnknownDatabase) && options_.create_schema) {
    const std::lock_guard lock(mutex_);
    recreate_ = true;
    wake_.notify_all();
  }
  return false;
}

void Keeper::run() {
  clickhouse::Backoff backoff(reinterpret_cast<uintptr_t>(this));
  for (;;) {
    const Status status = pass();
    std::chrono::milliseconds wait = kWatchInterval;
    if (status.ok()) {
      backoff.reset();
    } else {
      wait = backoff.next();
    }
    std::unique_lock lock(mutex_);
    if (stopped_) return;
    if (!status.ok()) {
      log::warn("ClickHouse is not ready; trying again",
                {{"endpoint", client_.endpoint().to_string()}, {"error", status.message()}});
    }
    wake_.wait_for(lock, wait, [this] { return stopped_ || recreate_; });
    if (stopped_) return;
    if (std::exchange(recreate_, false)) {
      prepared_ = false;
      repair_ = true;
    }
  }
}

Status Keeper::pass() {
  if (!prepared_) {
    const Status status = prepare();
    // An error with a sentence of ClickHouse's own comes from a living server, but none that can
    // take data.
    reachable_ = status.ok();
    SLUICE_RETURN_IF_ERROR(status);
    prepared_ = true;
    log::info("ClickHouse is ready", {{"endpoint", client_.endpoint().to_string()}});
  }
  if (!has_event_name_) SLUICE_RETURN_IF_ERROR(probe_columns());
  const Status status = watch_parts();
  reachable_ = status.ok();
  return status;
}

Status Keeper::prepare() {
  const auto version = query("SELECT version()");
  if (!version.ok()) return version.status();
  if (options_.create_schema) {
    const auto engine = mapping::EngineVersion::parse(*version);
    const Status status = create_schema(engine.ok() ? *engine : mapping::kTextIndexVersion);
    if (status.code() == Code::PermissionDenied) {
      log::warn("ClickHouse's user may not create tables; using those that are there",
                {{"error", status.message()}});
    } else {
      SLUICE_RETURN_IF_ERROR(status);
    }
  }
  return probe_columns();
}

Status Keeper::create_schema(mapping::EngineVersion engine) {
  const std::string& database = client_.endpoint().database;
  for (const std::string& sql : mapping::schema_version_statements(database)) {
    const auto done = query(sql);
    if (!done.ok()) return done.status();
  }
  const auto at = query(mapping::schema_version_query(database));
  if (!at.ok()) return at.status();
  // A table that somebody dropped is missing although the version is recorded.
  const auto recorded = static_cast<uint32_t>(to_number(*at));
  const uint32_t from = repair_ && recorded <= mapping::kSchemaVersion ? 0 : recorded;
  const auto statements = mapping::schema_statements(database, options_.ttl, engine, from);
  if (!statements.ok()) return statements.status();
  for (const std::string& sql : *statements) {
    const auto done = query(sql);
    if (!done.ok()) return done.status().with_context("creating ClickStack's tables");
  }
  repair_ = false;
  return {};
}

/// Without the table nothing is known, and the full list is right for the table that will come.
Status Keeper::probe_columns() {
  const auto columns =
      query("DESCRIBE TABLE " + clickhouse::quote_identifier(client_.endpoint().database) + "." +
            clickhouse::quote_identifier(mapping::table_name(mapping::Table::Logs)) +
            " FORMAT TabSeparated");
  if (columns.status().code() == Code::NotFound) return {};
  if (!columns.ok()) return columns.status();
  bool described = false;
  bool found = false;
  for_each_pair(*columns, [&](std::string_view name, std::string_view) {
    described = true;
    found |= name == kEventName;
  });
  if (described) has_event_name_ = found;
  return {};
}

Status Keeper::watch_parts() {
  if (!may_watch_) return query("SELECT 1").status();
  const auto parts = query(
      "SELECT table, max(parts) FROM (SELECT table, partition_id, count() AS parts FROM "
      "system.parts "
      "WHERE active AND database = {database:String} GROUP BY table, partition_id) GROUP BY table "
      "FORMAT TabSeparated",
      {{"database", client_.endpoint().database}});
  if (parts.status().code() == Code::PermissionDenied) {
    log::info("Part counts are not watched: the ClickHouse user may not read system.parts");
    may_watch_ = false;
    return {};
  }
  if (!parts.ok()) return parts.status();
  for_each_pair(*parts, [&](std::string_view name, std::string_view count) {
    if (const auto table = table_named(name)) on_gap_(*table, gap_for_parts(to_number(count)));
  });
  return {};
}

Result<std::string> Keeper::query(std::string_view sql, clickhouse::Settings params) {
  clickhouse::QueryRequest request;
  request.sql = sql;
  request.params = std::move(params);
  request.timeout = kQueryTimeout;
  return client_.query(request);
}

}  // namespace sluice::components
