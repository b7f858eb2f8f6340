#include "components/exporters/clickhouse/keeper.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "base/log.h"
#include "delivery/backoff.h"

namespace sluice::components {
namespace {

constexpr int kNoSuchColumn = 16;
constexpr int kUnknownTable = 60;
constexpr int kUnknownDatabase = 81;

constexpr uint64_t kPartsFree = 300;      // so many cost nothing
constexpr uint64_t kPartsDelayed = 1000;  // ClickHouse's own brake begins
constexpr std::chrono::milliseconds kGapAtDelayed{1000};
constexpr std::chrono::milliseconds kGapMost{2000};

/// While the store is not there; who waits for it wants it soon.
constexpr delivery::RetryConfig kPauses{.initial_interval = std::chrono::milliseconds(200),
                                        .multiplier = 2};

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

Keeper::Keeper(const ClickHouseExporterConfig& config, OnParts on_parts)
    : config_(config), on_parts_(std::move(on_parts)), may_watch_(config.watch_parts) {
  for (const mapping::Table table : mapping::kTables)
    columns_[static_cast<size_t>(table)] = mapping::insert_columns(table, config.attributes);
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
  looked_.notify_all();
  for (const auto& client : clients_) client->interrupt();
  if (thread_.joinable()) thread_.join();
}

/// Whether rows may come for it. Logs have one shape of two.
bool Keeper::is_used(mapping::Table table) const {
  const bool is_logs = signal_of(table) == otlp::Signal::Logs;
  return config_.signals[static_cast<size_t>(signal_of(table))] &&
         (!is_logs || table == config_.logs);
}

mapping::AttributeType Keeper::attributes_of(mapping::Table table) const {
  return signal_of(table) == otlp::Signal::Metrics ? mapping::AttributeType::Map
                                                   : config_.attributes;
}

std::string Keeper::columns(mapping::Table table) const {
  const std::lock_guard lock(mutex_);
  return columns_[static_cast<size_t>(table)];
}

bool Keeper::schema_missed(mapping::Table table, int code) {
  const auto t = static_cast<size_t>(table);
  std::unique_lock lock(mutex_);
  if (code == kNoSuchColumn) {
    const std::string before = columns_[t];
    look_again_[t] = true;
    wake_.notify_all();
    looked_.wait_for(lock, kQueryTimeout, [&] { return stopped_ || !look_again_[t]; });
    return columns_[t] != before;
  }
  if ((code == kUnknownTable || code == kUnknownDatabase) && config_.schema != SchemaWork::None) {
    recreate_ = true;
    wake_.notify_all();
  }
  return false;
}

void Keeper::run() {
  delivery::Backoff backoff(kPauses, reinterpret_cast<uintptr_t>(this));
  for (;;) {
    const Status status = pass();
    std::chrono::nanoseconds wait = config_.watch_interval;
    if (status.ok()) {
      backoff.reset();
      if (std::count(absent_.begin(), absent_.end(), Absence::Seen) != 0)
        wait = config_.absence_grace;
    } else {
      wait = backoff.pause({});
      current_ = (current_ + 1) % clients_.size();
    }
    std::unique_lock lock(mutex_);
    if (stopped_) return;
    if (!status.ok()) {
      log::warn("ClickHouse is not ready; trying again",
                {{"endpoint", client().endpoint().to_string()}, {"error", status.message()}});
    }
    const auto end = std::chrono::steady_clock::now() + wait;
    for (;;) {
      const auto again = std::find(look_again_.begin(), look_again_.end(), true);
      if (stopped_ || recreate_) break;
      if (again == look_again_.end()) {
        if (wake_.wait_until(lock, end) == std::cv_status::timeout) break;
        continue;
      }
      lock.unlock();
      look_at(static_cast<mapping::Table>(again - look_again_.begin()));
      lock.lock();
      *again = false;
      looked_.notify_all();
    }
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
  } else {
    look_for_what_was_missing();
  }
  Status status = watch_parts();
  reachable_ = status.ok();
  return status;
}

void Keeper::look_for_what_was_missing() {
  for (const mapping::Table table : mapping::kTables) {
    const auto t = static_cast<size_t>(table);
    if (absent_[t] != Absence::No || !missing_[t].empty()) look_at(table);
  }
}

Status Keeper::prepare() {
  if (config_.schema == SchemaWork::None) {
    SLUICE_RETURN_IF_ERROR(query("SELECT 1").status());
    check_tables();
    return {};
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
  check_tables();
  return {};
}

Status Keeper::make_tables() {
  const auto version = query("SELECT version()");
  if (!version.ok()) return version.status();
  const auto parsed = mapping::EngineVersion::parse(*version);
  const mapping::EngineVersion engine = parsed.ok() ? *parsed : mapping::kTextIndexVersion;
  if (config_.schema == SchemaWork::OwnTables) return make_own_tables(engine);
  SLUICE_RETURN_IF_ERROR(make_clickstack_tables(engine));
  if (config_.promql_table) {
    // Older servers do not have its engine; what comes in does not need it.
    const Status status = query(mapping::promql_statement(database())).status();
    if (!status.ok()) {
      log::warn("The table metrics_ts for PromQL could not be made", {{"error", status.message()}});
    }
  }
  if (!config_.reconcile_ttl) return {};
  if (const Status status = reconcile_ttl(); !status.ok()) {
    log::warn("The retention times of tables that are there could not be seen",
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
  for (const mapping::Table table : mapping::kTables) {
    if (!is_used(table)) continue;
    mapping::TableSpec spec;
    spec.database = clickhouse::quote_identifier(database());
    spec.name = name_of(table);
    spec.ttl = config_.ttl.of(table);
    spec.attributes = config_.attributes;
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
  const mapping::TtlChanges wanted = mapping::ttl_changes(database(), config_.ttl, present);
  for (const std::string& table : wanted.left_alone) {
    log::warn("A table keeps its retention time: that is not one plain interval",
              {{"table", table}, {"do", "ALTER TABLE … MODIFY TTL"}});
  }
  for (const auto& [table, alter] : wanted.changes) {
    const Status status = query(alter).status();
    if (status.ok()) continue;
    log::warn("The retention time of a table could not be changed",
              {{"table", table}, {"error", status.message()}});
  }
  return {};
}

void Keeper::check_tables() {
  for (const mapping::Table table : mapping::kTables) {
    if (!is_used(table)) continue;
    const bool is_known = look_at(table);
    if (is_known && !client().endpoint().is_unix()) check_right(table);  // our own has no users
  }
}

bool Keeper::look_at(mapping::Table table) {
  const auto described =
      query("DESCRIBE TABLE " + clickhouse::quote_identifier(database()) + "." +
            clickhouse::quote_identifier(name_of(table)) + " FORMAT TabSeparated");
  if (described.ok()) {
    found_columns(table, *described);
  } else {
    not_described(table, described.status());
  }
  return described.ok();
}

void Keeper::found_columns(mapping::Table table, std::string_view described) {
  absent_[static_cast<size_t>(table)] = Absence::No;
  MatchedColumns columns =
      match_columns(mapping::insert_columns(table, config_.attributes), described);
  const bool other = has_other_attributes(described, attributes_of(table));
  if (std::exchange(other_attributes_[static_cast<size_t>(table)], other) != other && other) {
    say_other_attributes(table);
  } else if (!columns.missing.empty() && columns.missing != missing_[static_cast<size_t>(table)]) {
    log::warn("A table lacks columns; what belongs into them is not stored",
              {{"table", name_of(table)},
               {"columns", columns.missing},
               {"do", "add them: " + std::string(schema_command(config_.attributes)) +
                          " prints ClickStack's tables"}});
  }
  set_columns(table, std::move(columns));
}

/// JSON that is sent to maps is refused; maps that are sent to JSON become objects of strings.
void Keeper::say_other_attributes(mapping::Table table) const {
  if (attributes_of(table) == mapping::AttributeType::Json) {
    log::error(
        "A table's attributes are maps, but are to be written as JSON; its rows are refused",
        {{"table", name_of(table)},
         {"do",
          "set json: false, or rename the table: create_schema: true then makes one with JSON "
          "columns"}});
    return;
  }
  const bool is_metric = signal_of(table) == otlp::Signal::Metrics;
  log::warn("A table's attributes are JSON, but are written as maps; they lose their types",
            {{"table", name_of(table)},
             {"do", is_metric ? "make the columns maps: attributes of metrics are always written so"
                              : "set json: true"}});
}

void Keeper::set_columns(mapping::Table table, MatchedColumns&& columns) {
  missing_[static_cast<size_t>(table)] = std::move(columns.missing);
  const std::lock_guard lock(mutex_);
  columns_[static_cast<size_t>(table)] = std::move(columns.present);
}

void Keeper::not_described(mapping::Table table, const Status& status) {
  switch (status.code()) {
    case Code::NotFound:
      // For the one that may be made.
      set_columns(table, {mapping::insert_columns(table, config_.attributes), ""});
      say_absent(table, status);
      return;
    case Code::PermissionDenied:
      log::warn("The columns of a table cannot be seen; all are tried",
                {{"table", name_of(table)},
                 {"user", user_of(client().endpoint())},
                 {"error", status.message()},
                 {"do", grant_advice("SHOW COLUMNS", database(), name_of(table),
                                     user_of(client().endpoint()))}});
      return;
    default:
      log::warn("The columns of a table were not found out; inserts go on as before",
                {{"table", name_of(table)}, {"error", status.message()}});
  }
}

/// At the second look, and once.
void Keeper::say_absent(mapping::Table table, const Status& status) {
  Absence& absence = absent_[static_cast<size_t>(table)];
  const Absence before = absence;
  absence = before == Absence::No ? Absence::Seen : Absence::Said;
  if (before != Absence::Seen) return;
  log::error("A table is missing",
             {{"table", name_of(table)},
              {"error", status.message()},
              {"do", "create it: " + std::string(schema_command(config_.attributes)) +
                         " prints ClickStack's tables, create_schema: true makes them"}});
}

/// Older servers do not know the question. Then the first insert tells.
void Keeper::check_right(mapping::Table table) {
  const auto granted = query("CHECK GRANT INSERT(" + columns(table) + ") ON " +
                             clickhouse::quote_identifier(database()) + "." +
                             clickhouse::quote_identifier(name_of(table)));
  if (!granted.ok() || granted->substr(0, 1) != "0") return;
  const std::string user = user_of(client().endpoint());
  log::error("The ClickHouse user may not insert into a table",
             {{"table", name_of(table)},
              {"user", user},
              {"right", "INSERT"},
              {"do", grant_advice("INSERT", database(), name_of(table), user)}});
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
  std::map<std::string_view, uint64_t> counts;  // an empty table has no line
  for_each_pair(*parts, [&](std::string_view name, std::string_view count) {
    counts[name] = to_number(count);
  });
  for (const mapping::Table table : mapping::kTables) {
    if (is_used(table)) on_parts_(table, counts[name_of(table)]);
  }
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
