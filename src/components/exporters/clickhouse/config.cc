#include "components/exporters/clickhouse/config.h"

#include "clickhouse/dsn.h"
#include "mapping/ddl.h"

namespace sluice::components::clickhouse_exporter {
namespace {

/// A connection and a thread each.
constexpr int64_t kConsumersMost = 256;

void check(const Config& config, const config::Place& place) {
  if (config.endpoint.empty()) {
    place.error("endpoint must not be empty: name a ClickHouse, for example http://localhost:8123");
  } else if (config.http_port > UINT16_MAX) {
    place.error("http_port must be at most 65535");
  } else {
    const auto dsn =
        clickhouse::parse_dsn(config.endpoint, static_cast<uint16_t>(config.http_port));
    if (dsn.ok()) {
      for (const std::string& warning : dsn->warnings) place.warning(warning);
    } else {
      place.error(dsn.status().message());
    }
  }
  if (config.database.empty()) place.error("database must not be empty");
  if (config.timeout.count() <= 0) place.error("timeout must be larger than zero");
  if (config.flush_interval.count() < 0) place.error("flush_interval must not be negative");
  if (config.ttl.count() < 0) place.error("ttl must not be negative");
  if (config.sending_queue.num_consumers > kConsumersMost)
    place.error("sending_queue::num_consumers must be at most " + std::to_string(kConsumersMost));
  if (const auto& batch = config.sending_queue.batch; config.sending_queue.batches()) {
    if (config.sending_queue.batch_sizer() == delivery::Sizer::Bytes)
      place.warning("sending_queue::batch in bytes has no effect: inserts are measured in rows");
    if (!batch->partition.metadata_keys.empty())
      place.warning(
          "sending_queue::batch::partition has no effect: rows of all requests go together");
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
      place.error(std::string(name) + ": " + ttl.status().message());
  }
}

}  // namespace

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
          .check(check_clickstack);
  return schema;
}

const config::Schema<Config>& schema_of(const Config*) {
  static const auto schema =
      config::Schema<Config>()
          .field("endpoint", &Config::endpoint,
                 "One or more ClickHouse servers: http://host:8123, https://host:8443, "
                 "tcp://host:9000 (spoken to over HTTP), several hosts separated by commas.")
          .required()
          .field("username", &Config::username, "User of ClickHouse.")
          .field("password", &Config::password, "The user's password.")
          .secret()
          .field("database", &Config::database, "Database of the tables.")
          .field("connection_params", &Config::connection_params,
                 "More parameters of the endpoint; they win over those in it.")
          .field("logs_table_name", &Config::logs_table_name,
                 "The table of logs; hyperdx_sessions has the shape of session replays.")
          .field("traces_table_name", &Config::traces_table_name, "The table of traces.")
          .field("metrics_table_name", &Config::metrics_table_name,
                 "The beginning of the metric tables' names, if metrics_tables names none.")
          .field("metrics_tables", &Config::metrics_tables, "The tables of metrics, by kind.")
          .field("ttl", &Config::ttl, "How long rows of tables made here are kept; 0: always.")
          .field("table_engine", &Config::table_engine,
                 "Engine of tables made here; MergeTree if none is named.")
          .field("cluster_name", &Config::cluster_name, "Makes tables ON CLUSTER.")
          .field("create_schema", &Config::create_schema,
                 "Whether the database and the tables are made if they are missing.")
          .field(
              "json", &Config::json,
              "Whether the attributes of logs and spans are of the type JSON, not maps of strings; "
              "those of metrics stay maps.")
          .field("compress", &Config::compress,
                 "lz4 or none; the other methods of the original are taken for lz4.")
          .field("async_insert", &Config::async_insert,
                 "Let ClickHouse put inserts together; its confirmation is waited for.")
          .field("timeout", &Config::timeout, "How long one try of an insert may take.")
          .field("retry_on_failure", &Config::retry_on_failure,
                 "When an insert is tried again. While its senders wait that is for 30 s at most; "
                 "what ClickHouse answers may make a pause longer.")
          .field("sending_queue", &Config::sending_queue,
                 "How many inserts go on at once, and, by batch, when rows leave. What waits is "
                 "bounded by the process's memory limit alone, so that queue_size and "
                 "block_on_overflow change nothing.")
          .field("tls", &Config::tls,
                 "Whom to trust, and who we are; for endpoints with TLS (https://, secure=true).")
          .field("clickstack_schema", &Config::clickstack_schema,
                 "Makes and migrates ClickStack's whole schema at the start (Sluice's own).")
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
