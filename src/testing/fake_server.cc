#include "testing/fake_server.h"

#include <atomic>
#include <stdexcept>
#include <thread>
#include <utility>

#include "base/budget.h"
#include "http/acceptor.h"
#include "http/server.h"
#include "io/listen.h"

namespace sluice::testing {
namespace {

class Scripted final : public http::Handler {
 public:
  explicit Scripted(FakeServer::Script script) : script_(std::move(script)) {}
  http::BodyPlan plan(const http::Request&, std::string_view) override { return {64 << 20, 0}; }
  void handle(http::Request&& request, http::Responder responder) override {
    responder.respond(script_(request));
  }
  void refuse(http::Refusal, http::Request&&, http::Responder responder) override {
    http::Response response;
    response.status = 413;
    responder.respond(std::move(response));
  }

 private:
  const FakeServer::Script script_;
};

class Counting final : public http::ConnectionObserver {
 public:
  void opened() override {
    ++accepted;
    ++open;
  }
  void closed() override { --open; }
  void received(size_t) override {}

  std::atomic<int> accepted{0};
  std::atomic<int> open{0};
};

}  // namespace

struct FakeServer::Impl {
  Impl(Script script, Options wanted)
      : options(std::move(wanted)),
        handler(std::move(script)),
        server(loop, options.limits, budget) {
    auto listeners = io::listen("127.0.0.1:" + std::to_string(options.port));
    if (!listeners.ok()) throw std::runtime_error(listeners.status().to_string());
    const std::string& where = listeners->front().address;
    port = static_cast<uint16_t>(std::stoi(where.substr(where.rfind(':') + 1)));
    acceptor =
        std::make_unique<http::Acceptor>(loop, std::move(listeners->front()), [this](int fd) {
          server.adopt(fd, {&handler, &handler, &observer, options.tls.get()});
        });
    loop.post([this] { acceptor->start(); });
    thread = std::thread([this] { loop.run(); });
  }
  ~Impl() {
    loop.stop();
    thread.join();
  }

  const Options options;
  uint16_t port = 0;
  Budget budget{size_t{256} << 20};
  Scripted handler;
  Counting observer;
  io::Loop loop;
  http::Server server;
  std::unique_ptr<http::Acceptor> acceptor;
  std::thread thread;
};

FakeServer::FakeServer(Script script, Options options)
    : impl_(std::make_unique<Impl>(std::move(script), std::move(options))) {}
FakeServer::~FakeServer() = default;

uint16_t FakeServer::port() const { return impl_->port; }
int FakeServer::accepted() const { return impl_->observer.accepted; }
int FakeServer::open() const { return impl_->observer.open; }

}  // namespace sluice::testing
