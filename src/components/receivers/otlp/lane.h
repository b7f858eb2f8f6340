#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "base/budget.h"
#include "base/buffer.h"
#include "components/receivers/otlp/instruments.h"
#include "io/loop.h"
#include "pipeline/batch.h"

namespace sluice::components::otlp_receiver {

/// Answers one sender. On the lane's thread.
class Reply {
 public:
  virtual ~Reply() = default;
  virtual void answer(const pipeline::Outcome& outcome) = 0;
};

enum class Format : uint8_t { Protobuf, Json };

/// One lane's share of the receiver: decodes requests, hands them to the pipeline and sees to it
/// that each sender is answered once, by the pipeline or by the sender's own deadline. On the
/// loop's thread, but for what the Acks do.
class Lane : public std::enable_shared_from_this<Lane> {
 public:
  /// All references must outlive the lane, and every Ack it gave out.
  Lane(io::Loop& loop, pipeline::Consumer& next, Budget& budget, Instruments& instruments);

  /// Replaces `body` by what it was decompressed to, and its share of the budget with it.
  /// Unavailable without memory.
  Status replace(Buffer&& expanded, Buffer& body, Budget::Share& memory);

  /// Decodes `message`, a view into `body`.
  Status decode(otlp::Signal signal, Format format, std::string_view message, Buffer&& body,
                Budget::Share&& memory, pipeline::Batch& batch);

  /// Sends a decoded batch down the pipeline. `reply` is answered when the pipeline has resolved
  /// it, or at `deadline`.
  void consume(pipeline::Batch&& batch, Transport transport, std::unique_ptr<Reply> reply,
               std::optional<std::chrono::nanoseconds> timeout);

  Instruments& instruments() { return instruments_; }

 private:
  using Clock = std::chrono::steady_clock;

  struct Open {
    std::unique_ptr<Reply> reply;
    otlp::Signal signal;
    Transport transport;
    uint64_t records;
    std::optional<Clock::time_point> deadline;
  };

  void resolved(uint64_t id, pipeline::Outcome&& outcome);
  void answer(uint64_t id, const pipeline::Outcome& outcome);
  void count(const Open& open, const pipeline::Outcome& outcome);
  void watch_deadlines();
  void expire();

  io::Loop& loop_;
  pipeline::Consumer& next_;
  Budget& budget_;
  Instruments& instruments_;
  std::shared_ptr<pipeline::ArenaPool> arenas_ = std::make_shared<pipeline::ArenaPool>();
  std::unordered_map<uint64_t, Open> open_;
  uint64_t last_id_ = 0;
  io::Loop::Timer deadlines_;
  bool watching_ = false;
};

/// The answer for senders when the budget is used up, in the OpenTelemetry Collector's words.
Status out_of_memory();

/// What senders are told for a status of ours: an unexpected failure becomes Unavailable, since
/// OTLP senders drop their data on any other.
Status for_sender(const Status& status);

}  // namespace sluice::components::otlp_receiver
