#include "web/server.h"

#include <unistd.h>

#include <atomic>
#include <list>
#include <thread>
#include <utility>

#include "base/budget.h"
#include "http/acceptor.h"
#include "http/server.h"
#include "io/loop.h"

namespace sluice::web {
namespace {

constexpr size_t kBodyBytesMax = 4096;  // nobody has a reason to send a body here
constexpr size_t kBudgetBytes =
    1 << 20;  // apart from the telemetry's, so that /ready answers when that is used up
constexpr int kConnectionsMax = 64;

class PageHandler final : public http::Handler {
 public:
  explicit PageHandler(Page page) : page_(std::move(page)) {}

  http::BodyPlan plan(const http::Request& /*request*/, std::string_view /*first*/) override {
    return {kBodyBytesMax, 0};
  }

  void handle(http::Request&& request, http::Responder responder) override {
    responder.respond(page_(request));
  }

  void refuse(http::Refusal reason, http::Request&& /*request*/,
              http::Responder responder) override {
    http::Response response;
    response.status = reason == http::Refusal::TooLarge ? 413 : 503;
    response.close = true;
    responder.respond(std::move(response));
  }

 private:
  const Page page_;
};

/// Counts, so that a client that opens connections without end cannot take the process's
/// descriptors.
class OpenConnections final : public http::ConnectionObserver {
 public:
  void opened() override { ++open_; }
  void closed() override { --open_; }
  void received(size_t /*bytes*/) override {}
  int open() const { return open_; }

 private:
  std::atomic<int> open_{0};
};

http::Limits page_limits() {
  http::Limits limits;
  limits.http_body_bytes = kBodyBytesMax;
  return limits;
}

}  // namespace

Page metrics_page(const metrics::Registry& registry, metrics::CollectorTotals totals) {
  return [&registry, totals](const http::Request& request) {
    http::Response response;
    if (request.path() == "/metrics") {
      response.headers.push_back({"Content-Type", "text/plain; version=0.0.4; charset=utf-8"});
      response.body = registry.render(totals);
    } else {
      response.status = 404;
      response.headers.push_back({"Content-Type", "text/plain; charset=utf-8"});
      response.body = "The metrics are at /metrics.\n";
    }
    return response;
  };
}

struct Server::Impl {
  http::Limits limits = page_limits();
  Budget budget{kBudgetBytes};
  OpenConnections open;
  io::Loop loop;
  std::vector<std::shared_ptr<const io::TlsServer>> tls;  // outlive the connections
  http::Server connections{loop, limits, budget};
  std::list<PageHandler> handlers;
  std::list<http::Acceptor> acceptors;
  std::thread thread;
};

Server::Server() : impl_(std::make_unique<Impl>()) {}

Server::~Server() {
  impl_->loop.stop();
  if (impl_->thread.joinable()) impl_->thread.join();
}

void Server::add(std::vector<io::Listener> listeners, Page page,
                 std::shared_ptr<const io::TlsServer> tls) {
  PageHandler& handler = impl_->handlers.emplace_back(std::move(page));
  const io::TlsServer* speaks = impl_->tls.emplace_back(std::move(tls)).get();
  for (io::Listener& listener : listeners) {
    impl_->acceptors.emplace_back(
        impl_->loop, std::move(listener), [this, &handler, speaks](int fd) {
          if (impl_->open.open() >= kConnectionsMax) {
            close(fd);
            return;
          }
          impl_->connections.adopt(fd, {&handler, &handler, &impl_->open, speaks});
        });
  }
}

void Server::start() {
  impl_->loop.post([impl = impl_.get()] {
    for (http::Acceptor& acceptor : impl->acceptors) acceptor.start();
  });
  impl_->thread = std::thread([impl = impl_.get()] { impl->loop.run(); });
}

}  // namespace sluice::web
