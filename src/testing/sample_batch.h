#pragma once

// Batches for benchmarks: the records of testing/otlp_samples.h, decoded as a receiver does it.

#include <memory>
#include <string>
#include <utility>

#include "otlp/decode.h"
#include "pipeline/batch.h"
#include "testing/otlp_samples.h"

namespace sluice::testing {

/// A request of a signal in protobuf: text logs, wide spans, gauges.
inline std::string sample_request(otlp::Signal signal, int records) {
  switch (signal) {
    case otlp::Signal::Logs: return sample_logs(records, false);
    case otlp::Signal::Traces: return sample_spans(records, true);
    case otlp::Signal::Metrics: break;
  }
  return sample_metrics(records);
}

template <typename Request>
Request* decoded(const std::string& bytes, Arena& arena) {
  auto* request = arena.create<Request>();
  if (!otlp::decode_protobuf(bytes, arena, *request).ok()) return nullptr;
  return request;
}

/// `bytes` must outlive the batch. Nobody waits for its answer.
inline pipeline::Batch sample_batch(const std::string& bytes, otlp::Signal signal,
                                    pipeline::ArenaPool& arenas) {
  pipeline::Batch batch;
  batch.signal = signal;
  batch.arena = arenas.take();
  Arena& arena = *batch.arena;
  switch (signal) {
    case otlp::Signal::Logs: batch.logs = decoded<otlp::LogsRequest>(bytes, arena); break;
    case otlp::Signal::Traces: batch.traces = decoded<otlp::TracesRequest>(bytes, arena); break;
    case otlp::Signal::Metrics: batch.metrics = decoded<otlp::MetricsRequest>(bytes, arena); break;
  }
  batch.ack = pipeline::Ack([](pipeline::Outcome&&) {});
  return batch;
}

/// Where batches end.
class Discard final : public pipeline::Consumer {
 public:
  void consume(pipeline::Batch&& batch) override { batch.ack.resolve({}); }
};

}  // namespace sluice::testing
