// What it costs to give one batch to several stages, by how many of them want it for themselves.

#include "pipeline/fan_out.h"

#include <benchmark/benchmark.h>

#include <deque>

#include "otlp/decode.h"
#include "testing/otlp_samples.h"

namespace sluice::pipeline {
namespace {

constexpr int kRecords = 2000;

class Reads final : public ReadingStage {
 public:
  void read(const BatchView&, Ack&& ack) override { ack.resolve({}); }
};

class Takes final : public Consumer {
 public:
  void consume(Batch&& batch) override { batch.ack.resolve({}); }
};

template <typename Request>
Request* decoded(const std::string& bytes, Arena& arena) {
  auto* request = arena.create<Request>();
  return otlp::decode_protobuf(bytes, arena, *request).ok() ? request : nullptr;
}

/// Arguments: how many stages read, how many take.
void fan_out(benchmark::State& state, otlp::Signal signal, const std::string& bytes) {
  std::deque<Reads> readers(static_cast<size_t>(state.range(0)));
  std::deque<Takes> takers(static_cast<size_t>(state.range(1)));
  std::vector<Consumer*> next;
  next.reserve(readers.size() + takers.size());
  for (Reads& reader : readers) next.push_back(&reader);
  for (Takes& taker : takers) next.push_back(&taker);
  FanOut stage(next);
  Batch batch;
  batch.signal = signal;
  switch (signal) {
    case otlp::Signal::Logs: batch.logs = decoded<otlp::LogsRequest>(bytes, *batch.arena); break;
    case otlp::Signal::Traces:
      batch.traces = decoded<otlp::TracesRequest>(bytes, *batch.arena);
      break;
    case otlp::Signal::Metrics:
      batch.metrics = decoded<otlp::MetricsRequest>(bytes, *batch.arena);
      break;
  }
  for (auto _ : state) {
    // NOLINTNEXTLINE(bugprone-use-after-move): none of the stages moves it away.
    batch.ack = Ack([](Outcome&&) {});
    stage.consume(std::move(batch));
  }
  state.SetItemsProcessed(state.iterations() * kRecords);
}

const bool kRegistered = [] {
  const auto add = [](const char* name, otlp::Signal signal, std::string bytes) {
    benchmark::RegisterBenchmark(name, [=](auto& state) { fan_out(state, signal, bytes); })
        ->ArgNames({"read", "take"})
        ->Args({2, 0})
        ->Args({1, 1})
        ->Args({0, 2})
        ->Args({3, 0})
        ->Args({0, 3});
  };
  add("logs", otlp::Signal::Logs, testing::sample_logs(kRecords, false));
  add("wide_spans", otlp::Signal::Traces, testing::sample_spans(kRecords, true));
  add("metrics", otlp::Signal::Metrics, testing::sample_metrics(kRecords));
  return true;
}();

}  // namespace
}  // namespace sluice::pipeline
