#include "delivery/channel.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/log.h"
#include "pipeline/count.h"

namespace sluice::delivery {
namespace {

using Verdict = Attempt::Verdict;

PackOptions packing_of(Format format, const QueueConfig& queue) {
  PackOptions options;
  options.format = format;
  if (!queue.batches()) return options;
  options.sizer = queue.batch_sizer();
  options.size_max = static_cast<uint64_t>(queue.batch->max_size);
  for (const std::string& key : queue.batch->partition.metadata_keys)
    options.partition_keys.push_back(ascii::lower(key));
  return options;
}

metrics::Labels labels_of(const DeliveryConfig& config, otlp::Signal signal) {
  return {{"exporter", config.exporter}, {"signal", std::string(otlp::signal_name(signal))}};
}

uint64_t seed_of(const Parcel& parcel) {
  return static_cast<uint64_t>(parcel.since.time_since_epoch().count()) * 0x9e3779b97f4a7c15u +
         parcel.bytes.size();
}

}  // namespace

Channel::Channel(otlp::Signal signal, const DeliveryConfig& config, Remote& remote, Budget& budget,
                 metrics::Registry& metrics)
    : signal_(signal),
      config_(config),
      remote_(remote),
      budget_(budget),
      queue_config_(config.queue),
      packing_(packing_of(config.format, config.queue)),
      instruments_{
          pipeline::ExporterItems(metrics, config.exporter, signal),
          pipeline::ExporterQueue(metrics, config.exporter, signal),
          metrics.counter("sluice_exporter_retries_total", "Requests that were sent again.",
                          labels_of(config, signal)),
          metrics.counter("sluice_exporter_rejected_records_total",
                          "Records that the remote end took and rejected, by its partial success.",
                          labels_of(config, signal))},
      queue_(queue_config_) {
  instruments_.queue.capacity.set(config.queue.queue_size);
}

Channel::~Channel() {
  for (std::thread& thread : threads_) thread.join();
}

void Channel::batch_by(const BatchConfig& batch) {
  if (queue_config_.batch) return;
  queue_config_.batch = batch;
  packing_ = packing_of(config_.format, queue_config_);
}

void Channel::add(const pipeline::BatchView& batch, pipeline::Ack&& ack) {
  std::vector<pipeline::Ack> acks;  // those that are answered here
  if (queue_.full()) {
    acks.push_back(std::move(ack));
    refuse(std::move(acks), pipeline::count_items(batch));
    return;
  }
  std::vector<Parcel> parcels = pack(batch, std::move(ack), packing_, budget_);
  if (parcels.empty()) return;
  if (config_.answers_early) {
    for (Parcel& parcel : parcels) acks.push_back(std::move(parcel.ack));
  }
  if (!queue_.offer(parcels)) {
    uint64_t items = 0;
    for (Parcel& parcel : parcels) {
      items += parcel.items;
      if (!parcel.ack.empty()) acks.push_back(std::move(parcel.ack));
    }
    refuse(std::move(acks), items);
    return;
  }
  for (pipeline::Ack& early : acks) early.resolve({});
  instruments_.queue.size.set(queue_.size());
  if (queue_.unattended() != 0) add_threads();
}

/// There is no room: senders come again later.
void Channel::refuse(std::vector<pipeline::Ack> acks, uint64_t items) {
  instruments_.items.enqueue_failed.add(items);
  const Status full = unavailable("the sending queue of " + config_.exporter + " is full");
  for (pipeline::Ack& ack : acks) ack.resolve({full, 0, {}});
}

void Channel::add_threads() {
  const std::lock_guard lock(mutex_);
  const auto most = static_cast<size_t>(config_.queue.num_consumers);
  if (stopping_ || threads_.size() >= most) return;
  ++running_;
  threads_.emplace_back([this] { run(); });
}

void Channel::run() {
  for (;;) {
    std::vector<Parcel> parcels = queue_.take();
    if (parcels.empty()) break;
    deliver(std::move(parcels));
  }
  std::function<void()> done;
  {
    const std::lock_guard lock(mutex_);
    if (--running_ == 0) done = std::move(done_);
  }
  if (done) done();
}

void Channel::stop(std::function<void()> done) {
  queue_.stop();
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    if (running_ != 0) {
      done_ = std::move(done);
      return;
    }
  }
  done();
}

