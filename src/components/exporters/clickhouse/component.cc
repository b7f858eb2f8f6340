#include "components/exporters/clickhouse/component.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/log.h"
#include "components/exporters/clickhouse/config.h"
#include "components/exporters/clickhouse/exporter.h"
#include "io/tls.h"

namespace sluice::components {
namespace {

using clickhouse_exporter::Config;
using mapping::Table;
using std::chrono::ceil;
using std::chrono::milliseconds;

constexpr milliseconds kGiveUpAfter{30'000};

mapping::TableNames table_names(const Config& config) {
  mapping::TableNames names = mapping::standard_table_names();
  const auto set = [&](Table table, const std::string& name) {
    names[static_cast<size_t>(table)] = name;
  };
  set(Table::Logs, config.logs_table_name);
  set(Table::Sessions, config.logs_table_name);
  set(Table::Traces, config.traces_table_name);
  const auto& kinds = config.metrics_tables;
  const std::pair<Table, const std::string*> metrics[] = {
      {Table::Gauge, &kinds.gauge.name},
      {Table::Sum, &kinds.sum.name},
      {Table::Summary, &kinds.summary.name},
      {Table::Histogram, &kinds.histogram.name},
      {Table::ExponentialHistogram, &kinds.exponential_histogram.name}};
  const std::string standard = "otel_metrics";
  for (const auto& [table, name] : metrics) {
    const bool by_prefix = !config.metrics_table_name.empty() && !names_metric_tables(config);
    set(table, by_prefix ? config.metrics_table_name + name->substr(standard.size()) : *name);
  }
  return names;
}

Result<clickhouse::Dsn> dsn_of(const Config& config) {
  auto dsn = clickhouse::parse_dsn(url_of(config), static_cast<uint16_t>(config.http_port));
  if (!dsn.ok()) return dsn.status();
  for (clickhouse::Endpoint& endpoint : dsn->endpoints) {
    if (!config.username.empty()) endpoint.user = config.username;
    if (!config.password.empty()) endpoint.password = config.password;
    if (config.database != "default") endpoint.database = config.database;
    if (config.async_insert) endpoint.settings.emplace_back("async_insert", "1");
    if (!config.tls || endpoint.tls == nullptr) continue;
    auto tls = io::TlsClient::create(*config.tls, {"http/1.1"});
    if (!tls.ok()) return tls.status();
    endpoint.tls = std::move(tls).value();
  }
  return dsn;
}

Result<mapping::Ttl> ttl_of(const Config& config) {
  mapping::Ttl ttl;
  if (!config.clickstack_schema) {
    const auto all = std::chrono::floor<std::chrono::seconds>(config.ttl);
    ttl = {all, all, all, all};
    return ttl;
  }
  const auto& own = *config.clickstack_schema;
  for (const auto& [text, slot] :
       {std::pair(&own.logs_ttl, &ttl.logs), std::pair(&own.traces_ttl, &ttl.traces),
        std::pair(&own.metrics_ttl, &ttl.metrics), std::pair(&own.sessions_ttl, &ttl.sessions)}) {
    auto parsed = mapping::parse_ttl(text->empty() ? own.tables_ttl : *text);
    if (!parsed.ok()) return parsed.status();
    *slot = *parsed;
  }
  return ttl;
}

std::string engine_of(const clickhouse_exporter::TableEngineConfig& engine) {
  return engine.name.empty() ? "" : engine.name + "(" + engine.params + ")";
}

/// Everything but what the pipelines want.
Result<ClickHouseExporterConfig> exporter_config(const Config& config, pipeline::AckMode ack) {
  auto dsn = dsn_of(config);
  if (!dsn.ok()) return dsn.status();
  auto ttl = ttl_of(config);
  if (!ttl.ok()) return ttl.status();
  ClickHouseExporterConfig out;
  out.endpoints = std::move(dsn->endpoints);
  out.strategy = dsn->strategy;
  out.tables = table_names(config);
  out.logs = config.logs_table_name == mapping::table_name(Table::Sessions) ? Table::Sessions
                                                                            : Table::Logs;
  out.attributes = config.json ? mapping::AttributeType::Json : mapping::AttributeType::Map;
  out.ack = ack;
  if (config.flush_interval.count() > 0)
    out.flush_interval = ceil<milliseconds>(config.flush_interval);
  const delivery::QueueConfig& queue = config.sending_queue;
  out.inserts_in_flight_max =
      static_cast<int>(queue.enabled ? queue.num_consumers : delivery::QueueConfig().num_consumers);
  out.timeout = ceil<milliseconds>(config.timeout);
  out.retry = config.retry_on_failure;
  out.give_up_after = std::max(kGiveUpAfter, out.timeout);
  if (out.retry.enabled && out.retry.max_elapsed_time.count() > 0) {
    out.give_up_after = std::min(out.give_up_after, ceil<milliseconds>(out.retry.max_elapsed_time));
  }
  out.lz4 = config.compress != clickhouse_exporter::Compression::None;
  out.ttl = *ttl;
  out.schema = config.clickstack_schema ? SchemaWork::ClickStack
               : config.create_schema   ? SchemaWork::OwnTables
                                        : SchemaWork::None;
  out.reconcile_ttl = config.clickstack_schema && config.clickstack_schema->reconcile_table_ttl;
  out.promql_table = config.clickstack_schema && config.clickstack_schema->promql_table;
  out.table_engine = engine_of(config.table_engine);
  out.cluster = config.cluster_name;
  return out;
}

/// What a batch processor or sending_queue::batch asks for. The strictest of all limits holds. A
/// batch size below our own would make more inserts than ClickHouse likes, so it only ever raises
/// it.
void limit(ClickHouseExporterConfig& config, const pipeline::BatchLimits& limits) {
  if (limits.timeout) {
    const auto timeout = std::max(ceil<milliseconds>(*limits.timeout), milliseconds(1));
    config.flush_interval_max = std::min(timeout, config.flush_interval_max.value_or(timeout));
  }
  if (limits.size) config.insert_rows_max = std::max(config.insert_rows_max, limits.size->value);
  if (limits.size_max) config.insert_rows_max = std::min(config.insert_rows_max, *limits.size_max);
}

/// Sizes in bytes are those of requests, which say nothing about rows.
pipeline::BatchLimits limits_of(const delivery::QueueConfig& queue) {
  pipeline::BatchLimits limits;
  if (!queue.batches()) return limits;
  limits.timeout = queue.batch->flush_timeout;
  if (queue.batch_sizer() != delivery::Sizer::Items) return limits;
  const auto rows = [](int64_t size) {
    return static_cast<uint32_t>(std::min<int64_t>(size, UINT32_MAX));
  };
  limits.size = {rows(queue.batch->min_size)};
  if (queue.batch->max_size > 0) limits.size_max = rows(queue.batch->max_size);
  return limits;
}

class Component final : public pipeline::Exporter {
 public:
  Component(ClickHouseExporterConfig config, pipeline::Host& host)
      : config_(std::move(config)), host_(host) {
    config_.signals = {};
  }
  static Result<std::unique_ptr<pipeline::Exporter>> make(const Config& config,
                                                          const pipeline::ComponentId& id,
                                                          pipeline::Host& host) {
    auto read = exporter_config(config, host.ack);
    if (!read.ok()) return read.status();
    read->name = id.to_string();
    limit(*read, limits_of(config.sending_queue));
    return std::unique_ptr<pipeline::Exporter>(std::make_unique<Component>(std::move(*read), host));
  }

  void serve(otlp::Signal signal, const pipeline::BatchLimits& limits) override {
    config_.signals[static_cast<size_t>(signal)] = true;
    limit(config_, limits);
  }

  std::string why_without_effect(uint32_t batch_size) const override {
    constexpr uint32_t kClickStacks = 10'000;  // stands in its files, and nobody chose it
    if (batch_size >= kInsertRowsMax || batch_size == kClickStacks) return {};
    return "inserts that are smaller than its own, of " + std::to_string(kInsertRowsMax) +
           " rows, leave by time";
  }

  pipeline::Consumer& stage(size_t lane) override { return made().lane(lane); }
  Status start() override { return made().start(); }
  void stop(std::function<void()> done) override { made().drain(std::move(done)); }
  bool ready() const override { return exporter_ && exporter_->ready(); }

 private:
  /// The options were checked when they were read.
  ClickHouseExporter& made() {
    if (!exporter_) {
      exporter_ =
          ClickHouseExporter::create(config_, host_.lanes, host_.budget, host_.metrics).value();
    }
    return *exporter_;
  }

  ClickHouseExporterConfig config_;
  pipeline::Host& host_;
  std::unique_ptr<ClickHouseExporter> exporter_;
};

}  // namespace

std::unique_ptr<pipeline::Factory> clickhouse_exporter_factory() {
  return std::make_unique<pipeline::ExporterFactory<Config>>(
      pipeline::Factory::About{config::Section::Exporters, "clickhouse",
                               "Stores rows in the tables of ClickStack's schema in ClickHouse."},
      &Component::make);
}

}  // namespace sluice::components
