// What the check of a request costs, once the password is known to be right.

#include <benchmark/benchmark.h>

#include "http/basic_check.h"
#include "testing/extension_rig.h"

namespace sluice::components {
namespace {

void check(benchmark::State& state, const std::string& line) {
  const testing::ExtensionRig rig("basicauth", "{htpasswd: {inline: '" + line + "'}}");
  if (!rig.problem().empty()) return state.SkipWithError(rig.problem().c_str());
  http::Headers headers;
  headers.add("content-type", "application/x-protobuf");
  headers.add("authorization", http::basic_authorization("user", "secret"));
  const pipeline::ServerAuth& auth = *rig->server_auth();
  for (auto _ : state) benchmark::DoNotOptimize(auth.check(headers).ok());
}

void basicauth_plain(benchmark::State& state) { check(state, "user:secret"); }
void basicauth_bcrypt(benchmark::State& state) {
  check(state, "user:$2y$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW");
}
BENCHMARK(basicauth_plain);
BENCHMARK(basicauth_bcrypt);

}  // namespace
}  // namespace sluice::components
