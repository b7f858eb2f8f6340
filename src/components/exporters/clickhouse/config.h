#pragma once

// The clickhouse exporter's options, as the OpenTelemetry Collector names them, and a few of our
// own.

#include <chrono>
#include <optional>
#include <string>

#include "config/schema.h"
#include "config/tls.h"
#include "delivery/options.h"

namespace sluice::components::clickhouse_exporter {

struct TableEngineConfig {
  std::string name;
  std::string params;
};

struct MetricTableConfig {
  std::string name;
};

struct MetricTablesConfig {
  MetricTableConfig gauge{"otel_metrics_gauge"};
  MetricTableConfig sum{"otel_metrics_sum"};
  MetricTableConfig summary{"otel_metrics_summary"};
  MetricTableConfig histogram{"otel_metrics_histogram"};
  MetricTableConfig exponential_histogram{"otel_metrics_exponential_histogram"};
};

/// Shorter than the original's 5 s: our senders wait for their rows, and theirs do not.
inline constexpr std::chrono::milliseconds kFirstPause{200};

/// ClickStack's schema, as its migration tool makes it. Times as mapping::parse_ttl() takes them.
struct ClickStackSchemaConfig {
  std::string tables_ttl = "720h";
  std::string logs_ttl;  ///< empty: as tables_ttl; so are the following
  std::string traces_ttl;
  std::string metrics_ttl;
  std::string sessions_ttl;
  bool reconcile_table_ttl = false;
  bool promql_table = false;
};

/// All but None become LZ4.
enum class Compression : uint8_t { Lz4, None, Zstd, Gzip, Deflate, Brotli };

struct Config {
  std::string endpoint;
  std::string username;
  std::string password;
  std::string database = "default";
  config::Dictionary<std::string> connection_params;
  std::string logs_table_name = "otel_logs";
  std::string traces_table_name = "otel_traces";
  std::string metrics_table_name;
  MetricTablesConfig metrics_tables;
  std::chrono::nanoseconds ttl{0};
  TableEngineConfig table_engine;
  std::string cluster_name;
  bool create_schema = true;
  bool json = false;
  Compression compress = Compression::Lz4;
  bool async_insert = false;
  std::chrono::nanoseconds timeout = std::chrono::seconds(5);
  delivery::RetryConfig retry_on_failure{.initial_interval = kFirstPause};
  delivery::QueueConfig sending_queue;
  std::optional<io::TlsClientConfig> tls;

  // Our own.
  std::optional<ClickStackSchemaConfig> clickstack_schema;
  std::chrono::nanoseconds flush_interval{0};
  uint32_t http_port = 0;
};

/// The endpoint with connection_params.
std::string url_of(const Config& config);
/// Whether one of metrics_tables has a name of its own; then metrics_table_name is none's
/// beginning.
bool names_metric_tables(const Config& config);
const config::Schema<TableEngineConfig>& schema_of(const TableEngineConfig*);
const config::Schema<MetricTableConfig>& schema_of(const MetricTableConfig*);
const config::Schema<MetricTablesConfig>& schema_of(const MetricTablesConfig*);
const config::Schema<ClickStackSchemaConfig>& schema_of(const ClickStackSchemaConfig*);
const config::Schema<Config>& schema_of(const Config*);

}  // namespace sluice::components::clickhouse_exporter

template <>
struct sluice::config::Words<sluice::components::clickhouse_exporter::Compression> {
  using Compression = sluice::components::clickhouse_exporter::Compression;
  // The first word of a value is how it is shown.
  static constexpr std::array<std::pair<std::string_view, Compression>, 8> kAll = {
      {{"lz4", Compression::Lz4},
       {"none", Compression::None},
       {"", Compression::Lz4},
       {"true", Compression::Lz4},
       {"zstd", Compression::Zstd},
       {"gzip", Compression::Gzip},
       {"deflate", Compression::Deflate},
       {"br", Compression::Brotli}}};
};
