// What a peer may send on an HTTP/1.1 connection, whole and again in small pieces: both must give
// the same answers.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "http/http1_session.h"
#include "http/session_testing.h"

namespace {

struct Result {
  std::string sent;
  size_t requests = 0;
  size_t refusals = 0;
};

Result run(std::string_view bytes, size_t piece) {
  using namespace sluice;
  http::Limits limits;
  limits.header_list_bytes = 4096;
  limits.target_bytes = 1024;
  Budget budget(1 << 20);
  http::RecordingHandler handler;
  handler.limit = 64 << 10;
  http::MemoryTransport transport;
  Result result;
  {
    const auto session = std::make_shared<http::Http1Session>(
        http::SessionContext{limits, budget, handler, transport, ""});
    for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
      session->receive(bytes.substr(0, piece));
    }
    session->end_of_input();
  }
  // The date may change between two runs.
  for (size_t at = 0; (at = transport.sent.find("\r\nDate: ")) != std::string::npos;)
    transport.sent.erase(at, 37);
  result.sent = transport.sent;
  result.requests = handler.requests.size();
  result.refusals = handler.refusals.size();
  handler.requests.clear();
  handler.refused.clear();
  SLUICE_CHECK(budget.used_bytes() == 0);
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Result whole = run(bytes, bytes.size() + 1);
  const Result pieces = run(bytes, 7);
  SLUICE_CHECK(whole.requests == pieces.requests);
  SLUICE_CHECK(whole.refusals == pieces.refusals);
  SLUICE_CHECK(whole.sent == pieces.sent);
  return 0;
}
