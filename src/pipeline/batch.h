#pragma once

#include <memory>
#include <mutex>
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
};

/// A stage of a pipeline. One instance belongs to one lane and is called on that lane's thread
/// only.
class Consumer {
 public:
  virtual ~Consumer() = default;
  /// Takes the batch over, never blocks, and sees to it that its ack is resolved exactly once.
  virtual void consume(Batch&& batch) = 0;
};

}  // namespace sluice::pipeline
