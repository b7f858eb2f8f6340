// What it costs to receive OTLP and to answer it, without looking into it: the servers of the
// otlp receiver with nothing behind them. Bodies are read, taken out of their frames and
// decompressed, and no byte of a message is decoded. Prints the addresses as one line of JSON when
// it listens, and runs until it is told to end. See bench/README.md.

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/lanes.h"
#include "base/budget.h"
#include "http/acceptor.h"
#include "http/grpc.h"
#include "http/server.h"
#include "io/listen.h"
#include "wire/compression.h"

namespace sluice::bench {
namespace {

constexpr size_t kMemoryBytes = size_t{1} << 30;

void answer_status(http::Responder& responder, int status) {
  http::Response response;
  response.status = status;
  responder.respond(std::move(response));
}

/// What both protocols have in common.
class Echo : public http::Handler {
 public:
  explicit Echo(const http::Limits& limits) : limits_(limits) {}
  void refuse(http::Refusal, http::Request&&, http::Responder responder) override {
    answer_status(responder, 413);
  }

 protected:
  const http::Limits& limits_;
};

/// Answers calls as the otlp receiver does when everything was taken.
class GrpcEcho final : public Echo {
 public:
  using Echo::Echo;

  http::BodyPlan plan(const http::Request&, std::string_view first) override {
    return {http::grpc::kPrefixBytes + limits_.grpc_message_bytes, http::grpc::body_size(first)};
  }
  void handle(http::Request&& request, http::Responder responder) override {
    http::grpc::Call call;
    if (const auto error = http::grpc::parse_call(request, call)) {
      responder.respond(
          http::grpc::failure(error->content_type, error->status, error->http_status));
      return;
    }
    Status status(Code::Unimplemented, "unknown grpc-encoding");
    Buffer expanded;
    std::string_view message;
    if (call.encoding) {
      status = http::grpc::read_message(request.body.view(), *call.encoding,
                                        limits_.grpc_message_bytes, expanded, message);
    }
    responder.respond(status.ok() ? http::grpc::success(call, "")
                                  : http::grpc::failure(call.content_type, status));
  }
};

/// The same over HTTP/1.1.
class HttpEcho final : public Echo {
 public:
  using Echo::Echo;

  http::BodyPlan plan(const http::Request&, std::string_view) override {
    return {limits_.http_body_bytes, 0};
  }
  void handle(http::Request&& request, http::Responder responder) override {
    const std::string_view name = request.headers.get("content-encoding");
    const auto encoding = http::grpc::parse_encoding(name.empty() ? "identity" : name);
    if (!encoding) return answer_status(responder, 400);
    Buffer expanded;
    if (*encoding != wire::Encoding::Identity &&
        !wire::decompress(*encoding, request.body.view(), limits_.http_body_bytes, expanded).ok())
      return answer_status(responder, 400);
    const std::string type(request.headers.get("content-type"));
    http::Response response;
    if (type == "application/json") response.body = R"({"partialSuccess":{}})";
    response.headers.push_back({"Content-Type", type});
    responder.respond(std::move(response));
  }
};

class Uncounted final : public http::ConnectionObserver {
 public:
  void opened() override {}
  void closed() override {}
  void received(size_t) override {}
};

int run() {
  const http::Limits limits;
  Budget budget(kMemoryBytes);
  GrpcEcho grpc(limits);
  HttpEcho http(limits);
  Uncounted observer;
  app::Lanes lanes(1);  // with the program's own way of keeping memory
  io::Loop& loop = *lanes.loops().front();
  http::Server server(loop, limits, budget);
  std::vector<std::unique_ptr<http::Acceptor>> acceptors;
  std::vector<std::string> addresses;
  for (const http::Endpoint& endpoint :
       {http::Endpoint{nullptr, &grpc, &observer}, http::Endpoint{&http, nullptr, &observer}}) {
    auto listeners = io::listen("127.0.0.1:0");
    if (!listeners.ok()) {
      std::fprintf(stderr, "bench_echo: %s\n", listeners.status().message().c_str());
      return 1;
    }
    addresses.push_back(listeners->front().address);
    acceptors.push_back(std::make_unique<http::Acceptor>(
        loop, std::move(listeners->front()),
        [&server, endpoint](int fd) { server.adopt(fd, endpoint); }));
  }
  loop.post([&] {
    for (const auto& acceptor : acceptors) acceptor->start();
  });
  std::printf("{\"grpc\":\"%s\",\"http\":\"%s\"}\n", addresses[0].c_str(), addresses[1].c_str());
  std::fflush(stdout);
  loop.run();
  return 0;
}

}  // namespace
}  // namespace sluice::bench

int main() { return sluice::bench::run(); }
