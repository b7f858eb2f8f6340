// What a record costs from protobuf bytes to an encoded block, by stages. The requests are made
// here, in the shape of the macro benchmark's payloads (bench/payloads).

#include <benchmark/benchmark.h>

#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "mapping/tables.h"
#include "otlp/decode.h"
#include "testing/otlp_samples.h"

namespace sluice::mapping {
namespace {

constexpr int kRecords = 1000;

template <typename Request>
void decode(benchmark::State& state, const std::string& body) {
  Arena arena;
  for (auto _ : state) {
    Request request;
    benchmark::DoNotOptimize(otlp::decode_protobuf(body, arena, request));
    arena.reset();
  }
  state.SetItemsProcessed(state.iterations() * kRecords);
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(body.size()));
}

void map(Mapper& mapper, const otlp::LogsRequest& request, OpenBlocks& blocks, Rejects& rejects) {
  mapper.map(request, Table::Logs, blocks, rejects);
}
template <typename Request>
void map(Mapper& mapper, const Request& request, OpenBlocks& blocks, Rejects& rejects) {
  mapper.map(request, blocks, rejects);
}

template <typename Request>
void decode_and_map(benchmark::State& state, const std::string& body, Table table,
                    AttributeType attributes = AttributeType::Map) {
  Arena arena;
  Mapper mapper(attributes);
  OpenBlocks blocks;
  for (auto _ : state) {
    Request request;
    benchmark::DoNotOptimize(otlp::decode_protobuf(body, arena, request));
    Rejects rejects;
    map(mapper, request, blocks, rejects);
    arena.reset();
    if (blocks.rows(table) >= 20000) blocks.by_table[static_cast<size_t>(table)]->reset();
  }
  state.SetItemsProcessed(state.iterations() * kRecords);
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(body.size()));
}

template <typename Request>
void encode(benchmark::State& state, const std::string& body, Table table) {
  Arena arena;
  Mapper mapper;
  OpenBlocks blocks;
  for (int i = 0; i < 20; ++i) {
    Request request;
    benchmark::DoNotOptimize(otlp::decode_protobuf(body, arena, request));
    Rejects rejects;
    map(mapper, request, blocks, rejects);
    arena.reset();
  }
  const native::Block& block = *blocks.by_table[static_cast<size_t>(table)];
  RowOrder order;
  Buffer out;
  for (auto _ : state) {
    out.clear();
    plan_order(table, block, order);
    block.append_to(order.order, out);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations() * block.rows());
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(out.size()));
}

#define SLUICE_STAGES(name, Request, sample, table)                                                \
  void BM_##name##_decode(benchmark::State& s) { decode<otlp::Request>(s, sample); }               \
  void BM_##name##_map(benchmark::State& s) {                                                      \
    decode_and_map<otlp::Request>(s, sample, Table::table);                                        \
  }                                                                                                \
  void BM_##name##_encode(benchmark::State& s) { encode<otlp::Request>(s, sample, Table::table); } \
  BENCHMARK(BM_##name##_decode);                                                                   \
  BENCHMARK(BM_##name##_map);                                                                      \
  BENCHMARK(BM_##name##_encode)

SLUICE_STAGES(spans, TracesRequest, testing::sample_spans(kRecords, false), Traces);
SLUICE_STAGES(widespans, TracesRequest, testing::sample_spans(kRecords, true), Traces);
SLUICE_STAGES(logs, LogsRequest, testing::sample_logs(kRecords, false), Logs);
SLUICE_STAGES(jsonlogs, LogsRequest, testing::sample_logs(kRecords, true), Logs);
SLUICE_STAGES(gauges, MetricsRequest, testing::sample_metrics(kRecords), Gauge);

void BM_widespans_map_to_json(benchmark::State& s) {
  decode_and_map<otlp::TracesRequest>(s, testing::sample_spans(kRecords, true), Table::Traces,
                                      AttributeType::Json);
}
BENCHMARK(BM_widespans_map_to_json);
void BM_logs_map_to_json(benchmark::State& s) {
  decode_and_map<otlp::LogsRequest>(s, testing::sample_logs(kRecords, false), Table::Logs,
                                    AttributeType::Json);
}
BENCHMARK(BM_logs_map_to_json);

}  // namespace
}  // namespace sluice::mapping
