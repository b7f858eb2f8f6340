#include "components/exporters/clickhouse/exporter.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <tuple>
#include <utility>

#include "base/check.h"
#include "base/log.h"
#include "clickhouse/servers.h"
#include "components/exporters/clickhouse/insert_queue.h"
#include "components/exporters/clickhouse/keeper.h"
#include "components/exporters/clickhouse/lane.h"
#include "components/exporters/clickhouse/sealer.h"
#include "components/exporters/clickhouse/sender.h"

namespace sluice::components {
namespace {

constexpr std::chrono::milliseconds kFlushWhileWaiting{200};
constexpr std::chrono::milliseconds kFlushOtherwise{1000};
/// How often drain() looks; it is the end of the process, so latency matters little and simplicity
/// much.
constexpr std::chrono::milliseconds kDrainPoll{5};
/// A connection and a thread each.
constexpr int kInsertsInFlightMost = 256;

using Lanes = std::vector<std::unique_ptr<LaneExporter>>;

/// Whether the rows are not stored, and the reason may be the server's alone.
bool may_succeed_elsewhere(clickhouse::ErrorClass c) {
  return c == clickhouse::ErrorClass::Transient || c == clickhouse::ErrorClass::BackPressure ||
         c == clickhouse::ErrorClass::Park;
}

/// A sender's connections, one to each server.
class Connections {
 public:
  Connections(const std::vector<clickhouse::Endpoint>& endpoints, clickhouse::Servers& servers)
      : servers_(servers) {
    for (const clickhouse::Endpoint& endpoint : endpoints)
      clients_.push_back(std::make_unique<clickhouse::Client>(endpoint));
  }

  /// What a server has not stored, for a reason that is the server's, goes to another one at once.
  clickhouse::Answer insert(const clickhouse::InsertRequest& request) {
    std::optional<size_t> before;
    for (size_t tries = 1;; ++tries) {
      const size_t server = servers_.pick(Insert::Clock::now(), before);
      clickhouse::Answer answer = clients_[server]->insert(request);
      const bool goes_on = may_succeed_elsewhere(answer.error_class);
      // What may have been stored is not sent again here, but when it is, not to the same server.
      const bool failed = goes_on || answer.error_class == clickhouse::ErrorClass::Ambiguous;
      const auto rest =
          failed ? std::max(clickhouse::Servers::kRest, answer.pause) : std::chrono::seconds(0);
      servers_.done(server, rest, Insert::Clock::now());
      if (!goes_on || tries >= clients_.size()) return answer;
      log::warn("A ClickHouse server did not take an insert; another one is asked",
                {{"endpoint", clients_[server]->endpoint().to_string()},
                 {"code", answer.code},
                 {"error", answer.message}});
      before = server;
    }
  }

  /// Thread-safe.
  void interrupt() {
    for (const auto& client : clients_) client->interrupt();
  }

 private:
  clickhouse::Servers& servers_;
  std::vector<std::unique_ptr<clickhouse::Client>> clients_;
};

Status check(const ClickHouseExporterConfig& config, size_t lanes) {
  if (config.endpoints.empty()) return invalid_argument("there is no ClickHouse to write to");
  if (lanes == 0) return invalid_argument("the ClickHouse exporter needs at least one lane");
  if (config.inserts_in_flight_max < 1 || config.inserts_in_flight_max > kInsertsInFlightMost) {
    return invalid_argument("inserts in flight must be 1 to 256");
  }
  if (config.insert_rows_max == 0 || config.insert_bytes_max == 0) {
    return invalid_argument("the rows and bytes of an insert must be at least 1");
  }
  if (config.timeout.count() <= 0) return invalid_argument("the insert timeout must be positive");
  if (config.flush_interval && config.flush_interval->count() <= 0) {
    return invalid_argument("the flush interval must be positive");
  }
  return {};
}

}  // namespace

struct ClickHouseExporter::Impl {
  Impl(ClickHouseExporterConfig c, std::vector<io::Loop*> l, Budget& budget,
       metrics::Registry& registry);
  ~Impl() { stop(); }

  LaneOptions lane_options() const;
  SenderOptions make_sender_options() const;
  void push(std::unique_ptr<Insert> insert);
  void found_parts(mapping::Table table, uint64_t parts);
  void set_gap(mapping::Table table, std::chrono::milliseconds gap);
  void drain(const std::function<void()>& done);
  bool drained() const { return sealer->empty() && queue->idle(); }
  void stop();
  void account_for_the_rest();

