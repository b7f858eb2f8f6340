// What it costs to receive and acknowledge a gRPC request of 270 KB (a thousand log records),
// without the socket: one copy of the body is most of it. Over a loopback socket the kernel's own
// copy comes on top.

#include <string>

#include <benchmark/benchmark.h>

#include "http/grpc.h"
#include "http/http2_session.h"
#include "http/session_testing.h"

namespace sluice::http {
namespace {

/// Acknowledges each message without looking into it.
class Acknowledge final : public Handler {
 public:
  BodyPlan plan(const Request&, std::string_view first) override {
    return {(4 << 20) + grpc::kPrefixBytes, grpc::body_size(first)};
  }
  void handle(Request&& request, Responder responder) override {
    grpc::Call call;
    std::string_view message;
    Buffer scratch;
    if (grpc::parse_call(request, call).has_value()) return;
    const Status status =
        grpc::read_message(request.body.view(), *call.encoding, 4 << 20, scratch, message);
    responder.respond(status.ok() ? grpc::success(call, std::string_view("\x0a\0", 2))
                                  : grpc::failure(call.content_type, status));
  }
  void refuse(Refusal, Request&&, Responder) override {}
};

void BM_ReceiveAndAcknowledge(benchmark::State& state) {
  const auto size = static_cast<size_t>(state.range(0));
  Limits limits;
  Budget budget(1 << 30);
  Acknowledge handler;
  MemoryTransport transport;
  const auto session =
      std::make_shared<Http2Session>(SessionContext{limits, budget, handler, transport, ""});
  Http2TestClient client;
  session->receive(client.take());
  client.feed(transport.sent);
  std::string body(1, '\0');
  for (int shift = 24; shift >= 0; shift -= 8) body.push_back(static_cast<char>(size >> shift));
  body.append(size, 'x');
  for (auto _ : state) {
    state.PauseTiming();
    client.feed(std::exchange(transport.sent, {}));
    client.post("/opentelemetry.proto.collector.logs.v1.LogsService/Export",
                {{"content-type", "application/grpc"}}, body);
    const std::string bytes = client.take();
    state.ResumeTiming();
    session->receive(bytes);
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * size));
}
BENCHMARK(BM_ReceiveAndAcknowledge)->Arg(1 << 10)->Arg(32 << 10)->Arg(270 << 10);

}  // namespace
}  // namespace sluice::http
