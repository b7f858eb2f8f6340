#include <benchmark/benchmark.h>

#include "otlp/decode.h"
#include "testing/otlp_json.h"
#include "testing/otlp_samples.h"

namespace sluice::otlp {
namespace {

constexpr int kRecords = 2000;

/// The sample request as JSON.
template <typename Request>
std::string json_of(const std::string& protobuf) {
  Arena arena;
  Request request;
  if (!decode_protobuf(protobuf, arena, request).ok()) return {};
  return testing::to_json(request);
}

template <typename Request>
void decode(benchmark::State& state, const std::string& body) {
  Arena arena;
  for (auto _ : state) {
    arena.reset(size_t{64} << 20);
    Request request;
    if (!decode_json(body, arena, request).ok()) state.SkipWithError("not decoded");
    benchmark::DoNotOptimize(request);
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * body.size()));
  state.SetItemsProcessed(state.iterations() * kRecords);
}

void small_spans(benchmark::State& state) {
  decode<TracesRequest>(state, json_of<TracesRequest>(testing::sample_spans(kRecords, false)));
}
void wide_spans(benchmark::State& state) {
  decode<TracesRequest>(state, json_of<TracesRequest>(testing::sample_spans(kRecords, true)));
}
void text_logs(benchmark::State& state) {
  decode<LogsRequest>(state, json_of<LogsRequest>(testing::sample_logs(kRecords, false)));
}
void json_body_logs(benchmark::State& state) {
  decode<LogsRequest>(state, json_of<LogsRequest>(testing::sample_logs(kRecords, true)));
}
void gauge_points(benchmark::State& state) {
  decode<MetricsRequest>(state, json_of<MetricsRequest>(testing::sample_metrics(kRecords)));
}

BENCHMARK(small_spans);
BENCHMARK(wide_spans);
BENCHMARK(text_logs);
BENCHMARK(json_body_logs);
BENCHMARK(gauge_points);

}  // namespace
}  // namespace sluice::otlp
