#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/metrics.h"
#include "delivery/backoff.h"
#include "delivery/queue.h"
#include "delivery/remote.h"
#include "pipeline/collector_metrics.h"

namespace sluice::delivery {

/// What all channels of an exporter share.
struct DeliveryConfig {
  std::string exporter;  ///< its id, for logs and metrics
  QueueConfig queue;
  RetryConfig retry;
  Format format = Format::Protobuf;
  wire::Encoding encoding = wire::Encoding::Identity;
  std::optional<int> level;  ///< of compression
  /// Senders are answered once the data is in the queue, and not when it is delivered: what the
  /// process was told (`--ack memory`), never what the queue's options say.
  bool answers_early = false;
};

/// The way out for one signal: a queue, and threads that wait for the remote end. Threads are made
/// when they are needed, up to sending_queue::num_consumers.
class Channel {
 public:
  /// All references must outlive the channel.
  Channel(otlp::Signal signal, const DeliveryConfig& config, Remote& remote, Budget& budget,
          metrics::Registry& metrics);
  /// REQUIRES: stop() is done, or no batch was ever taken.
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  /// Puts requests together, unless the configuration of the queue says how. To be called before
  /// any batch comes.
  void batch_by(const BatchConfig& batch);

  /// Encodes the batch and returns; the ack is resolved once the remote end has decided, or at once
  /// if there is no room. Thread-safe.
  void add(const pipeline::BatchView& batch, pipeline::Ack&& ack);

  /// From now on nothing is tried again: senders are told to retry later. Thread-safe.
  void hurry() { queue_.hurry(); }
  /// What waits is tried once more; `done` runs on any thread when all of it is answered.
  void stop(std::function<void()> done);

 private:
  struct Instruments {
    pipeline::ExporterItems items;
    pipeline::ExporterQueue queue;
    metrics::Counter& retries;
    metrics::Counter& rejected;
  };

  void refuse(std::vector<pipeline::Ack> acks, uint64_t items);
  void add_threads();
  void run();
  void deliver(std::vector<Parcel> parcels);
  void settle(std::vector<Parcel>& parcels, const Attempt& attempt);
  void report(const Attempt& attempt, const Status& status, uint64_t items);
  void encode_body(const std::vector<Parcel>& parcels, Buffer& body) const;

  const otlp::Signal signal_;
  const DeliveryConfig& config_;
  Remote& remote_;
  Budget& budget_;
  QueueConfig queue_config_;
  PackOptions packing_;
  Instruments instruments_;
  Queue queue_;
  std::mutex mutex_;
  std::vector<std::thread> threads_;
  size_t running_ = 0;
  bool stopping_ = false;
  std::function<void()> done_;
};

}  // namespace sluice::delivery
