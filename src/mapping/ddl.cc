#include "mapping/ddl.h"

#include <charconv>
#include <optional>

#include "mapping/ddl_tables.h"
#include "native/identifier.h"

namespace sluice::mapping {
namespace {

using native::quote_identifier;
using std::chrono::seconds;

/// ClickHouse keeps times as 32-bit seconds, so a longer life than this cannot be meant.
constexpr int64_t kTtlSecondsMax = int64_t{100} * 365 * 86400;

Status bad_ttl(std::string_view text, std::string_view why) {
  return invalid_argument("\"" + std::string(text) + "\" is not a retention time: " +
                          std::string(why) + "; write for example 720h, 90m or 30d, or 0 for none");
}

/// Seconds of a unit; 0 for none that is known.
int64_t unit_seconds(std::string_view unit) {
  if (unit == "d") return 86400;
  if (unit == "h") return 3600;
  if (unit == "m") return 60;
  if (unit == "s") return 1;
  return 0;
}

std::string version_table(std::string_view database) {
  return quote_identifier(database) + ".`sluice_schema`";
}

std::string create_database(std::string_view database) {
  return "CREATE DATABASE IF NOT EXISTS " + quote_identifier(database);
}

std::string record_version(std::string_view database) {
  return "INSERT INTO " + version_table(database) + " (version, program) VALUES (" +
         std::to_string(kSchemaVersion) + ", 'sluice " SLUICE_VERSION "')";
}

}  // namespace

seconds Ttl::of(Table table) const {
  switch (table) {
    case Table::Logs: return logs;
    case Table::Sessions: return sessions;
    case Table::Traces: return traces;
    default: return metrics;
  }
}

Result<seconds> parse_ttl(std::string_view text) {
  if (text == "0") return seconds(0);
  if (text.empty()) return bad_ttl(text, "it is empty");
  int64_t total = 0;
  std::string_view rest = text;
  while (!rest.empty()) {
    int64_t number = 0;
    const auto [at, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (error != std::errc() || number < 0) return bad_ttl(text, "a whole number is missing");
    rest.remove_prefix(static_cast<size_t>(at - rest.data()));
    const size_t length = std::min(rest.find_first_of("0123456789"), rest.size());
    const int64_t unit = unit_seconds(rest.substr(0, length));
    if (unit == 0) return bad_ttl(text, "the units are d, h, m and s");
    if (number > kTtlSecondsMax / unit) return bad_ttl(text, "it is over 100 years");
    total += number * unit;
    if (total > kTtlSecondsMax) return bad_ttl(text, "it is over 100 years");
    rest.remove_prefix(length);
  }
  return seconds(total);
}

Result<EngineVersion> EngineVersion::parse(std::string_view text) {
  EngineVersion version;
  const char* end = text.data() + text.size();
  const auto major = std::from_chars(text.data(), end, version.major);
  if (major.ec == std::errc() && major.ptr != end && *major.ptr == '.') {
    const auto minor = std::from_chars(major.ptr + 1, end, version.minor);
    if (minor.ec == std::errc()) return version;
  }
  return invalid_argument("\"" + std::string(text.substr(0, 40)) +
                          "\" is not a ClickHouse version");
}

std::vector<std::string> schema_version_statements(std::string_view database) {
  return {
      create_database(database),
      "CREATE TABLE IF NOT EXISTS " + version_table(database) +
          "\n(\n    `version` UInt32,\n    `applied_at` DateTime DEFAULT now(),\n    `program` "
          "String\n)"
          "\nENGINE = MergeTree\nORDER BY version",
  };
}

std::string schema_version_query(std::string_view database) {
  return "SELECT max(version) FROM " + version_table(database) + " FORMAT TabSeparated";
}

Result<std::vector<std::string>> schema_statements(std::string_view database, const Ttl& ttl,
                                                   EngineVersion engine, uint32_t from) {
  if (from > kSchemaVersion) {
    return Status(Code::FailedPrecondition,
                  "the database " + std::string(database) + " has schema version " +
                      std::to_string(from) + ", but this Sluice knows versions up to " +
                      std::to_string(kSchemaVersion) + " only; use a newer Sluice");
  }
  std::vector<std::string> statements;
  if (from < 1)
    statements = clickstack_tables(quote_identifier(database), ttl, engine >= kTextIndexVersion);
  if (from < kSchemaVersion) statements.push_back(record_version(database));
  return statements;
}

std::string promql_statement(std::string_view database) {
  return "CREATE TABLE IF NOT EXISTS " + quote_identifier(database) +
         ".`metrics_ts`\nENGINE = TimeSeries\nSETTINGS allow_experimental_time_series_table = 1";
}

std::vector<std::string> json_schema_statements(std::string_view database, const Ttl& ttl) {
  TableSpec spec;
  spec.database = quote_identifier(database);
  spec.attributes = AttributeType::Json;
  std::vector<std::string> statements = create_tables(spec, ttl);
  statements.insert(statements.begin(), create_database(database));
  return statements;
}

namespace {

struct TtlClause {
  std::string base;  ///< what the interval is added to
  seconds length{0};
};

/// " TTL base + toIntervalDay(30)" of a CREATE statement, if that is all of it.
std::optional<TtlClause> find_ttl(std::string_view create) {
  constexpr std::string_view kTtl = " TTL ";
  constexpr std::string_view kPlus = " + toInterval";
  size_t at = create.rfind(kTtl);
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view clause = create.substr(at + kTtl.size());
  clause = clause.substr(0, clause.find(" SETTINGS "));
  const size_t plus = clause.find(kPlus);
  if (plus == std::string_view::npos || clause.find(kPlus, plus + 1) != std::string_view::npos)
    return std::nullopt;
  std::string_view interval = clause.substr(plus + kPlus.size());
  const size_t open = interval.find('(');
  if (open == std::string_view::npos || interval.back() != ')') return std::nullopt;
  int64_t number = 0;
  const char* end = interval.data() + interval.size() - 1;
  const auto parsed = std::from_chars(interval.data() + open + 1, end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  const std::string_view unit = interval.substr(0, open);
  const int64_t length = unit == "Day"      ? 86400
                         : unit == "Hour"   ? 3600
                         : unit == "Minute" ? 60
                         : unit == "Second" ? 1
                                            : 0;
  if (length == 0 || number > kTtlSecondsMax / length) return std::nullopt;
  return TtlClause{std::string(clause.substr(0, plus)), seconds(number * length)};
}

std::optional<seconds> wanted_ttl(std::string_view name, const Ttl& ttl) {
  if (name == "otel_logs_kv_rollup_15m") return ttl.logs;
  if (name == "otel_traces_kv_rollup_15m") return ttl.traces;
  for (size_t i = 0; i < kTableCount; ++i) {
    const auto table = static_cast<Table>(i);
    if (table_name(table) == name) return ttl.of(table);
  }
  return std::nullopt;
}

}  // namespace

TtlChanges ttl_changes(std::string_view database, const Ttl& ttl,
                       const std::vector<std::pair<std::string, std::string>>& present) {
  TtlChanges out;
  for (const auto& [name, create] : present) {
    const auto wanted = wanted_ttl(name, ttl);
    if (!wanted || wanted->count() == 0) continue;
    const auto has = find_ttl(create);
    if (!has) {
      out.left_alone.push_back(name);
      continue;
    }
    if (*wanted == has->length) continue;
    const bool is_longer = *wanted > has->length;
    out.changes.push_back(
        {name, "ALTER TABLE " + quote_identifier(database) + "." + quote_identifier(name) +
                   " MODIFY TTL " + has->base + " + " + interval(*wanted) +
                   " SETTINGS materialize_ttl_after_modify = " + (is_longer ? "1" : "0")});
  }
  return out;
}

}  // namespace sluice::mapping
