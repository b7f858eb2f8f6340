// Bodies of logs, as a column has them: ours beside liblz4, with the bytes that it saves.

#include <benchmark/benchmark.h>
#include <lz4.h>

#include <random>
#include <string>
#include <vector>

#include "wire/lz4_block.h"

namespace sluice::wire {
namespace {

std::string bodies() {
  constexpr const char* kMessages[] = {"request done", "order not found",
                                       "cache miss, asking again"};
  std::mt19937 random(1);
  std::string column;
  for (uint64_t time = 1'790'000'000'000; column.size() < kLz4BlockBytesMax;
       time += random() % 50) {
    column += R"({"level":30,"time":)" + std::to_string(time) + R"(,"pid":)" +
              std::to_string(1 + random() % 4) + R"(,"req":{"id":"req-)" +
              std::to_string(random() % 100'000) + R"(","method":"GET"},"msg":")" +
              kMessages[random() % 3] + R"(","ms":)" + std::to_string(random() % 900) + "}";
  }
  column.resize(kLz4BlockBytesMax);
  return column;
}

template <typename Pack>
void run(benchmark::State& state, Pack pack) {
  const std::string column = bodies();
  std::vector<char> to(lz4_pack_bound(column.size()));
  size_t packed = 0;
  for (auto _ : state) packed = pack(column, to);
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * column.size()));
  state.counters["packed_share"] = static_cast<double>(packed) / static_cast<double>(column.size());
}

void BM_pack(benchmark::State& state) {
  run(state, [](const std::string& plain, auto& to) { return pack_lz4(plain, to.data()); });
}
BENCHMARK(BM_pack);

void BM_liblz4(benchmark::State& state) {
  run(state, [&](const std::string& plain, auto& to) {
    return static_cast<size_t>(
        LZ4_compress_fast(plain.data(), to.data(), static_cast<int>(plain.size()),
                          static_cast<int>(to.size()), static_cast<int>(state.range(0))));
  });
}
BENCHMARK(BM_liblz4)->ArgName("acceleration")->Arg(1)->Arg(8);

}  // namespace
}  // namespace sluice::wire
