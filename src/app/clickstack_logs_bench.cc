// What the built-in pipelines cost a log record: decoding, routing, the log transform. The requests
// have the shape of the macro benchmark's payloads.

#include <benchmark/benchmark.h>

#include "app/clickstack_logs_testing.h"
#include "app/lanes.h"
#include "otlp/decode.h"
#include "testing/otlp_samples.h"

namespace sluice::app {
namespace {

constexpr int kRecords = 1000;

void transform(benchmark::State& state, const std::string& body, bool run) {
  const Lanes none(0);  // the allocator is set up as in the service
  ClickStackLogs pipeline;
  for (auto _ : state) {
    pipeline::Batch batch;
    batch.ack = pipeline::Ack([](pipeline::Outcome&&) {});
    batch.logs = batch.arena->create<otlp::LogsRequest>();
    benchmark::DoNotOptimize(otlp::decode_protobuf(body, *batch.arena, *batch.logs));
    if (run) pipeline.run(std::move(batch));
    pipeline.logs.batches.clear();
    pipeline.sessions.batches.clear();
  }
  state.SetItemsProcessed(state.iterations() * kRecords);
}

void BM_text_decode(benchmark::State& s) {
  transform(s, testing::sample_logs(kRecords, false), false);
}
void BM_text_transform(benchmark::State& s) {
  transform(s, testing::sample_logs(kRecords, false), true);
}
void BM_json_decode(benchmark::State& s) {
  transform(s, testing::sample_logs(kRecords, true), false);
}
void BM_json_transform(benchmark::State& s) {
  transform(s, testing::sample_logs(kRecords, true), true);
}
BENCHMARK(BM_text_decode);
BENCHMARK(BM_text_transform);
BENCHMARK(BM_json_decode);
BENCHMARK(BM_json_transform);

}  // namespace
}  // namespace sluice::app
