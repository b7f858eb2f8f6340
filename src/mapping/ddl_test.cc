#include "mapping/ddl.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::mapping {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(ParseTtl, ReadsGoDurationsAndDays) {
  const struct {
    const char* text;
    seconds expected;
  } cases[] = {{"720h", hours(720)}, {"30d", hours(720)},    {"90m", minutes(90)},
               {"45s", seconds(45)}, {"1h30m", minutes(90)}, {"0", seconds(0)},
               {"0h", seconds(0)},   {"1d12h", hours(36)},   {"100h0m0s", hours(100)}};
  for (const auto& c : cases) {
    const auto ttl = parse_ttl(c.text);
    ASSERT_TRUE(ttl.ok()) << c.text << ": " << ttl.status().to_string();
    EXPECT_EQ(*ttl, c.expected) << c.text;
  }
}

TEST(ParseTtl, NamesWhatItRefuses) {
  for (const char* text : {"", "h", "30", "-1h", "+1h", "1.5h", "10ms", "1w", "1h 2m", "720h ",
                           "99999999999999999999h", "9999999d", "1000000h"}) {
    const auto ttl = parse_ttl(text);
    ASSERT_FALSE(ttl.ok()) << text;
    EXPECT_NE(ttl.status().message().find("\"" + std::string(text) + "\""), std::string::npos);
    EXPECT_NE(ttl.status().message().find("720h"), std::string::npos);
  }
}

TEST(EngineVersion, ReadsReleases) {
  EXPECT_EQ(*EngineVersion::parse("26.5.1.1"), (EngineVersion{26, 5}));
  EXPECT_EQ(*EngineVersion::parse("25.12.3.21-lts\n"), (EngineVersion{25, 12}));
  for (const char* text : {"", "x", "26", "26.", "a.b"})
    EXPECT_FALSE(EngineVersion::parse(text).ok());
  EXPECT_LT((EngineVersion{25, 12}), kTextIndexVersion);
  EXPECT_LT(kTextIndexVersion, (EngineVersion{26, 10}));
}

std::string joined(const Result<std::vector<std::string>>& statements) {
  std::string all;
  for (const std::string& sql : *statements) all += sql + ";\n";
  return all;
}

