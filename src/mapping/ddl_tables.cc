#include "mapping/ddl_tables.h"

#include <array>
#include <chrono>
#include <initializer_list>

#include "base/check.h"
#include "mapping/blocks.h"
#include "native/identifier.h"

namespace sluice::mapping {
namespace {

using std::chrono::seconds;

// ---- Columns
// -----------------------------------------------------------------------------------------------------------

/// otel_logs and hyperdx_sessions, behind their time columns.
constexpr std::string_view kLogColumns = R"(
    `TraceId` String CODEC(ZSTD(1)),
    `SpanId` String CODEC(ZSTD(1)),
    `TraceFlags` UInt8,
    `SeverityText` LowCardinality(String) CODEC(ZSTD(1)),
    `SeverityNumber` UInt8,
    `ServiceName` LowCardinality(String) CODEC(ZSTD(1)),
    `Body` String CODEC(ZSTD(1)),
    `ResourceSchemaUrl` LowCardinality(String) CODEC(ZSTD(1)),
    `ResourceAttributes` Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    `ScopeSchemaUrl` LowCardinality(String) CODEC(ZSTD(1)),
    `ScopeName` String CODEC(ZSTD(1)),
    `ScopeVersion` LowCardinality(String) CODEC(ZSTD(1)),
    `ScopeAttributes` Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    `LogAttributes` Map(LowCardinality(String), String) CODEC(ZSTD(1)))";

/// Resource attributes that otel_logs keeps as columns too.
constexpr std::array<std::string_view, 8> kMaterializedResourceKeys = {
    "k8s.cluster.name", "k8s.container.name", "k8s.deployment.name", "k8s.namespace.name",
    "k8s.node.name",    "k8s.pod.name",       "k8s.pod.uid",         "deployment.environment.name",
};
constexpr std::string_view kMaterializedPrefix = "__hdx_materialized_";

constexpr std::string_view kTraceColumns = R"(
    `Timestamp` DateTime64(9) CODEC(Delta(8), ZSTD(1)),
    `TraceId` String CODEC(ZSTD(1)),
    `SpanId` String CODEC(ZSTD(1)),
    `ParentSpanId` String CODEC(ZSTD(1)),
    `TraceState` String CODEC(ZSTD(1)),
    `SpanName` LowCardinality(String) CODEC(ZSTD(1)),
    `SpanKind` LowCardinality(String) CODEC(ZSTD(1)),
    `ServiceName` LowCardinality(String) CODEC(ZSTD(1)),
    `ResourceAttributes` Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    `ScopeName` String CODEC(ZSTD(1)),
    `ScopeVersion` String CODEC(ZSTD(1)),
    `SpanAttributes` Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    `Duration` UInt64 CODEC(ZSTD(1)),
    `StatusCode` LowCardinality(String) CODEC(ZSTD(1)),
    `StatusMessage` String CODEC(ZSTD(1)),
    `Events.Timestamp` Array(DateTime64(9)) CODEC(ZSTD(1)),
    `Events.Name` Array(LowCardinality(String)) CODEC(ZSTD(1)),
    `Events.Attributes` Array(Map(LowCardinality(String), String)) CODEC(ZSTD(1)),
    `Links.TraceId` Array(String) CODEC(ZSTD(1)),
    `Links.SpanId` Array(String) CODEC(ZSTD(1)),
    `Links.TraceState` Array(String) CODEC(ZSTD(1)),
    `Links.Attributes` Array(Map(LowCardinality(String), String)) CODEC(ZSTD(1)))";

constexpr std::string_view kTraceMaterialized = R"(,
    `__hdx_materialized_rum.sessionId` String MATERIALIZED ResourceAttributes['rum.sessionId'] CODEC(ZSTD(1)),
    `SampleRate` UInt64 MATERIALIZED greatest(toUInt64OrZero(SpanAttributes['SampleRate']), 1) CODEC(T64, ZSTD(1)))";

