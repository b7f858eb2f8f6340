#include "mapping/ddl.h"

#include <charconv>

#include "mapping/ddl_tables.h"

namespace sluice::mapping {
namespace {

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

std::string quoted(std::string_view name) {
  std::string out = "`";
  for (const char c : name) {
    if (c == '`' || c == '\\') out += '\\';
    out += c;
  }
  return out + "`";
}

std::string version_table(std::string_view database) {
  return quoted(database) + ".`sluice_schema`";
}

std::string record_version(std::string_view database) {
  return "INSERT INTO " + version_table(database) + " (version, program) VALUES (" +
         std::to_string(kSchemaVersion) + ", 'sluice " SLUICE_VERSION "')";
}

}  // namespace

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

Result<Ttl> ttl_from_environment(const char* (*get)(const char* name)) {
  constexpr const char* kAll = "HYPERDX_OTEL_EXPORTER_TABLES_TTL";
  Ttl ttl;
  struct Variable {
    const char* name;
    seconds& value;
  };
  const Variable variables[] = {{"HYPERDX_OTEL_EXPORTER_LOGS_TTL", ttl.logs},
                                {"HYPERDX_OTEL_EXPORTER_TRACES_TTL", ttl.traces},
                                {"HYPERDX_OTEL_EXPORTER_METRICS_TTL", ttl.metrics},
                                {"HYPERDX_OTEL_EXPORTER_SESSIONS_TTL", ttl.sessions}};
  for (const Variable& variable : variables) {
    const char* name = variable.name;
    const char* text = get(name);
    if (text == nullptr || *text == '\0') text = get(name = kAll);
    if (text == nullptr || *text == '\0') continue;
    auto parsed = parse_ttl(text);
    if (!parsed.ok()) return parsed.status().with_context(name);
    variable.value = *parsed;
  }
  return ttl;
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
      "CREATE DATABASE IF NOT EXISTS " + quoted(database),
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
  if (from < 1) statements = create_tables(quoted(database), ttl, engine >= kTextIndexVersion);
  if (from < kSchemaVersion) statements.push_back(record_version(database));
  return statements;
}

}  // namespace sluice::mapping
