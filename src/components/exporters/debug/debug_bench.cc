// What a record costs in the debug exporter, said in the log or not.

#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/fd.h"
#include "components/exporters/debug/debug.h"
#include "testing/sample_batch.h"
#include "testing/simple_exporter_rig.h"

namespace sluice::components {
namespace {

constexpr int kRecords = 2000;

/// The log goes nowhere meanwhile.
class SilentLog {
 public:
  SilentLog() : log_(::dup(STDERR_FILENO)) {
    const Fd nowhere(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    ::dup2(nowhere.get(), STDERR_FILENO);
  }
  ~SilentLog() { ::dup2(log_.get(), STDERR_FILENO); }

 private:
  const Fd log_;
};

void export_logs(benchmark::State& state, const char* yaml) {
  const SilentLog silent;
  testing::SimpleExporterRig rig("debug", yaml);
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

void debug_unsaid(benchmark::State& state) {
  export_logs(state, "{sampling_initial: 0, sampling_thereafter: 0}");
}
void debug_basic(benchmark::State& state) { export_logs(state, "{}"); }
void debug_detailed(benchmark::State& state) { export_logs(state, "{verbosity: detailed}"); }

BENCHMARK(debug_unsaid);
BENCHMARK(debug_basic);
BENCHMARK(debug_detailed);

}  // namespace
}  // namespace sluice::components
