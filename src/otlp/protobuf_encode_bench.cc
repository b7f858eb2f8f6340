#include <benchmark/benchmark.h>

#include "otlp/decode.h"
#include "otlp/protobuf_encode.h"
#include "testing/otlp_samples.h"

namespace sluice::otlp {
namespace {

constexpr int kRecords = 2000;

template <typename Request>
void encode(benchmark::State& state, const std::string& body) {
  Arena arena;
  Request request;
  if (!decode_protobuf(body, arena, request).ok()) state.SkipWithError("not decoded");
  wire::ProtoBackwardWriter out;
  for (auto _ : state) {
    out.clear();
    encode_protobuf(request, out);
    benchmark::DoNotOptimize(out.view().data());
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * body.size()));
  state.SetItemsProcessed(state.iterations() * kRecords);
}

void encode_small_spans(benchmark::State& state) {
  encode<TracesRequest>(state, testing::sample_spans(kRecords, false));
}
void encode_wide_spans(benchmark::State& state) {
  encode<TracesRequest>(state, testing::sample_spans(kRecords, true));
}
void encode_text_logs(benchmark::State& state) {
  encode<LogsRequest>(state, testing::sample_logs(kRecords, false));
}
void encode_gauge_points(benchmark::State& state) {
  encode<MetricsRequest>(state, testing::sample_metrics(kRecords));
}

BENCHMARK(encode_small_spans);
BENCHMARK(encode_wide_spans);
BENCHMARK(encode_text_logs);
BENCHMARK(encode_gauge_points);

}  // namespace
}  // namespace sluice::otlp
