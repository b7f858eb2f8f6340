#include "components/exporters/clickhouse/lane.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/check.h"
#include "pipeline/count.h"

namespace sluice::components {
namespace {

/// The memory of a larger block is given back when its rows have left: it held one unusual request.
constexpr size_t kBlockBytesKept = 32 << 20;

}  // namespace

LaneExporter::LaneExporter(size_t index, io::Loop& loop, const LaneOptions& options, Budget& budget,
                           std::shared_ptr<Sealer> sealer, std::shared_ptr<BufferPool> pool,
                           const LaneControl& control, const ExporterMetrics& metrics)
    : index_(index),
      loop_(loop),
      options_(options),
      budget_(budget),
      sealer_(std::move(sealer)),
      pool_(std::move(pool)),
      control_(control),
      metrics_(metrics),
      mapper_(options.attributes) {
  for (OpenTable& open : open_) open.timer = std::make_unique<io::Loop::Timer>(loop_);
}

void LaneExporter::read(const pipeline::BatchView& batch, pipeline::Ack&& ack) {
  if (control_.draining.load(std::memory_order_relaxed)) {
    metrics_.items[static_cast<size_t>(batch.signal)].enqueue_failed.add(
        pipeline::count_items(batch));
    ack.resolve({unavailable("shutting down; send the request again"), 0, {}});
    return;
  }
  mapping::Rejects rejects = map(batch);
  promise(ack);
  grow();
  // Last: a sender that has its answer may rely on the rows being counted, and so does drain().
  if (rejects.count != 0)
    metrics_.items[static_cast<size_t>(batch.signal)].send_failed.add(rejects.count);
  ack.resolve({Status(), rejects.count, std::move(rejects.reason)});
}

/// Appends the batch's rows and notes in grown_ which blocks they went to.
mapping::Rejects LaneExporter::map(const pipeline::BatchView& batch) {
  std::array<uint32_t, mapping::kTableCount> before;
  for (const mapping::Table table : mapping::kTables) {
    before[static_cast<size_t>(table)] = blocks_.rows(table);
  }
  mapping::Rejects rejects;
  switch (batch.signal) {
    case otlp::Signal::Logs: mapper_.map(*batch.logs, options_.logs, blocks_, rejects); break;
    case otlp::Signal::Traces: mapper_.map(*batch.traces, blocks_, rejects); break;
    case otlp::Signal::Metrics: mapper_.map(*batch.metrics, blocks_, rejects); break;
  }
  grown_.clear();
  for (const mapping::Table table : mapping::kTables) {
    const auto t = static_cast<size_t>(table);
    const uint32_t rows = blocks_.rows(table) - before[t];
    if (rows == 0) continue;
    const size_t bytes = blocks_.by_table[t]->bytes();
    grown_.push_back({table, before[t], rows, bytes - std::min(bytes, open_[t].bytes)});
  }
  return rejects;
}

/// Each block that holds rows of a request keeps a promise for them, where senders wait.
void LaneExporter::promise(pipeline::Ack& ack) {
  if (!options_.senders_wait) return;
  for (const Growth& g : grown_) {
    open_[static_cast<size_t>(g.table)].acks.push_back({ack.split(), g.first_row, g.rows});
  }
}

void LaneExporter::grow() {
  for (const Growth& g : grown_) {
    OpenTable& open = open_[static_cast<size_t>(g.table)];
    open.bytes += g.bytes;
    budget_.charge(open.memory, g.bytes);
    if (g.first_row == 0) arm(g.table);
  }
  // Last, since it may begin to close blocks.
  for (const Growth& g : grown_) sealer_->grew(index_, g.table, g.rows, g.bytes);
}

void LaneExporter::arm(mapping::Table table) {
  const auto t = static_cast<size_t>(table);
  const std::chrono::milliseconds least(control_.age_ms_min[t].load(std::memory_order_relaxed));
  open_[t].timer->after(std::max(options_.flush_interval, least), [this, table] { due(table); });
}

/// A round that goes on may not have asked this lane, so its rows wait for another turn of the
/// timer. If it has, sealing cancels the timer.
void LaneExporter::due(mapping::Table table) {
  if ((!options_.senders_wait && options_.backed_up(table)) || !sealer_->seal(table)) arm(table);
}

void LaneExporter::seal(SealRound& round) {
  const auto t = static_cast<size_t>(round.table());
  OpenTable& open = open_[t];
  const uint32_t rows = blocks_.rows(round.table());
  if (rows == 0) {
    round.join({});
    return;
  }
  open.timer->cancel();
  native::Block& block = *blocks_.by_table[t];
  std::vector<SealedPart> parts = make_parts(round.table(), block);
  block.reset();
  open.memory.reset();
  if (open.bytes > kBlockBytesKept) blocks_.by_table[t].reset();
  deal_acks(std::exchange(open.acks, {}), parts);
  sealer_->taken(index_, round.table(), rows, std::exchange(open.bytes, 0));
  round.join(std::move(parts));
}

/// A part of each partition, encoded here, on the lane, so that the work of all lanes goes on at
/// once.
std::vector<SealedPart> LaneExporter::make_parts(mapping::Table table, const native::Block& block) {
  order_.order.clear();
  order_.partition_ends.clear();
  order_.partition_days.clear();
  mapping::plan_order(table, block, order_);
  SLUICE_CHECK(order_.partition_days.size() == order_.partition_ends.size());
  std::vector<SealedPart> parts;
  uint32_t from = 0;
  for (size_t i = 0; i < order_.partition_ends.size(); ++i) {
    const uint32_t to = order_.partition_ends[i];
    parts.push_back({order_.partition_days[i], make_part(table, block, from, to)});
    from = to;
  }
  return parts;
}

/// Rows [from, to) of order_.
Part LaneExporter::make_part(mapping::Table table, const native::Block& block, uint32_t from,
                             uint32_t to) {
  Part part;
  part.order.assign(order_.order.begin() + from, order_.order.begin() + to);
  double& share = open_[static_cast<size_t>(table)].encoded_share;
  const double bytes =
      std::max(1.0, static_cast<double>(block.bytes()) * (to - from) / block.rows());
  const std::shared_ptr<Buffer> encoded = pool_->lend(static_cast<size_t>(bytes * share));
  encode_block(options_.lz4, *encoded, [&](Output& out) { block.encode(part.order, out); });
  share = static_cast<double>(encoded->size()) / bytes;
  part.encoded = encoded;
  budget_.charge(part.memory, encoded->capacity() + part.order.capacity() * sizeof(part.order[0]));
  return part;
}

/// Gives each part the promises for its rows. One that has rows in several parts is split.
void LaneExporter::deal_acks(std::vector<AckSpan>&& acks, std::vector<SealedPart>& parts) {
  if (parts.size() == 1) {
    parts.front().part.acks = std::move(acks);
    return;
  }
  for (SealedPart& sealed : parts) {
    std::vector<uint8_t> touched(acks.size(), 0);
    for (const uint32_t row : sealed.part.order) {
      if (!acks.empty()) touched[span_of(acks, row)] = 1;
    }
    for (size_t i = 0; i < acks.size(); ++i) {
      if (touched[i] == 0) continue;
      sealed.part.acks.push_back({acks[i].ack.split(), acks[i].first_row, acks[i].rows});
    }
  }
  for (AckSpan& span : acks) span.ack.resolve({});
}

}  // namespace sluice::components
