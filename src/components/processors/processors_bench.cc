// What a record costs in each processor: 2,000 records a batch, as the macro benchmark has them.

#include <benchmark/benchmark.h>

#include "testing/rig.h"
#include "testing/sample_batch.h"

namespace sluice::components {
namespace {

using testing::Lanes;
using testing::Rig;

using otlp::Signal;

constexpr int kRecords = 2000;

/// A stage that hands batches on as they are takes no time, but making batches does.
constexpr int kPasses = 100;

struct Work {
  const char* name;
  const char* type;
  const char* yaml;
  Signal signal;
  int iterations = 0;  ///< 0: as many as the measurement needs
};

const Work kWork[] = {
    {"attributes/insert", "attributes", "{actions: [{key: a, action: insert, value: 1}]}",
     Signal::Logs},
    {"attributes/include_regexp", "attributes",
     "{include: {match_type: regexp, log_bodies: ['GET .* 200']}, actions: [{key: a, action: "
     "upsert, value: x}]}",
     Signal::Logs},
    {"resource/upsert", "resource", "{attributes: [{key: a, action: upsert, value: 1}]}",
     Signal::Logs},
    {"span/to_attributes", "span", "{name: {to_attributes: {rules: ['^(?P<first>[^ /]*)']}}}",
     Signal::Traces},
    {"groupbyattrs/one_key", "groupbyattrs", "{keys: [http.method]}", Signal::Traces},
    {"filter/ottl", "filter", R"({logs: {log_record: ['severity_number > 20']}})", Signal::Logs},
    {"filter/strict", "filter", "{logs: {exclude: {match_type: strict, bodies: [nothing]}}}",
     Signal::Logs},
    {"transform/set", "transform", R"({log_statements: ['set(log.attributes["a"], "b")']})",
     Signal::Logs},
    {"redaction/keys", "redaction", "{allow_all_keys: true, blocked_key_patterns: ['token']}",
     Signal::Logs},
    {"redaction/values", "redaction", "{allow_all_keys: true, blocked_values: ['4[0-9]{15}']}",
     Signal::Logs},
    {"redaction/statements", "redaction",
     "{allow_all_keys: true, db_sanitizer: {sql: {enabled: true}, mongo: {enabled: true}}}",
     Signal::Logs},
    {"redaction/urls", "redaction", "{allow_all_keys: true, url_sanitizer: {enabled: true}}",
     Signal::Logs},
    {"probabilistic_sampler/hash", "probabilistic_sampler", "{sampling_percentage: 10}",
     Signal::Traces},
    {"tail_sampling/status", "tail_sampling",
     "{decision_wait: 1ms, policies: [{name: e, type: status_code, status_code: {status_codes: "
     "[ERROR]}}]}",
     Signal::Traces},
    {"cumulativetodelta/gauges_pass", "cumulativetodelta", "{}", Signal::Metrics, kPasses},
    {"metricstransform/rename", "metricstransform",
     "{transforms: [{include: '(.*)', match_type: regexp, action: update, new_name: 'x.${1}'}]}",
     Signal::Metrics},
    {"metricstransform/aggregate", "metricstransform",
     "{transforms: [{include: '.*', match_type: regexp, action: update, operations: [{action: "
     "aggregate_labels, label_set: [], aggregation_type: sum}]}]}",
     Signal::Metrics},
    {"logdedup/all", "logdedup", "{}", Signal::Logs},
    {"batch/pass", "batch", "{}", Signal::Logs, kPasses},
    {"resourcedetection/system", "resourcedetection", "{detectors: [system]}", Signal::Logs},
    {"memory_limiter/pass", "memory_limiter", "{check_interval: 1s, limit_mib: 1000}", Signal::Logs,
     kPasses},
};

/// The counter that cumulativetodelta follows: all gauges made cumulative sums.
void make_sums(pipeline::Batch& batch, uint64_t time) {
  pipeline::each_record(batch, [&](auto&, auto&, auto& record) {
    if constexpr (std::is_same_v<std::decay_t<decltype(record)>, otlp::Metric>) {
      record.kind = otlp::MetricKind::Sum;
      record.is_monotonic = true;
      record.aggregation_temporality = 2;
      for (otlp::DataPoint& point : record.data_points) point.time_unix_nano = time;
    }
  });
}

void run(benchmark::State& state, const Work& work, bool sums) {
  const std::string bytes = testing::sample_request(work.signal, kRecords);
  Lanes lanes(1);
  Budget budget(Rig::kBudgetBytes);
  metrics::Registry metrics;
  pipeline::Host host{lanes.loops(), budget, metrics};
  const pipeline::Factory* factory = all_components().find(config::Section::Processors, work.type);
  config::Diagnostics diagnostics;
  const auto options = factory->read(config::parse_yaml(work.yaml, "").value(),
                                     config::Place(diagnostics, work.type, {}));
  auto made = factory->processor(options, {work.type, ""}, work.signal, host);
  if (!diagnostics.ok() || !made.ok()) return state.SkipWithError("cannot be made");
  testing::Discard end;
  const auto stage = (*made)->stage(0, end);
  if (!(*made)->start().ok()) return state.SkipWithError("cannot be started");
  const auto arenas = std::make_shared<pipeline::ArenaPool>();
  uint64_t time = 0;
  for (auto _ : state) {
    state.PauseTiming();
    pipeline::Batch batch = testing::sample_batch(bytes, work.signal, *arenas);
    if (sums) make_sums(batch, ++time);
    state.ResumeTiming();
    stage->consume(std::move(batch));
  }
  state.SetItemsProcessed(state.iterations() * kRecords);
  std::promise<void> done;
  (*made)->stop([&] { done.set_value(); });
  done.get_future().wait();
}

const bool kRegistered = [] {
  for (const Work& work : kWork) {
    auto* made =
        benchmark::RegisterBenchmark(work.name, [&work](auto& state) { run(state, work, false); });
    if (work.iterations != 0) made->Iterations(work.iterations);
  }
  static const Work sums{"cumulativetodelta/sums", "cumulativetodelta", "{}", Signal::Metrics};
  benchmark::RegisterBenchmark(sums.name, [](auto& state) { run(state, sums, true); });
  return true;
}();

}  // namespace
}  // namespace sluice::components
