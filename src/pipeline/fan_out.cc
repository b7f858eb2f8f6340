#include "pipeline/fan_out.h"

#include "otlp/clone.h"

namespace sluice::pipeline {
namespace {

template <typename Request>
Request* copy(const Request* request, Arena& arena) {
  if (request == nullptr) return nullptr;
  auto* copied = arena.create<Request>();
  otlp::clone(*request, arena, *copied);
  return copied;
}

/// All of it in an arena of its own, so that both may be changed.
Batch copy_of(Batch& batch) {
  Batch copied;
  copied.signal = batch.signal;
  copied.logs = copy(batch.logs, *copied.arena);
  copied.traces = copy(batch.traces, *copied.arena);
  copied.metrics = copy(batch.metrics, *copied.arena);
  copied.ack = batch.ack.split();
  return copied;
}

}  // namespace

void FanOut::consume(Batch&& batch) {
  for (size_t i = 0; i + 1 < next_.size(); ++i) next_[i]->consume(copy_of(batch));
  next_.back()->consume(std::move(batch));
}

}  // namespace sluice::pipeline