/// The first columns of all metric tables.
constexpr std::string_view kMetricColumns = R"(
    `ResourceAttributes` Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    `ResourceSchemaUrl` String CODEC(ZSTD(1)),
    `ScopeName` String CODEC(ZSTD(1)),
    `ScopeVersion` String CODEC(ZSTD(1)),
    `ScopeAttributes` Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    `ScopeDroppedAttrCount` UInt32 CODEC(ZSTD(1)),
    `ScopeSchemaUrl` String CODEC(ZSTD(1)),
    `ServiceName` LowCardinality(String) CODEC(ZSTD(1)),
    `MetricName` LowCardinality(String) CODEC(ZSTD(1)),
    `MetricDescription` String CODEC(ZSTD(1)),
    `MetricUnit` String CODEC(ZSTD(1)),
    `Attributes` Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    `StartTimeUnix` DateTime CODEC(Delta(4), ZSTD(1)),
    `TimeUnix` DateTime CODEC(Delta(4), ZSTD(1)),)";

constexpr std::string_view kExemplarColumns = R"(
    `Exemplars.FilteredAttributes` Array(Map(LowCardinality(String), String)) CODEC(ZSTD(1)),
    `Exemplars.TimeUnix` Array(DateTime) CODEC(ZSTD(1)),
    `Exemplars.Value` Array(Float64) CODEC(ZSTD(1)),
    `Exemplars.SpanId` Array(String) CODEC(ZSTD(1)),
    `Exemplars.TraceId` Array(String) CODEC(ZSTD(1)))";

constexpr std::string_view kNumberColumns = R"(
    `Value` Float64 CODEC(ZSTD(1)),
    `Flags` UInt32 CODEC(ZSTD(1)),)";

constexpr std::string_view kCountColumns = R"(
    `Count` UInt64 CODEC(Delta(8), ZSTD(1)),
    `Sum` Float64 CODEC(ZSTD(1)),)";

constexpr std::string_view kSumTail = R"(,
    `AggregationTemporality` Int32 CODEC(ZSTD(1)),
    `IsMonotonic` Bool CODEC(ZSTD(1)))";

constexpr std::string_view kHistogramBuckets = R"(
    `BucketCounts` Array(UInt64) CODEC(ZSTD(1)),
    `ExplicitBounds` Array(Float64) CODEC(ZSTD(1)),)";

constexpr std::string_view kExponentialBuckets = R"(
    `Scale` Int32 CODEC(ZSTD(1)),
    `ZeroCount` UInt64 CODEC(ZSTD(1)),
    `PositiveOffset` Int32 CODEC(ZSTD(1)),
    `PositiveBucketCounts` Array(UInt64) CODEC(ZSTD(1)),
    `NegativeOffset` Int32 CODEC(ZSTD(1)),
    `NegativeBucketCounts` Array(UInt64) CODEC(ZSTD(1)),)";

constexpr std::string_view kHistogramTail = R"(,
    `Flags` UInt32 CODEC(ZSTD(1)),
    `Min` Float64 CODEC(ZSTD(1)),
    `Max` Float64 CODEC(ZSTD(1)),
    `AggregationTemporality` Int32 CODEC(ZSTD(1)))";

constexpr std::string_view kSummaryTail = R"(
    `ValueAtQuantiles.Quantile` Array(Float64) CODEC(ZSTD(1)),
    `ValueAtQuantiles.Value` Array(Float64) CODEC(ZSTD(1)),
    `Flags` UInt32 CODEC(ZSTD(1)))";

constexpr std::string_view kRollupColumns = R"(
    `Timestamp` DateTime,
    `ColumnIdentifier` LowCardinality(String),
    `Key` LowCardinality(String),
    `Value` String,
    `count` UInt64,
    INDEX idx_timestamp_minmax Timestamp TYPE minmax GRANULARITY 1,
    INDEX idx_count_minmax count TYPE minmax GRANULARITY 1)";

// ---- Indexes
// -----------------------------------------------------------------------------------------------------------

