#include "components/exporters/clickhouse/config.h"

#include "clickhouse/dsn.h"
#include "mapping/ddl.h"

namespace sluice::components::clickhouse_exporter {
namespace {

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
  if (config.clickstack_schema && config.create_schema) {
    place.error(
        "create_schema and clickstack_schema are two ways to make tables: set create_schema: "
        "false");
  }
}

void check_queue(const QueueConfig& config, const config::Place& place) {
  if (config.num_consumers < 1 || config.num_consumers > kConsumersMost)
    place.error("num_consumers must be 1 to 256");
  if (config.queue_size < 1) place.error("queue_size must be larger than zero");
  if (config.sizer != "requests" && config.sizer != "items" && config.sizer != "bytes")
    place.error("sizer must be requests, items or bytes");
}

void check_retry(const RetryConfig& config, const config::Place& place) {
  if (config.initial_interval.count() < 0 || config.max_interval.count() < 0 ||
      config.max_elapsed_time.count() < 0)
    place.error("intervals must not be negative");
  if (config.randomization_factor < 0 || config.randomization_factor > 1)
    place.error("randomization_factor must be within 0 and 1");
  if (config.multiplier < 0) place.error("multiplier must not be negative");
  if (config.max_elapsed_time.count() > 0 && (config.max_elapsed_time < config.initial_interval ||
                                              config.max_elapsed_time < config.max_interval))
    place.error("max_elapsed_time must not be less than the intervals");
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

const config::Schema<RetryConfig>& schema_of(const RetryConfig*) {
  static const auto schema =
      config::Schema<RetryConfig>()
          .field("enabled", &RetryConfig::enabled,
                 "Whether an insert is tried longer than `timeout`; then the sender is told to "
                 "come again.")
          .field("initial_interval", &RetryConfig::initial_interval,
                 "The most that is waited before the second try; what ClickHouse answers decides.")
          .field("randomization_factor", &RetryConfig::randomization_factor,
                 "Pauses are always drawn at random, between the least and three times the last.")
          .field("multiplier", &RetryConfig::multiplier, "As randomization_factor.")
          .field("max_interval", &RetryConfig::max_interval, "The longest pause between tries.")
          .field("max_elapsed_time", &RetryConfig::max_elapsed_time,
                 "How long rows are tried while their sender waits, 30 s at most; the sender is "
                 "then told to come again. 0 is 30 s.")
          .check(check_retry);
  return schema;
}

const config::Schema<QueueConfig>& schema_of(const QueueConfig*) {
  static const auto schema =
      config::Schema<QueueConfig>()
          .field("enabled", &QueueConfig::enabled,
                 "Rows are put together and sent in the background in any case.")
          .field("num_consumers", &QueueConfig::num_consumers, "Inserts in flight at once.")
          .field("queue_size", &QueueConfig::queue_size,
                 "The process's memory budget bounds what waits, not a number.")
          .field("sizer", &QueueConfig::sizer, "requests, items or bytes: as queue_size.")
          .field("wait_for_result", &QueueConfig::wait_for_result,
                 "Senders wait for the store unless the process runs with --ack memory.")
          .field("block_on_overflow", &QueueConfig::block_on_overflow,
                 "Senders are told to come again when memory is used up.")
          .refuse("storage",
                  "there is no storage for queues: a sender is answered when its rows "
                  "are stored, so nothing that was acknowledged waits in the queue")
          .ignore("batch", "rows of all requests are put together in any case")
          .check(check_queue);
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
          .field("compress", &Config::compress,
                 "lz4 or none; the other methods of the original are taken for lz4.")
          .field("async_insert", &Config::async_insert,
                 "Let ClickHouse put inserts together; its confirmation is waited for.")
          .field("timeout", &Config::timeout, "How long one try of an insert may take.")
          .field("retry_on_failure", &Config::retry_on_failure, "When an insert is tried again.")
          .field("sending_queue", &Config::sending_queue, "How many inserts go on at once.")
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
          .refuse("json", "tables with JSON columns are not written; use Map columns")
          .check(check);
  return schema;
}

}  // namespace sluice::components::clickhouse_exporter
