// What a record costs in the file exporter, by the form of the file.

#include <benchmark/benchmark.h>

#include "components/exporters/file/file.h"
#include "testing/sample_batch.h"
#include "testing/simple_exporter_rig.h"

namespace sluice::components {
namespace {

constexpr int kRecords = 2000;

void export_logs(benchmark::State& state, const char* yaml) {
  testing::SimpleExporterRig rig("file", yaml);
  const std::string bytes = testing::sample_request(otlp::Signal::Logs, kRecords);
  const auto arenas = std::make_shared<pipeline::ArenaPool>();
  for (auto _ : state) {
    state.PauseTiming();
    pipeline::Batch batch = testing::sample_batch(bytes, otlp::Signal::Logs, *arenas);
    state.ResumeTiming();
    rig.stage().consume(std::move(batch));
  }
  state.SetItemsProcessed(state.iterations() * kRecords);
}

void file_json(benchmark::State& state) { export_logs(state, "{path: /dev/null}"); }
void file_proto(benchmark::State& state) { export_logs(state, "{path: /dev/null, format: proto}"); }
void file_json_zstd(benchmark::State& state) {
  export_logs(state, "{path: /dev/null, compression: zstd}");
}

BENCHMARK(file_json);
BENCHMARK(file_proto);
BENCHMARK(file_json_zstd);

}  // namespace
}  // namespace sluice::components
