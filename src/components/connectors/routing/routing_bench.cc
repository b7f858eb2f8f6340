// What a record costs where it is routed by its resource, and where each one is looked at.

#include <benchmark/benchmark.h>

#include "components/connectors/routing/routing.h"
#include "testing/rig.h"
#include "testing/sample_batch.h"

namespace sluice::components {
namespace {

constexpr int kRecords = 2000;

void route(benchmark::State& state, const char* yaml) {
  testing::Lanes lanes(1);
  Budget budget(testing::Rig::kBudgetBytes);
  metrics::Registry metrics;
  pipeline::Host host{lanes.loops(), budget, metrics};
  const auto factory = routing_connector_factory();
  config::Diagnostics diagnostics;
  const auto options = factory->read(config::parse_yaml(yaml, "").value(),
                                     config::Place(diagnostics, "routing", {}));
  auto made = factory->connector(options, {"routing", ""}, otlp::Signal::Logs, host);
  if (!diagnostics.ok() || !made.ok()) return state.SkipWithError("cannot be made");
  testing::Discard end;
  auto stage = (*made)->stage(0, {{{"logs", "a"}, &end}, {{"logs", "b"}, &end}});
  if (!stage.ok()) return state.SkipWithError("has no stage");
  const std::string bytes = testing::sample_request(otlp::Signal::Logs, kRecords);
  const auto arenas = std::make_shared<pipeline::ArenaPool>();
  for (auto _ : state) {
    state.PauseTiming();
    pipeline::Batch batch = testing::sample_batch(bytes, otlp::Signal::Logs, *arenas);
    state.ResumeTiming();
    (*stage)->consume(std::move(batch));
  }
  state.SetItemsProcessed(state.iterations() * kRecords);
}

void routing_by_resource(benchmark::State& state) {
  route(state, R"({default_pipelines: [logs/b], table: [
      {condition: 'attributes["service.name"] == "none"', pipelines: [logs/a]}]})");
}
void routing_by_log(benchmark::State& state) {
  route(state, R"({default_pipelines: [logs/b], table: [
      {context: log, condition: 'IsMatch(attributes["rr-web.event"], ".*")', pipelines: [logs/a]}]})");
}
void routing_by_log_divided(benchmark::State& state) {
  route(state, R"({default_pipelines: [logs/b], table: [
      {context: log, condition: 'severity_number > 9', pipelines: [logs/a]}]})");
}

BENCHMARK(routing_by_resource);
BENCHMARK(routing_by_log);
BENCHMARK(routing_by_log_divided);

}  // namespace
}  // namespace sluice::components