void Channel::encode_body(const std::vector<Parcel>& parcels, Buffer& body) const {
  if (parcels.size() == 1) {
    wire::compress(config_.encoding, parcels.front().bytes.view(), body, config_.level);
    return;
  }
  Buffer joined;
  join(parcels, signal_, config_.format, joined);
  wire::compress(config_.encoding, joined.view(), body, config_.level);
}

void Channel::deliver(std::vector<Parcel> parcels) {
  Attempt attempt;
  {
    Buffer body;
    encode_body(parcels, body);
    uint64_t items = 0;
    for (const Parcel& parcel : parcels) items += parcel.items;
    instruments_.queue.batch_send_size.observe(static_cast<double>(items));
    Backoff backoff(config_.retry, seed_of(parcels.front()), Backoff::Clock::now());
    for (;;) {
      instruments_.queue.in_flight.add(1);
      attempt = remote_.send(signal_, body.view());
      instruments_.queue.in_flight.add(-1);
      if (attempt.verdict != Verdict::Retry) break;
      const auto pause = backoff.next(Backoff::Clock::now(), attempt.retry_after);
      if (!pause) break;
      log::warn("a request was not taken; it will be sent again",
                {{"exporter", config_.exporter},
                 {"error", attempt.status.message()},
                 {"items", items},
                 {"pause_ms", static_cast<int64_t>(*pause / std::chrono::milliseconds(1))}});
      instruments_.retries.add();
      if (!queue_.pause(*pause)) break;
    }
  }
  // One sender's bad records must not take those of the others along.
  if (attempt.verdict == Verdict::Refused && parcels.size() > 1) {
    for (Parcel& parcel : parcels) {
      std::vector<Parcel> alone;
      alone.push_back(std::move(parcel));
      deliver(std::move(alone));
    }
    return;
  }
  queue_.release(parcels);
  instruments_.queue.size.set(queue_.size());
  settle(parcels, attempt);
}

void Channel::report(const Attempt& attempt, const Status& status, uint64_t items) {
  if (attempt.verdict != Verdict::Done) {
    instruments_.items.send_failed.add(items);
    const bool is_refused = attempt.verdict == Verdict::Refused;
    log::error("a request could not be delivered",
               {{"exporter", config_.exporter},
                {"error", status.message()},
                {"items", items},
                {"sender_told", config_.answers_early ? "that it was taken: the data is lost"
                                : is_refused          ? "that its data is refused"
                                                      : "to retry later"}});
    return;
  }
  const uint64_t rejected = std::min(attempt.rejected, items);
  instruments_.items.sent.add(items - rejected);
  instruments_.rejected.add(rejected);
  if (rejected == 0 && attempt.message.empty()) return;
  log::warn("the remote end has rejected records, or warns",
            {{"exporter", config_.exporter}, {"rejected", rejected}, {"message", attempt.message}});
}

void Channel::settle(std::vector<Parcel>& parcels, const Attempt& attempt) {
  uint64_t items = 0;
  for (const Parcel& parcel : parcels) items += parcel.items;
  Status status;
  switch (attempt.verdict) {
    case Verdict::Done: break;
    case Verdict::Retry: status = unavailable(attempt.status.message()); break;
    case Verdict::Refused: status = attempt.status; break;
    case Verdict::Barred:
      // Not the sender's fault, and its data is good: it may keep it until this is put right.
      status = {Code::FailedPrecondition, attempt.status.message()};
      break;
  }
  report(attempt, status, items);
  uint64_t rejected_left = attempt.verdict == Verdict::Done ? attempt.rejected : 0;
  for (Parcel& parcel : parcels) {
    pipeline::Outcome own{status, std::min(rejected_left, parcel.items), {}};
    if (own.rejected != 0) own.reason = attempt.message;
    rejected_left -= own.rejected;
    parcel.memory.reset();
    if (!parcel.ack.empty()) parcel.ack.resolve(std::move(own));
  }
}

}  // namespace sluice::delivery
