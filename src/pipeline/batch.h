#pragma once

#include <memory>

#include "base/arena.h"
#include "base/budget.h"
#include "base/buffer.h"
#include "otlp/records.h"
#include "pipeline/ack.h"

namespace sluice::pipeline {

/// One export request on its way: the body bytes, the arena with the records whose strings point into either, and the
/// promise to answer. Move-only; moving it leaves records and bytes where they are.
struct Batch {
  otlp::Signal signal = otlp::Signal::Logs;
  std::unique_ptr<Arena> arena = std::make_unique<Arena>();
  Buffer body;
  Budget::Share memory;  ///< what the body takes of the process's budget
  /// In the arena; the one of `signal` is set.
  otlp::LogsRequest* logs = nullptr;
  otlp::TracesRequest* traces = nullptr;
  otlp::MetricsRequest* metrics = nullptr;
  Ack ack;
};

/// A stage of a pipeline. One instance belongs to one lane and is called on that lane's thread only.
class Consumer {
 public:
  virtual ~Consumer() = default;
  /// Takes the batch over, never blocks, and sees to it that its ack is resolved exactly once.
  virtual void consume(Batch&& batch) = 0;
};

}  // namespace sluice::pipeline
