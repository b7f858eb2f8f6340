// What a peer may send on an HTTP/2 connection after the preface, with a handler that reads gRPC's
// framing of each request.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "http/grpc.h"
#include "http/http2_session.h"
#include "http/session_testing.h"

namespace {

using namespace sluice;

class GrpcEcho final : public http::Handler {
 public:
  http::BodyPlan plan(const http::Request&, std::string_view first) override {
    return {kLimit + http::grpc::kPrefixBytes, http::grpc::body_size(first)};
  }
  void handle(http::Request&& request, http::Responder responder) override {
    http::grpc::Call call;
    if (auto error = http::grpc::parse_call(request, call)) {
      responder.respond(
          http::grpc::failure(error->content_type, error->status, error->http_status));
      return;
    }
    Buffer scratch;
    std::string_view message;
    const Status status = http::grpc::read_message(request.body.view(),
                                                   call.encoding.value_or(wire::Encoding::Identity),
                                                   kLimit, scratch, message);
    SLUICE_CHECK(message.size() <= kLimit);
    responder.respond(status.ok() ? http::grpc::success(call, message.substr(0, 100))
                                  : http::grpc::failure(call.content_type, status));
  }
  void refuse(http::Refusal, http::Request&& request, http::Responder responder) override {
    responder.respond(http::grpc::failure("application/grpc",
                                          http::grpc::too_large(request.body.view(), kLimit)));
  }

 private:
  static constexpr size_t kLimit = 64 << 10;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  http::Limits limits;
  limits.control_frames_burst = 50;
  Budget budget(1 << 20);
  GrpcEcho handler;
  http::MemoryTransport transport;
  {
    const auto session = std::make_shared<http::Http2Session>(
        http::SessionContext{limits, budget, handler, transport, ""});
    session->receive("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    session->receive(bytes.substr(0, size / 2));
    if (!transport.finished && !transport.aborted) session->receive(bytes.substr(size / 2));
    if (!transport.finished && !transport.aborted)
      session->tick(http::Clock::now() + std::chrono::seconds(30));
    session->drain();
  }
  SLUICE_CHECK(budget.used_bytes() == 0);
  return 0;
}
