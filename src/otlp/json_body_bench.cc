#include <benchmark/benchmark.h>

#include "otlp/json_body.h"

namespace sluice::otlp {
namespace {

constexpr std::string_view kPino =
    R"({"level":30,"time":1790000000123,"pid":4711,"hostname":"web-7","req":{"id":918273,"method":"GET",)"
    R"("url":"/api/v1/orders/4242"},"res":{"statusCode":200},"responseTime":12.75,"msg":"request completed"})";
constexpr std::string_view kEscaped =
    R"({"level":"error","msg":"cannot parse \"quantity\"\n  at line 3","path":"C:\\data\\orders.csv",)"
    R"("err":{"type":"SyntaxError","stack":"SyntaxError: bad\n    at a.js:1:2\n    at b.js:3:4 in run"}})";
constexpr std::string_view kText =
    R"({"severity":"info","message":"order 4242 of user 77 was shipped from the warehouse in Rotterdam to )"
    R"(the address that the customer gave when the order was placed, with the carrier that was chosen then"})";

void parse(benchmark::State& state, std::string_view text) {
  JsonBodyParser parser;
  Arena arena;
  Value root;
  constexpr int kBatch = 100;  // bodies that share an arena
  int in_batch = 0;
  for (auto _ : state) {
    if (++in_batch == kBatch) {
      arena.reset();
      in_batch = 0;
    }
    if (!parser.parse(text, arena, root)) state.SkipWithError("not accepted");
    benchmark::DoNotOptimize(root);
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * text.size()));
}

BENCHMARK_CAPTURE(parse, pino, kPino);
BENCHMARK_CAPTURE(parse, escaped, kEscaped);
BENCHMARK_CAPTURE(parse, text, kText);

}  // namespace
}  // namespace sluice::otlp
