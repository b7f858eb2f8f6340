// What a record costs on its way out over OTLP, until the network: encoded and compressed.

#include <benchmark/benchmark.h>

#include "delivery/parcel.h"
#include "testing/sample_batch.h"
#include "wire/compression.h"

namespace sluice::delivery {
namespace {

constexpr int kRecords = 2000;

void pack_and_compress(benchmark::State& state, otlp::Signal signal, Format format,
                       wire::Encoding encoding) {
  const std::string bytes = testing::sample_request(signal, kRecords);
  const auto arenas = std::make_shared<pipeline::ArenaPool>();
  Budget budget(size_t{1} << 30);
  PackOptions options;
  options.format = format;
  Buffer body;
  for (auto _ : state) {
    state.PauseTiming();
    pipeline::Batch batch = testing::sample_batch(bytes, signal, *arenas);
    state.ResumeTiming();
    std::vector<Parcel> parcels = pack(batch.view(), std::move(batch.ack), options, budget);
    body.clear();
    wire::compress(encoding, parcels.front().bytes.view(), body);
    benchmark::DoNotOptimize(body.data());
    state.PauseTiming();
    for (Parcel& parcel : parcels) parcel.ack.resolve({});
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * kRecords);
}

using otlp::Signal;
using wire::Encoding;

void logs_protobuf(benchmark::State& state) {
  pack_and_compress(state, Signal::Logs, Format::Protobuf, Encoding::Identity);
}
void logs_protobuf_gzip(benchmark::State& state) {
  pack_and_compress(state, Signal::Logs, Format::Protobuf, Encoding::Gzip);
}
void logs_protobuf_zstd(benchmark::State& state) {
  pack_and_compress(state, Signal::Logs, Format::Protobuf, Encoding::Zstd);
}
void logs_json(benchmark::State& state) {
  pack_and_compress(state, Signal::Logs, Format::Json, Encoding::Identity);
}
void spans_protobuf(benchmark::State& state) {
  pack_and_compress(state, Signal::Traces, Format::Protobuf, Encoding::Identity);
}
void points_protobuf(benchmark::State& state) {
  pack_and_compress(state, Signal::Metrics, Format::Protobuf, Encoding::Identity);
}

BENCHMARK(logs_protobuf);
BENCHMARK(logs_protobuf_gzip);
BENCHMARK(logs_protobuf_zstd);
BENCHMARK(logs_json);
BENCHMARK(spans_protobuf);
BENCHMARK(points_protobuf);

}  // namespace
}  // namespace sluice::delivery