size_t count(const std::string& text, const std::string& part) {
  size_t n = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

TEST(SchemaStatements, CreateEverythingOnceAndRecordTheVersion) {
  const std::string sql = joined(schema_statements("my`db", Ttl()));
  EXPECT_EQ(count(sql, "CREATE TABLE IF NOT EXISTS `my\\`db`."), 10u);
  EXPECT_EQ(count(sql, "CREATE MATERIALIZED VIEW IF NOT EXISTS `my\\`db`."), 2u);
  EXPECT_EQ(count(sql, "INSERT INTO `my\\`db`.`sluice_schema`"), 1u);
}

TEST(SchemaStatements, TheTableForPromQlIsMadeApart) {
  const std::string name = "`my\\`db`.`metrics_ts`";
  EXPECT_EQ(promql_statement("my`db").rfind("CREATE TABLE IF NOT EXISTS " + name, 0), 0u);
  EXPECT_EQ(count(joined(schema_statements("my`db", Ttl())), "metrics_ts"), 0u);
}

TEST(SchemaStatements, TtlsAreWrittenInTheLargestExactUnitAndZeroIsNone) {
  Ttl ttl;
  ttl.logs = hours(48);
  ttl.traces = minutes(90);
  ttl.sessions = seconds(61);
  ttl.metrics = seconds(0);
  const std::string sql = joined(schema_statements("d", ttl));
  EXPECT_EQ(count(sql, "TTL toDateTime(Timestamp) + toIntervalDay(2)\n"), 1u);
  EXPECT_EQ(count(sql, "TTL toDate(Timestamp) + toIntervalMinute(90)\n"), 1u);
  EXPECT_EQ(count(sql, "TTL TimestampTime + toIntervalSecond(61)\n"), 1u);
  EXPECT_EQ(count(sql, "TTL Timestamp + "), 2u);  // the rollups
  EXPECT_EQ(count(sql, "TTL toDateTime(TimeUnix)"), 0u);
}

TEST(SchemaStatements, OlderServersGetBloomFilters) {
  const std::string sql = joined(schema_statements("d", Ttl(), EngineVersion{25, 12}));
  EXPECT_EQ(count(sql, "TYPE text("), 0u);
  EXPECT_EQ(count(sql, "AttributeItems"), 0u);
  EXPECT_GT(count(sql, "idx_span_attr_value"), 0u);
}

TEST(SchemaStatements, AFinishedSchemaNeedsNothingAndANewerOneIsRefused) {
  EXPECT_TRUE(schema_statements("d", Ttl(), kTextIndexVersion, kSchemaVersion)->empty());
  const auto newer = schema_statements("d", Ttl(), kTextIndexVersion, kSchemaVersion + 1);
  EXPECT_EQ(newer.status().code(), Code::FailedPrecondition);
  EXPECT_NE(newer.status().message().find("newer Sluice"), std::string::npos);
}

/// The ALTER statements, and then the names of tables that are left alone.
std::vector<std::string> changes_of(const std::string& table, const std::string& ttl_clause,
                                    const Ttl& ttl) {
  const std::string create = "CREATE TABLE d." + table +
                             " (`Timestamp` DateTime64(9)) ENGINE = MergeTree PARTITION BY "
                             "toDate(Timestamp) ORDER BY Timestamp" +
                             ttl_clause + " SETTINGS index_granularity = 8192";
  const TtlChanges found = ttl_changes("d", ttl, {{table, create}});
  std::vector<std::string> out;
  for (const TtlChanges::Change& change : found.changes) {
    EXPECT_EQ(change.table, table);
    out.push_back(change.alter);
  }
  out.insert(out.end(), found.left_alone.begin(), found.left_alone.end());
  return out;
}

using Strings = std::vector<std::string>;

TEST(TtlChanges, RowsOfALongerTtlAreKnownToLiveLongerAtOnceAndThoseOfAShorterOneLater) {
  Ttl ttl;
  ttl.logs = hours(48);
  EXPECT_EQ(changes_of("otel_logs", " TTL toDateTime(Timestamp) + toIntervalDay(1)", ttl),
            Strings{"ALTER TABLE `d`.`otel_logs` MODIFY TTL toDateTime(Timestamp) + "
                    "toIntervalDay(2) SETTINGS materialize_ttl_after_modify = 1"});
  EXPECT_EQ(changes_of("otel_logs", " TTL toDateTime(Timestamp) + toIntervalDay(30)", ttl),
            Strings{"ALTER TABLE `d`.`otel_logs` MODIFY TTL toDateTime(Timestamp) + "
                    "toIntervalDay(2) SETTINGS materialize_ttl_after_modify = 0"});
}

TEST(TtlChanges, TheSameTimeInAnotherUnitIsNoChange) {
  Ttl ttl;
  ttl.logs = hours(24);
  for (const char* same : {"toIntervalDay(1)", "toIntervalHour(24)", "toIntervalMinute(1440)",
                           "toIntervalSecond(86400)"}) {
    EXPECT_EQ(changes_of("otel_logs", std::string(" TTL toDateTime(Timestamp) + ") + same, ttl),
              Strings{})
        << same;
  }
}

TEST(TtlChanges, EveryTableFollowsItsSignalAndRollupsToo) {
  Ttl ttl;
  ttl.logs = hours(1);
  ttl.traces = hours(2);
  ttl.metrics = hours(3);
  ttl.sessions = hours(4);
  constexpr std::pair<const char*, int> kHours[] = {{"otel_logs", 1},
                                                    {"otel_logs_kv_rollup_15m", 1},
                                                    {"otel_traces", 2},
                                                    {"otel_traces_kv_rollup_15m", 2},
                                                    {"otel_metrics_gauge", 3},
                                                    {"otel_metrics_sum", 3},
                                                    {"otel_metrics_summary", 3},
                                                    {"otel_metrics_histogram", 3},
                                                    {"hyperdx_sessions", 4},
                                                    {"otel_metrics_exponential_histogram", 3}};
  for (const auto& [table, expected] : kHours) {
    const auto changes = changes_of(table, " TTL Timestamp + toIntervalDay(30)", ttl);
    ASSERT_EQ(changes.size(), 1u) << table;
    EXPECT_EQ(count(changes[0], "TTL Timestamp + toIntervalHour(" + std::to_string(expected) + ")"),
              1u)
        << changes[0];
  }
}

TEST(TtlChanges, ATtlThatIsNotOnePlainIntervalIsLeftAloneAndNamed) {
  for (const char* clause :
       {"", " TTL Timestamp + toIntervalDay(1) + toIntervalHour(1)", " TTL Timestamp",
        " TTL Timestamp + toIntervalMonth(1)", " TTL Timestamp + INTERVAL 1 DAY",
        " TTL Timestamp + toIntervalDay(1) TO VOLUME 'cold'",
        " TTL Timestamp + toIntervalDay(1), Timestamp + toIntervalDay(2) TO VOLUME 'cold'",
        " TTL Timestamp + toIntervalDay(1) WHERE x = 1", " TTL Timestamp + toIntervalDay(n)"}) {
    EXPECT_EQ(changes_of("otel_logs", clause, Ttl()), Strings{"otel_logs"}) << clause;
  }
}

TEST(TtlChanges, ZeroAndTablesThatAreNotClickStacksChangeNothing) {
  Ttl ttl;
  ttl.logs = seconds(0);
  EXPECT_EQ(changes_of("otel_logs", " TTL Timestamp + toIntervalDay(1)", ttl), Strings{});
  EXPECT_EQ(changes_of("otel_logs", "", ttl), Strings{});
  EXPECT_EQ(changes_of("my_table", " TTL Timestamp + toIntervalDay(1)", Ttl()), Strings{});
}

TEST(CreateTable, JsonTakesThePlaceOfMapsButInMetrics) {
  TableSpec spec;
  spec.database = "`d`";
  spec.name = "t";
  spec.ttl = hours(48);
  spec.attributes = AttributeType::Json;
  for (const Table table : kTables) {
    const std::string sql = create_table(table, spec);
    const bool json = table == Table::Logs || table == Table::Sessions || table == Table::Traces;
    EXPECT_EQ(count(sql, "Map("), json ? 0u : count(create_table(table, {}), "Map(")) << sql;
    EXPECT_EQ(count(sql, " JSON CODEC"), !json ? 0u : table == Table::Traces ? 2u : 3u) << sql;
    EXPECT_EQ(count(sql, " Array(JSON) CODEC"), table == Table::Traces ? 2u : 0u) << sql;
    EXPECT_EQ(count(sql, "TimestampTime"), table == Table::Sessions ? 1u : 0u) << sql;
    // Every column of the insert is there.
    const std::string columns = insert_columns(table, AttributeType::Json);
    for (size_t at = columns.find('`'); at < columns.size();) {
      const size_t end = columns.find('`', at + 1) + 1;
      const std::string column = columns.substr(at, end - at);
      EXPECT_EQ(count(sql, "\n    " + column + " "), 1u) << column << " in " << sql;
      at = columns.find('`', end);
    }
  }
}

TEST(SchemaStatements, TheVersionIsAskedOfItsTable) {
  EXPECT_EQ(schema_version_statements("d").size(), 2u);
  EXPECT_NE(schema_version_query("d").find("`d`.`sluice_schema`"), std::string::npos);
}

}  // namespace
}  // namespace sluice::mapping
