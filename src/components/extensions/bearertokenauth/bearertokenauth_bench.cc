// What the check of a request costs, by the number of tokens.

#include <benchmark/benchmark.h>

#include "testing/extension_rig.h"

namespace sluice::components {
namespace {

void bearertokenauth_check(benchmark::State& state) {
  std::string tokens;
  for (int64_t i = 0; i < state.range(0); ++i)
    tokens += "a-token-of-some-length-" + std::to_string(i) + ", ";
  const testing::ExtensionRig rig("bearertokenauth", "{tokens: [" + tokens + "last]}");
  if (!rig.problem().empty()) return state.SkipWithError(rig.problem().c_str());
  http::Headers headers;
  headers.add("content-type", "application/x-protobuf");
  headers.add("authorization", "Bearer last");
  const pipeline::ServerAuth& auth = *rig->server_auth();
  for (auto _ : state) benchmark::DoNotOptimize(auth.check(headers).ok());
}
BENCHMARK(bearertokenauth_check)->Arg(1)->Arg(100);

}  // namespace
}  // namespace sluice::components
