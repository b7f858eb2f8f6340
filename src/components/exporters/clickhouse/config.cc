#include "components/exporters/clickhouse/config.h"

#include "clickhouse/dsn.h"
#include "components/exporters/clickhouse/exporter.h"
#include "mapping/ddl.h"

namespace sluice::components::clickhouse_exporter {
namespace {

/// A connection and a thread each.
constexpr int64_t kConsumersMost = 256;
constexpr const char* kOwnTables = "without create_schema: true";
constexpr const char* kBounded = "what waits is bounded by the process's memory limit alone";

void check_endpoint(const Config& config, const config::Place& place) {
  if (config.endpoint.empty()) {
    return place.of("endpoint")
        .error("endpoint must not be empty: name a ClickHouse, for example http://localhost:8123");
  }
  uint32_t http_port = config.http_port;
  if (http_port > UINT16_MAX) {
    place.of("http_port").expected("at most 65535");
    http_port = UINT16_MAX;  // what is wrong besides
  }
  const auto dsn = clickhouse::parse_dsn(url_of(config), static_cast<uint16_t>(http_port));
  const config::Place here = place.of("endpoint");
  if (!dsn.ok()) return here.error(dsn.status().message());
  for (const std::string& warning : dsn->warnings) here.warning(warning);
  if (!config.tls || config.tls->insecure) return;
  const config::Place tls = place.of("tls");
  if (dsn->tls.insecure_skip_verify || !dsn->tls.server_name_override.empty())
    here.warning("the parameters skip_verify and tls_server_name have no effect beside tls");
  if (dsn->endpoints.front().tls != nullptr) return;
  if (config.endpoint.rfind("tcp://", 0) == 0 || config.endpoint.rfind("clickhouse://", 0) == 0) {
    tls.error("the endpoint is spoken to without TLS: add secure=true to it, or write https://");
  } else {
    tls.warning("this option has no effect: the endpoint is spoken to without TLS; write https://");
  }
}

/// What of the queue's options changes nothing under these circumstances.
void warn_of_queue(const delivery::QueueConfig& queue, const config::Place& place) {
  if (!queue.enabled) {
    place.of("enabled").warning(
        "enabled: false leaves out what batch says; rows are put together in inserts all the same");
  }
  if (!queue.batches()) {
    if (queue.enabled && queue.sizer)
      place.of("sizer").warning("this option has no effect: there is no batch");
    return;
  }
  const config::Place batch = place.of("batch");
  if (queue.batch_sizer() == delivery::Sizer::Bytes) {
    batch.warning("sizes in bytes have no effect: inserts are measured in rows");
  } else if (batch.has("min_size") && queue.batch->min_size < kInsertRowsMax) {
    batch.of("min_size")
        .warning("this option has no effect below " + std::to_string(kInsertRowsMax) +
                 " rows: smaller inserts leave by time");
  }
}

void check(const Config& config, const config::Place& place) {
  check_endpoint(config, place);
  if (config.database.empty()) place.of("database").expected("the name of a database");
  if (config.timeout.count() <= 0) place.of("timeout").expected("more than 0");
  if (config.flush_interval.count() < 0) place.of("flush_interval").expected("0 or more");
  if (config.ttl.count() < 0) place.of("ttl").expected("0 or more");
  if (config.sending_queue.num_consumers > kConsumersMost) {
    place.of("sending_queue")
        .of("num_consumers")
        .expected("at most " + std::to_string(kConsumersMost));
  }
  warn_of_queue(config.sending_queue, place.of("sending_queue"));
  if (config.compress > Compression::None) {
    place.of("compress")
        .warning("inserts are compressed with lz4 instead: the other methods are not supported");
  }
  if (config.clickstack_schema && config.create_schema) {
    place.error(
        "create_schema and clickstack_schema are two ways to make tables: set create_schema: "
        "false");
  }
  if (config.clickstack_schema && config.json) {
    place.error(
        "ClickStack's schema has no JSON columns: with json: true set create_schema: true, not "
        "clickstack_schema");
  }
}

void check_clickstack(const ClickStackSchemaConfig& config, const config::Place& place) {
  for (const auto& [name, text] :
       {std::pair("tables_ttl", &config.tables_ttl), std::pair("logs_ttl", &config.logs_ttl),
        std::pair("traces_ttl", &config.traces_ttl), std::pair("metrics_ttl", &config.metrics_ttl),
        std::pair("sessions_ttl", &config.sessions_ttl)}) {
    if (text->empty()) continue;
    if (const auto ttl = mapping::parse_ttl(*text); !ttl.ok())
      place.of(name).error(ttl.status().message());
  }
}

}  // namespace

bool names_metric_tables(const Config& config) {
  const MetricTablesConfig& own = config.metrics_tables;
  const MetricTablesConfig standard;
  return own.gauge.name != standard.gauge.name || own.sum.name != standard.sum.name ||
         own.summary.name != standard.summary.name ||
         own.histogram.name != standard.histogram.name ||
         own.exponential_histogram.name != standard.exponential_histogram.name;
}

std::string url_of(const Config& config) {
  std::string url = config.endpoint;
  for (const auto& [name, value] : config.connection_params) {
    url += url.find('?') == std::string::npos ? '?' : '&';
    url += name + "=" + value;
  }
  return url;
}

const config::Schema<TableEngineConfig>& schema_of(const TableEngineConfig*) {
  static const auto schema =
      config::Schema<TableEngineConfig>()
          .field("name", &TableEngineConfig::name, "For example ReplicatedMergeTree.")
          .field("params", &TableEngineConfig::params, "What stands in its brackets.");
  return schema;
}

const config::Schema<MetricTableConfig>& schema_of(const MetricTableConfig*) {
  static const auto schema =
      config::Schema<MetricTableConfig>().field("name", &MetricTableConfig::name, "Its name.");
  return schema;
}

const config::Schema<MetricTablesConfig>& schema_of(const MetricTablesConfig*) {
  using M = MetricTablesConfig;
  static const auto schema = config::Schema<M>()
                                 .field("gauge", &M::gauge, "The table of gauges.")
                                 .field("sum", &M::sum, "The table of sums.")
                                 .field("summary", &M::summary, "The table of summaries.")
                                 .field("histogram", &M::histogram, "The table of histograms.")
                                 .field("exponential_histogram", &M::exponential_histogram,
                                        "The table of exponential histograms.");
  return schema;
}

const config::Schema<ClickStackSchemaConfig>& schema_of(const ClickStackSchemaConfig*) {
  using C = ClickStackSchemaConfig;
  static const auto schema =
      config::Schema<C>()
          .field("tables_ttl", &C::tables_ttl, "How long rows are kept, as 720h or 30d; 0: always.")
          .field("logs_ttl", &C::logs_ttl, "The same for logs; empty: as tables_ttl.")
          .field("traces_ttl", &C::traces_ttl, "The same for traces.")
          .field("metrics_ttl", &C::metrics_ttl, "The same for metrics.")
          .field("sessions_ttl", &C::sessions_ttl, "The same for session replays.")
          .field("reconcile_table_ttl", &C::reconcile_table_ttl,
                 "Whether tables that are there get these times too.")
          .field("promql_table", &C::promql_table,
                 "Whether metrics_ts is made too, an empty table of the engine TimeSeries.")
          .check(check_clickstack);
  return schema;
}

const config::Schema<Config>& schema_of(const Config*) {
  const auto makes_no_tables = [](const Config& config) { return !config.create_schema; };
  static const auto schema =
      config::Schema<Config>()
          .field("endpoint", &Config::endpoint,
                 "One or more ClickHouse servers: http://host:8123, https://host:8443, "
                 "tcp://host:9000 (spoken to over HTTP), several hosts separated by commas.")
          .required()
          .with_passwords()
          .field("username", &Config::username, "User of ClickHouse.")
          .field("password", &Config::password, "The user's password.")
          .secret()
          .field("database", &Config::database, "Database of the tables.")
          .field("connection_params", &Config::connection_params,
                 "More parameters of the endpoint; they win over those in it.")
          .with_passwords()
          .field("logs_table_name", &Config::logs_table_name,
                 "The table of logs; hyperdx_sessions has the shape of session replays.")
          .field("traces_table_name", &Config::traces_table_name, "The table of traces.")
          .field("metrics_table_name", &Config::metrics_table_name,
                 "The beginning of the metric tables' names, if metrics_tables names none.")
          .ignored_if(names_metric_tables, "beside metrics_tables")
          .field("metrics_tables", &Config::metrics_tables, "The tables of metrics, by kind.")
          .field("ttl", &Config::ttl, "How long rows of tables made here are kept; 0: always.")
          .ignored_if(makes_no_tables, kOwnTables)
          .field("table_engine", &Config::table_engine,
                 "Engine of tables made here; MergeTree if none is named.")
          .ignored_if(makes_no_tables, kOwnTables)
          .field("cluster_name", &Config::cluster_name, "Makes tables ON CLUSTER.")
          .ignored_if(makes_no_tables, kOwnTables)
          .field("create_schema", &Config::create_schema,
                 "Whether the database and the tables are made if they are missing.")
          .field(
              "json", &Config::json,
              "Whether the attributes of logs and spans are of the type JSON, not maps of strings; "
              "those of metrics stay maps.")
          .field("compress", &Config::compress,
                 "lz4 or none; the other methods of the original become lz4, which is a warning.")
          .field("async_insert", &Config::async_insert,
                 "Let ClickHouse put inserts together; its confirmation is waited for.")
          .field("timeout", &Config::timeout, "How long one try of an insert may take.")
          .field("retry_on_failure", &Config::retry_on_failure,
                 "When an insert is tried again. While its senders wait that is for 30 s at most; "
                 "what ClickHouse answers may make a pause longer.")
          .field("sending_queue", &Config::sending_queue,
                 "How many inserts go on at once, and, by batch, when rows leave.")
          .ignored_below("queue_size", kBounded)
          .ignored_below("block_on_overflow", kBounded)
          .ignored_below("batch::partition", "rows of all requests go together")
          .field("tls", &Config::tls,
                 "Whom to trust, and who we are; for endpoints with TLS (https://, secure=true).")
          .ignored_below("insecure",
                         "the endpoint says whether TLS is spoken: by https:// or secure")
          .field("clickstack_schema", &Config::clickstack_schema,
                 "Makes and migrates ClickStack's whole schema at the start (Sluice's own).")
          .given_by_null()
          .field("flush_interval", &Config::flush_interval,
                 "The age at which rows are sent; 0: 200 ms while a sender waits, else 1 s, and "
                 "never longer than the batch processor's timeout (Sluice's own).")
          .field("http_port", &Config::http_port,
                 "Where HTTP is served on hosts whose native port the endpoint names; 0: 8123 for "
                 "9000, 8443 for 9440 (Sluice's own).")
          .refuse("profiles_table_name", "profiles are not taken")
          .refuse("auth", "sign in with username and password")
          .check(check);
  return schema;
}

}  // namespace sluice::components::clickhouse_exporter
