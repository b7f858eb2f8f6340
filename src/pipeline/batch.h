#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "base/arena.h"
#include "base/budget.h"
#include "base/buffer.h"
#include "otlp/metadata.h"
#include "otlp/records.h"
#include "pipeline/ack.h"

namespace sluice::pipeline {

/// Arenas that wait for their next request, so that a steady load allocates none. Thread-safe.
class ArenaPool : public std::enable_shared_from_this<ArenaPool> {
 public:
  /// More wait only for a burst, and are freed after it.
  static constexpr size_t kKeptMax = 4;

  /// Gives an arena back to its pool, or frees one that has none.
  struct Return {
    std::shared_ptr<ArenaPool> pool;
    void operator()(Arena* arena) const;
  };

  std::unique_ptr<Arena, Return> take();

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Arena>> kept_;
};

using PooledArena = std::unique_ptr<Arena, ArenaPool::Return>;

/// What a batch holds, for those who only look at it; valid until the batch is changed or goes.
struct BatchView {
  otlp::Signal signal = otlp::Signal::Logs;
  /// The one of `signal` is set.
  const otlp::LogsRequest* logs = nullptr;
  const otlp::TracesRequest* traces = nullptr;
  const otlp::MetricsRequest* metrics = nullptr;
  const otlp::Metadata* metadata = nullptr;
};

/// One export request on its way: the body bytes, the arena with the records whose strings point
/// into either, and the promise to answer. Move-only; moving it leaves records and bytes where they
/// are.
struct Batch {
  otlp::Signal signal = otlp::Signal::Logs;
  PooledArena arena{new Arena};
  Buffer body;
  Budget::Share memory;  ///< what body and records take of the process's budget
  /// In the arena; the one of `signal` is set.
  otlp::LogsRequest* logs = nullptr;
  otlp::TracesRequest* traces = nullptr;
  otlp::MetricsRequest* metrics = nullptr;
  /// Of the request, where the receiver keeps it (include_metadata); in the arena, or null.
  const otlp::Metadata* metadata = nullptr;
  Ack ack;

  BatchView view() const { return {signal, logs, traces, metrics, metadata}; }
};

/// How data comes to a stage that neither changes nor keeps it, so that others may have the same.
class Reader {
 public:
  /// Takes what it needs before it returns: what comes after may change the records. Never blocks,
  /// and sees to it that the ack is resolved exactly once.
  virtual void read(const BatchView& batch, Ack&& ack) = 0;

 protected:
  ~Reader() = default;
};

/// A stage of a pipeline. One instance belongs to one lane and is called on that lane's thread
/// only.
class Consumer {
 public:
  virtual ~Consumer() = default;
  /// Takes the batch over, never blocks, and sees to it that its ack is resolved exactly once.
  virtual void consume(Batch&& batch) = 0;
  /// The stage, if it and all behind it only read: then it may be given data by read() as well as
  /// by consume(). Null where data is changed or kept. Never another answer than the first.
  virtual Reader* reader() { return nullptr; }
};

/// A stage that reads and passes nothing on, as most exporters do.
class ReadingStage : public Consumer, public Reader {
 public:
  void consume(Batch&& batch) final { read(batch.view(), std::move(batch.ack)); }
  Reader* reader() final { return this; }
};

}  // namespace sluice::pipeline
