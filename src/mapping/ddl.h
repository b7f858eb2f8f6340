#pragma once

// ClickStack's tables as SQL, in numbered steps. What they must look like:
// tests/conformance/schema.json.

#include <chrono>
#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "mapping/tables.h"

namespace sluice::mapping {

/// How long rows are kept; 0: for ever.
struct Ttl {
  static constexpr std::chrono::seconds kDefault = std::chrono::hours(720);
  std::chrono::seconds logs = kDefault;
  std::chrono::seconds traces = kDefault;
  std::chrono::seconds metrics = kDefault;
  std::chrono::seconds sessions = kDefault;

  std::chrono::seconds of(Table table) const;
};

/// Reads a Go duration ("720h", "1h30m", "90s") or days ("30d"); "0" is none. Parts of a second are
/// refused, as are negative values. The text is named in the error.
Result<std::chrono::seconds> parse_ttl(std::string_view text);

/// A server's release, of which the schema needs the first two numbers.
struct EngineVersion {
  int major = 0;
  int minor = 0;
  /// From what `SELECT version()` gives, for example "26.5.1.1".
  static Result<EngineVersion> parse(std::string_view text);
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the default for a zero.
  friend auto operator<=>(const EngineVersion&, const EngineVersion&) = default;
};
/// The first release with text indexes; older ones get bloom filters, as ClickStack does it.
inline constexpr EngineVersion kTextIndexVersion{26, 2};

/// The schema's version that these sources write. It is kept in the table sluice_schema.
inline constexpr uint32_t kSchemaVersion = 1;

/// Creates the database and sluice_schema, the table that keeps the version; runs before anything
/// else.
std::vector<std::string> schema_version_statements(std::string_view database);
/// A query for the version that a database is at: one line, "0" if it is new.
std::string schema_version_query(std::string_view database);

/// The statements that lead from version `from` to kSchemaVersion, the last of which records it.
/// Each may run again: a step that was cut off is repeated whole. Statements of version 1 are also
/// what `sluice schema` prints. FailedPrecondition if `from` is newer than what this program knows.
Result<std::vector<std::string>> schema_statements(std::string_view database, const Ttl& ttl,
                                                   EngineVersion engine = kTextIndexVersion,
                                                   uint32_t from = 0);

/// Makes metrics_ts, the table for PromQL, as ClickStack does with ENABLE_PROMQL=true. It has no
/// version: whoever wants it makes it at each start.
std::string promql_statement(std::string_view database);

/// The statements that make the database and all tables with JSON columns. They have no version:
/// ClickStack migrates its maps only.
std::vector<std::string> json_schema_statements(std::string_view database, const Ttl& ttl);

/// One table under a name of the user's own.
struct TableSpec {
  std::string database;  ///< quoted
  std::string name;
  std::chrono::seconds ttl{0};  ///< 0: none
  AttributeType attributes = AttributeType::Map;
  bool text_indexes = true;  ///< for servers from kTextIndexVersion on; not with JSON
  std::string engine;        ///< with its parameters; empty: MergeTree
  std::string cluster;       ///< empty: no ON CLUSTER
};
/// `CREATE TABLE IF NOT EXISTS` for a table with the columns of ClickStack's, or with JSON columns
/// as the original exporter makes them.
std::string create_table(Table table, const TableSpec& spec);

struct TtlChanges {
  struct Change {
    std::string table;
    std::string alter;
  };
  std::vector<Change> changes;
  std::vector<std::string> left_alone;  ///< tables whose TTL is not one plain interval, or none
};
/// ALTER statements that give ClickStack's tables these TTLs, where they have others. `present` has
/// the names of tables and their CREATE statements as system.tables has them. Rows are deleted
/// later where a TTL grew shorter, and known to live longer at once where it grew longer. A TTL of
/// 0 changes nothing.
TtlChanges ttl_changes(std::string_view database, const Ttl& ttl,
                       const std::vector<std::pair<std::string, std::string>>& present);

}  // namespace sluice::mapping