  const ClickHouseExporterConfig config;
  const std::vector<io::Loop*> loops;
  ExporterMetrics metrics;
  LaneControl control;
  const SenderOptions sender_options;
  const std::shared_ptr<InsertQueue> queue = std::make_shared<InsertQueue>(config.retry);
  clickhouse::Servers servers;
  Keeper keeper;
  std::shared_ptr<Sealer> sealer;
  std::shared_ptr<Lanes> lanes = std::make_shared<Lanes>();
  std::vector<std::unique_ptr<Connections>> connections;  // one for each sender
  std::vector<std::unique_ptr<Sender>> senders;
  std::vector<std::thread> threads;
  std::thread drainer;
  std::atomic<bool> stopped{false};
};

ClickHouseExporter::Impl::Impl(ClickHouseExporterConfig c, std::vector<io::Loop*> l, Budget& budget,
                               metrics::Registry& registry)
    : config(std::move(c)),
      loops(std::move(l)),
      metrics(registry, config.name, config.tables),
      sender_options(make_sender_options()),
      servers(config.endpoints.size(), config.strategy),
      keeper(config, [this](mapping::Table table, uint64_t parts) { found_parts(table, parts); }) {
  for (const pipeline::ExporterQueue& one : metrics.queues)
    one.capacity.set(static_cast<int64_t>(budget.limit_bytes()));
  const SealLimits limits{config.insert_rows_max, config.insert_bytes_max, config.give_up_after,
                          config.ack == pipeline::AckMode::Store};
  sealer = std::make_shared<Sealer>(
      loops.size(), limits, [this](std::unique_ptr<Insert> insert) { push(std::move(insert)); });
  const auto pool = std::make_shared<BufferPool>(loops.size());
  for (size_t i = 0; i < loops.size(); ++i) {
    lanes->push_back(std::make_unique<LaneExporter>(i, *loops[i], lane_options(), budget, sealer,
                                                    pool, control, metrics));
  }
  sealer->set_ask([this, weak = std::weak_ptr(lanes)](size_t i, std::shared_ptr<SealRound> round) {
    loops[i]->post([weak, i, round = std::move(round)] {
      if (const auto alive = weak.lock()) (*alive)[i]->seal(*round);
    });
  });
}

LaneOptions ClickHouseExporter::Impl::lane_options() const {
  LaneOptions options;
  options.senders_wait = config.ack == pipeline::AckMode::Store;
  options.lz4 = sender_options.lz4;
  options.logs = config.logs;
  options.attributes = config.attributes;
  options.flush_interval =
      config.flush_interval.value_or(options.senders_wait ? kFlushWhileWaiting : kFlushOtherwise);
  if (config.flush_interval_max && !config.flush_interval)
    options.flush_interval = std::min(options.flush_interval, *config.flush_interval_max);
  options.backed_up = [q = queue, most = static_cast<size_t>(config.inserts_in_flight_max)](
                          mapping::Table table) { return q->waiting(table) >= most; };
  return options;
}

SenderOptions ClickHouseExporter::Impl::make_sender_options() const {
  const bool ours = config.endpoints.front().is_unix();
  SenderOptions options;
  options.tables = config.tables;
  options.attributes = config.attributes;
  options.lz4 = !ours && config.lz4;
  // Our own server's tables keep no tokens: after a crash a token can outlive the rows that it
  // stood for.
  options.tokens = !ours;
  options.timeout = config.timeout;
  options.retries = config.retry.enabled;
  options.database = config.endpoints.front().database;
  options.user = user_of(config.endpoints.front());
  // A column that an older table lacks is left out of the statement, and its bytes are skipped by
  // the reader.
  options.settings.emplace_back("input_format_skip_unknown_fields", "1");
  if (config.attributes == mapping::AttributeType::Json) {
    // A string stays a string, even if it looks like a time; and where two members come to the same
    // path ({"a": {"b": 1}, "a.b": 2}) the first is stored instead of the row being refused.
    options.settings.emplace_back("input_format_try_infer_dates", "0");
    options.settings.emplace_back("input_format_try_infer_datetimes", "0");
    options.settings.emplace_back("type_json_skip_duplicated_paths", "1");
  }
  if (config.late_indexes.value_or(ours)) {
    options.settings.emplace_back("materialize_skip_indexes_on_insert", "0");
  }
  return options;
}

void ClickHouseExporter::Impl::push(std::unique_ptr<Insert> insert) {
  metrics.queued(insert->table(), insert->rows(), insert->bytes());
  queue->push(std::move(insert));
}

void ClickHouseExporter::Impl::found_parts(mapping::Table table, uint64_t parts) {
  metrics.of(table).engine_parts->set(static_cast<int64_t>(parts));
  set_gap(table, gap_for_parts(parts));
}

void ClickHouseExporter::Impl::set_gap(mapping::Table table, std::chrono::milliseconds gap) {
  queue->set_gap(table, gap);
  metrics.of(table).insert_gap_ms->set(gap.count());
  const int64_t before = control.age_ms_min[static_cast<size_t>(table)].exchange(
      gap.count(), std::memory_order_relaxed);
  if (before == 0 && gap.count() != 0) {
    log::warn(
        "ClickHouse has many parts to merge; inserts are slowed down",
        {{"table", config.tables[static_cast<size_t>(table)]}, {"gap_ms", int64_t{gap.count()}}});
  } else if (before != 0 && gap.count() == 0) {
    log::info("ClickHouse has merged its parts; inserts are not slowed down any more",
              {{"table", config.tables[static_cast<size_t>(table)]}});
  }
}

void ClickHouseExporter::Impl::drain(const std::function<void()>& done) {
  control.draining = true;
  const auto deadline = Insert::Clock::now() + config.give_up_after;
  // A lane may be amid a batch that it took in before; once it has come to this, its rows count.
  const auto busy = std::make_shared<std::atomic<size_t>>(loops.size());
  for (io::Loop* loop : loops) loop->post([busy] { --*busy; });
  while ((*busy != 0 || !drained()) && Insert::Clock::now() < deadline) {
    for (const mapping::Table table : mapping::kTables) std::ignore = sealer->seal(table);
    std::this_thread::sleep_for(kDrainPoll);
  }
  stop();
  done();
}

void ClickHouseExporter::Impl::stop() {
  if (stopped.exchange(true)) return;
  queue->stop();
  for (const auto& own : connections) own->interrupt();
  for (std::thread& thread : threads) thread.join();
  keeper.stop();
  account_for_the_rest();
}

/// Waiting senders keep their data and are told to retry. Rows that were acknowledged from memory
/// are lost, which must not happen in silence.
void ClickHouseExporter::Impl::account_for_the_rest() {
  uint64_t rows = sealer->open_rows();
  for (const auto& insert : queue->take_all()) {
    rows += insert->unsent_rows();
    metrics.items_of(insert->table()).send_failed.add(insert->unsent_rows());
    metrics.left(insert->table(), insert->rows(), insert->bytes());
    insert->resolve(unavailable("shutting down before ClickHouse took the rows; send them again"));
  }
  if (rows == 0) return;
  if (config.ack == pipeline::AckMode::Store) {
    metrics.handed_back.add(rows);
    return;
  }
  metrics.lost.add(rows);
  log::error(
      "Rows that were acknowledged from memory are lost: ClickHouse did not take them in time",
      {{"rows", rows}});
}

ClickHouseExporter::ClickHouseExporter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

ClickHouseExporter::~ClickHouseExporter() {
  impl_->stop();
  if (impl_->drainer.joinable()) impl_->drainer.join();
}

Result<std::unique_ptr<ClickHouseExporter>> ClickHouseExporter::create(
    ClickHouseExporterConfig config, std::vector<io::Loop*> lanes, Budget& budget,
    metrics::Registry& metrics) {
  SLUICE_RETURN_IF_ERROR(check(config, lanes.size()));
  auto impl = std::make_unique<Impl>(std::move(config), std::move(lanes), budget, metrics);
  return std::unique_ptr<ClickHouseExporter>(new ClickHouseExporter(std::move(impl)));
}

pipeline::Consumer& ClickHouseExporter::lane(size_t i) { return *(*impl_->lanes)[i]; }

Status ClickHouseExporter::start() {
  Impl& impl = *impl_;
  SLUICE_CHECK(impl.threads.empty());
  if (impl.config.ack == pipeline::AckMode::Memory) {
    log::warn("Data is acknowledged from memory: what ClickHouse has not taken is lost in a crash");
  }
  for (int i = 0; i < impl.config.inserts_in_flight_max; ++i) {
    impl.connections.push_back(std::make_unique<Connections>(impl.config.endpoints, impl.servers));
    impl.senders.push_back(std::make_unique<Sender>(
        [&own = *impl.connections.back()](const clickhouse::InsertRequest& request) {
          return own.insert(request);
        },
        impl.sender_options, *impl.queue, impl.keeper, impl.metrics));
  }
  for (const auto& sender : impl.senders) {
    impl.threads.emplace_back([&s = *sender] { s.run(); });
  }
  impl.keeper.start();
  return {};
}

bool ClickHouseExporter::ready() const { return impl_->keeper.ready() && !impl_->control.draining; }

void ClickHouseExporter::drain(std::function<void()> done) {
  SLUICE_CHECK(!impl_->drainer.joinable());
  impl_->drainer = std::thread([impl = impl_.get(), done = std::move(done)] { impl->drain(done); });
}

}  // namespace sluice::components
