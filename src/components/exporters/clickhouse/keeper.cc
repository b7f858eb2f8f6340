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

Keeper::Keeper(const ClickHouseExporterConfig& config, OnGap on_gap)
    : config_(config),
      on_gap_(std::move(on_gap)),
      log_columns_(mapping::insert_columns(mapping::Table::Logs)),
      log_columns_without_event_name_(without_event_name(log_columns_)),
      may_watch_(config.watch_parts) {
  for (const clickhouse::Endpoint& endpoint : config.endpoints)
    clients_.push_back(std::make_unique<clickhouse::Client>(endpoint));
}

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
  for (const auto& client : clients_) client->interrupt();
  if (thread_.joinable()) thread_.join();
}

std::optional<mapping::Table> Keeper::table_named(std::string_view name) const {
  for (size_t i = 0; i < mapping::kTableCount; ++i) {
    if (config_.tables[i] == name) return static_cast<mapping::Table>(i);
  }
  return std::nullopt;
}

std::string Keeper::columns(mapping::Table table) const {
  if (table != mapping::Table::Logs) return mapping::insert_columns(table);
  return has_event_name_ ? log_columns_ : log_columns_without_event_name_;
}

bool Keeper::schema_missed(mapping::Table table, int code) {
  // Tables of older schemas lack EventName, and nothing else that we send.
  if (code == kNoSuchColumn && table == mapping::Table::Logs)
    return has_event_name_.exchange(false);
  if ((code == kUnknownTable || code == kUnknownDatabase) && config_.schema != SchemaWork::None) {
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
      current_ = (current_ + 1) % clients_.size();
    }
    std::unique_lock lock(mutex_);
    if (stopped_) return;
    if (!status.ok()) {
      log::warn("ClickHouse is not ready; trying again",
                {{"endpoint", client().endpoint().to_string()}, {"error", status.message()}});
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
    log::info("ClickHouse is ready", {{"endpoint", client().endpoint().to_string()}});
  }
  if (!has_event_name_) SLUICE_RETURN_IF_ERROR(probe_columns());
  const Status status = watch_parts();
  reachable_ = status.ok();
  return status;
}

Status Keeper::prepare() {
  if (config_.schema == SchemaWork::None) {
    SLUICE_RETURN_IF_ERROR(query("SELECT 1").status());
    return probe_columns();
  }
  // Servers without a cluster know nothing of each other's tables.
  const size_t servers = config_.cluster.empty() ? clients_.size() : 1;
  for (size_t i = 0; i < servers; ++i) {
    current_ = (current_ + 1) % clients_.size();
    const Status status = make_tables();
    if (status.code() == Code::PermissionDenied) {
      log::warn("ClickHouse's user may not create tables; using those that are there",
                {{"error", status.message()}});
    } else {
      SLUICE_RETURN_IF_ERROR(status);
    }
  }
  repair_ = false;
  return probe_columns();
}

Status Keeper::make_tables() {
  const auto version = query("SELECT version()");
  if (!version.ok()) return version.status();
  const auto parsed = mapping::EngineVersion::parse(*version);
  const mapping::EngineVersion engine = parsed.ok() ? *parsed : mapping::kTextIndexVersion;
  if (config_.schema == SchemaWork::OwnTables) return make_own_tables(engine);
  SLUICE_RETURN_IF_ERROR(make_clickstack_tables(engine));
  if (!config_.reconcile_ttl) return {};
  if (const Status status = reconcile_ttl(); !status.ok()) {
    log::warn("Retention times of tables that are there could not be changed",
              {{"error", status.message()}});
  }
  return {};
}

Status Keeper::run_all(const std::vector<std::string>& statements) {
  for (const std::string& sql : statements) {
    const auto done = query(sql);
    if (!done.ok()) return done.status();
  }
  return {};
}

Status Keeper::make_clickstack_tables(mapping::EngineVersion engine) {
  SLUICE_RETURN_IF_ERROR(run_all(mapping::schema_version_statements(database())));
  const auto at = query(mapping::schema_version_query(database()));
  if (!at.ok()) return at.status();
  // A table that somebody dropped is missing although the version is recorded.
  const auto recorded = static_cast<uint32_t>(to_number(*at));
  const uint32_t from = repair_ && recorded <= mapping::kSchemaVersion ? 0 : recorded;
  const auto statements = mapping::schema_statements(database(), config_.ttl, engine, from);
  if (!statements.ok()) return statements.status();
  return run_all(*statements).with_context("creating ClickStack's tables");
}

Status Keeper::make_own_tables(mapping::EngineVersion engine) {
  std::string database_sql =
      "CREATE DATABASE IF NOT EXISTS " + clickhouse::quote_identifier(database());
  if (!config_.cluster.empty())
    database_sql += " ON CLUSTER " + clickhouse::quote_identifier(config_.cluster);
  std::vector<std::string> statements = {database_sql};
  for (size_t i = 0; i < mapping::kTableCount; ++i) {
    const auto table = static_cast<mapping::Table>(i);
    const bool is_logs = table == mapping::Table::Logs || table == mapping::Table::Sessions;
    const otlp::Signal signal = is_logs                           ? otlp::Signal::Logs
                                : table == mapping::Table::Traces ? otlp::Signal::Traces
                                                                  : otlp::Signal::Metrics;
    if (!config_.signals[static_cast<size_t>(signal)] || (is_logs && table != config_.logs))
      continue;
    mapping::TableSpec spec;
    spec.database = clickhouse::quote_identifier(database());
    spec.name = name_of(table);
    spec.ttl = config_.ttl.of(table);
    spec.text_indexes = engine >= mapping::kTextIndexVersion;
    spec.engine = config_.table_engine;
    spec.cluster = config_.cluster;
    statements.push_back(mapping::create_table(table, spec));
  }
  return run_all(statements).with_context("creating the exporter's tables");
}

Status Keeper::reconcile_ttl() {
  const auto tables = query(
      "SELECT name, create_table_query FROM system.tables WHERE database = {database:String} AND "
      "engine LIKE '%MergeTree' FORMAT TabSeparatedRaw",
      {{"database", database()}});
  if (!tables.ok()) return tables.status();
  std::vector<std::pair<std::string, std::string>> present;
  for_each_pair(*tables, [&](std::string_view name, std::string_view create) {
    present.emplace_back(name, create);
  });
  return run_all(mapping::ttl_changes(database(), config_.ttl, present));
}

/// Without the table nothing is known, and the full list is right for the table that will come.
Status Keeper::probe_columns() {
  const auto columns =
      query("DESCRIBE TABLE " + clickhouse::quote_identifier(database()) + "." +
            clickhouse::quote_identifier(name_of(mapping::Table::Logs)) + " FORMAT TabSeparated");
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
      {{"database", database()}});
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
  return client().query(request);
}

}  // namespace sluice::components