constexpr std::string_view kLogTextIndexes = R"(,
    INDEX idx_trace_id TraceId TYPE text(tokenizer = 'array'),
    INDEX idx_res_attr_key mapKeys(ResourceAttributes) TYPE text(tokenizer = 'array'),
    INDEX idx_res_attr_items ResourceAttributeItems TYPE text(tokenizer = 'array'),
    INDEX idx_scope_attr_key mapKeys(ScopeAttributes) TYPE text(tokenizer = 'array'),
    INDEX idx_scope_attr_items ScopeAttributeItems TYPE text(tokenizer = 'array'),
    INDEX idx_log_attr_key mapKeys(LogAttributes) TYPE text(tokenizer = 'array'),
    INDEX idx_log_attr_items LogAttributeItems TYPE text(tokenizer = 'array'),
    INDEX idx_lower_body lower(Body) TYPE text(tokenizer = 'splitByNonAlpha'))";

/// Also those of hyperdx_sessions, on every release.
constexpr std::string_view kLogBloomIndexes = R"(,
    INDEX idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX idx_res_attr_key mapKeys(ResourceAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_res_attr_value mapValues(ResourceAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_scope_attr_key mapKeys(ScopeAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_scope_attr_value mapValues(ScopeAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_log_attr_key mapKeys(LogAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_log_attr_value mapValues(LogAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_lower_body lower(Body) TYPE tokenbf_v1(32768, 3, 0) GRANULARITY 8)";

constexpr std::string_view kTraceIndexes = R"(,
    INDEX idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX idx_rum_session_id __hdx_materialized_rum.sessionId TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX idx_res_attr_key mapKeys(ResourceAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_span_attr_key mapKeys(SpanAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_duration Duration TYPE minmax GRANULARITY 1,
    INDEX idx_lower_span_name lower(SpanName) TYPE tokenbf_v1(32768, 3, 0) GRANULARITY 8)";

constexpr std::string_view kTraceTextIndexes = R"(,
    INDEX idx_res_attr_items ResourceAttributeItems TYPE text(tokenizer = 'array'),
    INDEX idx_span_attr_items SpanAttributeItems TYPE text(tokenizer = 'array'))";

constexpr std::string_view kTraceBloomIndexes = R"(,
    INDEX idx_res_attr_value mapValues(ResourceAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_span_attr_value mapValues(SpanAttributes) TYPE bloom_filter(0.01) GRANULARITY 1)";

constexpr std::string_view kJsonLogIndexes = R"(,
    INDEX idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX idx_res_attr_keys ResourceAttributesKeys TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_scope_attr_keys ScopeAttributesKeys TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_log_attr_keys LogAttributesKeys TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_body Body TYPE tokenbf_v1(32768, 3, 0) GRANULARITY 8)";

constexpr std::string_view kJsonTraceIndexes = R"(,
    INDEX idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX idx_res_attr_keys ResourceAttributesKeys TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_span_attr_keys SpanAttributesKeys TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_duration Duration TYPE minmax GRANULARITY 1)";

constexpr std::string_view kMetricIndexes = R"(,
    INDEX idx_res_attr_key mapKeys(ResourceAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_res_attr_value mapValues(ResourceAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_scope_attr_key mapKeys(ScopeAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_scope_attr_value mapValues(ScopeAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_attr_key mapKeys(Attributes) TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_attr_value mapValues(Attributes) TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_time_minmax TimeUnix TYPE minmax GRANULARITY 1)";

// ---- Putting them together
// ---------------------------------------------------------------------------------------------

std::string join(std::initializer_list<std::string_view> pieces) {
  std::string out;
  for (const std::string_view piece : pieces) out += piece;
  return out;
}

/// The Array(String) that text indexes on a map's pairs need: "key=value" for each.
std::string items_column(std::string_view map) {
  const std::string name(
      map.substr(0, map.size() - 1));  // ResourceAttributes: ResourceAttributeItems
  return ",\n    `" + name +
         "Items` Array(String) ALIAS arrayMap(arr -> concat(arr.1, '=', arr.2), CAST(" +
         std::string(map) + ", 'Array(Tuple(String, String))'))";
}

std::string materialized_columns() {
  std::string out;
  for (const std::string_view key : kMaterializedResourceKeys) {
    out += join({",\n    `", kMaterializedPrefix, key,
                 "` LowCardinality(String) MATERIALIZED ResourceAttributes['", key,
                 "'] CODEC(ZSTD(1))"});
  }
  return out;
}

/// Columns whose maps are JSON instead, and for each of these attributes the column of their names.
std::string as_json(std::string_view columns, std::initializer_list<std::string_view> attributes) {
  std::string out(columns);
  for (size_t at = out.find(kMapType); at != std::string::npos; at = out.find(kMapType, at))
    out.replace(at, kMapType.size(), "JSON");
  for (const std::string_view name : attributes)
    out += join({",\n    `", name, "Keys` Array(LowCardinality(String)) CODEC(ZSTD(1))"});
  return out;
}

/// " TTL base + toIntervalDay(30)"; nothing for 0.
std::string ttl_clause(std::string_view base, seconds ttl) {
  if (ttl.count() == 0) return {};
  return join({"\nTTL ", base, " + ", interval(ttl)});
}

/// What stands behind the columns.
struct Tail {
  std::string_view engine = "MergeTree";
  std::string_view partition_by;
  std::string_view primary_key = {};  ///< if it is not the ORDER BY
  std::string_view order_by;
  std::string ttl;
  std::string_view settings = "index_granularity = 8192, ttl_only_drop_parts = 1";
};

/// Puts the pieces together; an engine of the user's own takes the place of MergeTree.
std::string create_table(const TableSpec& spec, const std::string& columns, const Tail& tail) {
  std::string sql = join(
      {"CREATE TABLE IF NOT EXISTS ", spec.database, ".", native::quote_identifier(spec.name)});
  if (!spec.cluster.empty()) sql += " ON CLUSTER " + native::quote_identifier(spec.cluster);
  sql += join({"\n(", columns, "\n)\nENGINE = ", spec.engine.empty() ? tail.engine : spec.engine,
               "\nPARTITION BY ", tail.partition_by});
  if (!tail.primary_key.empty()) sql += join({"\nPRIMARY KEY (", tail.primary_key, ")"});
  sql += join({"\nORDER BY (", tail.order_by, ")", tail.ttl, "\nSETTINGS ", tail.settings});
  return sql;
}

std::string logs(const TableSpec& spec) {
  std::string columns =
      join({"\n    `Timestamp` DateTime64(9) CODEC(Delta(8), ZSTD(1)),", kLogColumns,
            ",\n    `EventName` String CODEC(ZSTD(1))", materialized_columns()});
  if (spec.text_indexes) {
    columns += items_column("ResourceAttributes") + items_column("ScopeAttributes") +
               items_column("LogAttributes");
  }
  columns += spec.text_indexes ? kLogTextIndexes : kLogBloomIndexes;
  Tail tail;
  tail.partition_by = "toDate(Timestamp)";
  tail.order_by = "toStartOfFiveMinutes(Timestamp), ServiceName, Timestamp";
  tail.ttl = ttl_clause("toDateTime(Timestamp)", spec.ttl);
  tail.settings =
      "index_granularity = 8192, ttl_only_drop_parts = 1, enable_block_number_column = 1, "
      "enable_block_offset_column = 1";
  return create_table(spec, columns, tail);
}

std::string sessions(const TableSpec& spec) {
  const std::string columns =
      join({"\n    `Timestamp` DateTime64(9) CODEC(Delta(8), ZSTD(1)),"
            "\n    `TimestampTime` DateTime DEFAULT toDateTime(Timestamp),",
            kLogColumns, kLogBloomIndexes});
  Tail tail;
  tail.partition_by = "toDate(TimestampTime)";
  tail.primary_key = "ServiceName, TimestampTime";
  tail.order_by = "ServiceName, TimestampTime, Timestamp";
  tail.ttl = ttl_clause("TimestampTime", spec.ttl);
  return create_table(spec, columns, tail);
}

std::string traces(const TableSpec& spec) {
  std::string columns = join({kTraceColumns, kTraceMaterialized});
  if (spec.text_indexes)
    columns += items_column("ResourceAttributes") + items_column("SpanAttributes");
  columns += kTraceIndexes;
  columns += spec.text_indexes ? kTraceTextIndexes : kTraceBloomIndexes;
  Tail tail;
  tail.partition_by = "toDate(Timestamp)";
  tail.order_by = "ServiceName, SpanName, toDateTime(Timestamp)";
  tail.ttl = ttl_clause("toDate(Timestamp)", spec.ttl);
  return create_table(spec, columns, tail);
}

/// Logs and session replays with JSON columns, as the original exporter has them. TimestampTime is
/// what ClickStack finds session replays by.
std::string json_logs(const TableSpec& spec, bool is_sessions) {
  const std::string columns = as_json(
      join({"\n    `Timestamp` DateTime64(9) CODEC(Delta(8), ZSTD(1)),",
            is_sessions ? "\n    `TimestampTime` DateTime DEFAULT toDateTime(Timestamp)," : "",
            kLogColumns, ",\n    `EventName` String CODEC(ZSTD(1))"}),
      {"ResourceAttributes", "ScopeAttributes", "LogAttributes"});
  Tail tail;
  tail.partition_by = "toDate(Timestamp)";
  tail.primary_key = "ServiceName, toDateTime(Timestamp)";
  tail.order_by = "ServiceName, toDateTime(Timestamp), Timestamp";
  tail.ttl = ttl_clause("toDateTime(Timestamp)", spec.ttl);
  return create_table(spec, join({columns, kJsonLogIndexes}), tail);
}

std::string json_traces(const TableSpec& spec) {
  const std::string columns = as_json(kTraceColumns, {"ResourceAttributes", "SpanAttributes"});
  Tail tail;
  tail.partition_by = "toDate(Timestamp)";
  tail.order_by = "ServiceName, SpanName, toDateTime(Timestamp), Timestamp";
  tail.ttl = ttl_clause("toDateTime(Timestamp)", spec.ttl);
  return create_table(spec, join({columns, kJsonTraceIndexes}), tail);
}

std::string metrics(const TableSpec& spec, std::initializer_list<std::string_view> own_columns) {
  Tail tail;
  tail.partition_by = "toDate(TimeUnix)";
  tail.order_by =
      "ServiceName, MetricName, toStartOfHour(TimeUnix), cityHash64(Attributes), TimeUnix";
  tail.ttl = ttl_clause("toDateTime(TimeUnix)", spec.ttl);
  tail.settings = "ttl_only_drop_parts = 1";
  return create_table(spec, join({kMetricColumns, join(own_columns), kMetricIndexes}), tail);
}

std::string rollup(std::string_view database, seconds ttl, std::string_view name) {
  Tail tail;
  tail.engine = "SummingMergeTree";
  tail.partition_by = "toDate(Timestamp)";
  tail.order_by = "ColumnIdentifier, Key, Timestamp, Value";
  tail.ttl = ttl_clause("Timestamp", ttl);
  TableSpec spec;
  spec.database = database;
  spec.name = name;
  return create_table(spec, std::string(kRollupColumns), tail);
}

/// Counts, for each quarter of an hour, the values of the columns. The key of a pair is the
/// column's name.
std::string rollup_view(std::string_view database, std::string_view view, std::string_view from,
                        std::string_view to, const std::vector<std::string>& columns) {
  std::string pairs;
  for (const std::string& column : columns) {
    if (!pairs.empty()) pairs += ",\n        ";
    pairs += join({"('", column, "', toString(`", column, "`))"});
  }
  return join({"CREATE MATERIALIZED VIEW IF NOT EXISTS ", database, ".`", view, "` TO ", database,
               ".`", to,
               "`\n(`Timestamp` DateTime, `ColumnIdentifier` String, `Key` String, "
               "`Value` String, `count` UInt64)\nAS SELECT\n"
               "    toStartOfFifteenMinutes(source.Timestamp) AS Timestamp,\n"
               "    'NativeColumn' AS ColumnIdentifier,\n"
               "    pair.1 AS Key,\n    pair.2 AS Value,\n    count() AS count\nFROM ",
               database, ".`", from, "` AS source\nARRAY JOIN [\n        ", pairs,
               "\n    ] AS pair\nGROUP BY Timestamp, ColumnIdentifier, Key, Value"});
}

std::vector<std::string> log_rollup_columns() {
  std::vector<std::string> columns = {"SeverityText", "ServiceName",       "ScopeName",
                                      "ScopeVersion", "ResourceSchemaUrl", "ScopeSchemaUrl"};
  for (const std::string_view key : kMaterializedResourceKeys) {
    columns.push_back(join({kMaterializedPrefix, key}));
  }
  return columns;
}

}  // namespace

std::string interval(seconds length) {
  struct Unit {
    std::string_view name;
    int64_t length;
  };
  constexpr Unit kUnits[] = {{"Day", 86400}, {"Hour", 3600}, {"Minute", 60}, {"Second", 1}};
  for (const Unit& unit : kUnits) {
    if (length.count() % unit.length != 0) continue;
    return join({"toInterval", unit.name, "(", std::to_string(length.count() / unit.length), ")"});
  }
  return {};
}

std::string create_table(Table table, const TableSpec& spec) {
  const bool json = spec.attributes == AttributeType::Json;
  switch (table) {
    case Table::Logs: return json ? json_logs(spec, false) : logs(spec);
    case Table::Sessions: return json ? json_logs(spec, true) : sessions(spec);
    case Table::Traces: return json ? json_traces(spec) : traces(spec);
    case Table::Gauge: return metrics(spec, {kNumberColumns, kExemplarColumns});
    case Table::Sum: return metrics(spec, {kNumberColumns, kExemplarColumns, kSumTail});
    case Table::Histogram:
      return metrics(spec, {kCountColumns, kHistogramBuckets, kExemplarColumns, kHistogramTail});
    case Table::ExponentialHistogram:
      return metrics(spec, {kCountColumns, kExponentialBuckets, kExemplarColumns, kHistogramTail});
    case Table::Summary: return metrics(spec, {kCountColumns, kSummaryTail});
  }
  SLUICE_CHECK(false);
}

std::vector<std::string> create_tables(TableSpec spec, const Ttl& ttl) {
  std::vector<std::string> statements;
  for (const Table table :
       {Table::Logs, Table::Gauge, Table::Sum, Table::Histogram, Table::ExponentialHistogram,
        Table::Summary, Table::Sessions, Table::Traces}) {
    spec.name = table_name(table);
    spec.ttl = ttl.of(table);
    statements.push_back(create_table(table, spec));
  }
  return statements;
}

std::vector<std::string> clickstack_tables(std::string_view database, const Ttl& ttl,
                                           bool text_indexes) {
  TableSpec spec;
  spec.database = database;
  spec.text_indexes = text_indexes;
  std::vector<std::string> statements = create_tables(spec, ttl);
  statements.push_back(rollup(database, ttl.logs, "otel_logs_kv_rollup_15m"));
  statements.push_back(rollup_view(database, "otel_logs_attr_kv_rollup_15m_mv", "otel_logs",
                                   "otel_logs_kv_rollup_15m", log_rollup_columns()));
  statements.push_back(rollup(database, ttl.traces, "otel_traces_kv_rollup_15m"));
  statements.push_back(rollup_view(
      database, "otel_traces_kv_rollup_15m_mv", "otel_traces", "otel_traces_kv_rollup_15m",
      {"ServiceName", "SpanName", "SpanKind", "StatusCode", "ScopeName", "ScopeVersion"}));
  return statements;
}

}  // namespace sluice::mapping
