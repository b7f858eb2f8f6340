#include "components/receivers/otlp/receiver.h"

#include <atomic>
#include <utility>

#include "base/check.h"
#include "base/fd.h"
#include "components/receivers/otlp/cors.h"
#include "components/receivers/otlp/grpc_handler.h"
#include "components/receivers/otlp/http_handler.h"
#include "components/receivers/otlp/instruments.h"
#include "components/receivers/otlp/lane.h"
#include "http/acceptor.h"
#include "http/server.h"

namespace sluice::components {

namespace {

using otlp_receiver::Transport;

/// Everything of the receiver that belongs to one lane.
struct LaneParts {
  LaneParts(io::Loop& on, pipeline::Consumer& next, Budget& budget,
            otlp_receiver::Instruments& instruments, const OtlpReceiverConfig& config,
            const otlp_receiver::Cors& cors)
      : loop(on),
        lane(std::make_shared<otlp_receiver::Lane>(on, next, budget, instruments)),
        http_handler(lane, config, cors),
        grpc_handler(lane, config),
        grpc_tls(config.grpc_tls.get()),
        http_tls(config.http_tls.get()),
        server(on, config.limits, budget) {}

  http::Endpoint endpoint(Transport transport) {
    http::ConnectionObserver* observer = &lane->instruments().connections(transport);
    if (transport == Transport::Grpc) return {&wrong_port, &grpc_handler, observer, grpc_tls};
    return {&http_handler, &http_handler, observer, http_tls};
  }

  io::Loop& loop;
  std::shared_ptr<otlp_receiver::Lane> lane;
  otlp_receiver::HttpHandler http_handler;
  otlp_receiver::GrpcHandler grpc_handler;
  otlp_receiver::WrongPortHandler wrong_port;
  const io::TlsServer* grpc_tls;
  const io::TlsServer* http_tls;
  http::Server server;  // last: its connections call the handlers
};

}  // namespace

struct OtlpReceiver::Impl {
  Impl(const OtlpReceiverConfig& wanted, metrics::Registry& registry)
      : config(wanted), cors(wanted.cors), instruments(registry, wanted.name) {}

  Status listen(const std::vector<std::string>& addresses, Transport transport,
                std::vector<std::string>& bound);
  void deliver(int fd, Transport transport);

  const OtlpReceiverConfig config;
  const otlp_receiver::Cors cors;
  otlp_receiver::Instruments instruments;
  BoundAddresses bound;
  std::vector<std::unique_ptr<LaneParts>> lanes;
  std::vector<std::unique_ptr<http::Acceptor>> acceptors;  // on the first lane
  size_t next_lane = 0;
  std::atomic<size_t> lanes_to_drain{0};
};

Status OtlpReceiver::Impl::listen(const std::vector<std::string>& addresses, Transport transport,
                                  std::vector<std::string>& names) {
  for (const std::string& address : addresses) {
    auto listeners = config.listen(address);
    if (!listeners.ok()) {
      return listeners.status().with_context("OTLP over " + std::string(transport_name(transport)));
    }
    for (io::Listener& listener : *listeners) {
      names.push_back(listener.address);
      acceptors.push_back(
          std::make_unique<http::Acceptor>(lanes.front()->loop, std::move(listener),
                                           [this, transport](int fd) { deliver(fd, transport); }));
    }
  }
  return {};
}

void OtlpReceiver::Impl::deliver(int fd, Transport transport) {
  auto socket = std::make_shared<Fd>(fd);
  if (instruments.open_connections() >= static_cast<int64_t>(config.limits.connections)) {
    instruments.connection_over_limit(transport);
    return;
  }
  LaneParts& to = *lanes[next_lane++ % lanes.size()];
  to.loop.post(
      [&to, socket, transport] { to.server.adopt(socket->release(), to.endpoint(transport)); });
}

Result<std::unique_ptr<OtlpReceiver>> OtlpReceiver::create(const OtlpReceiverConfig& config,
                                                           std::vector<io::Loop*> lanes,
                                                           std::vector<pipeline::Consumer*> next,
                                                           Budget& budget,
                                                           metrics::Registry& metrics) {
  SLUICE_CHECK(!lanes.empty() && lanes.size() == next.size());
  auto impl = std::make_unique<Impl>(config, metrics);
  for (size_t i = 0; i < lanes.size(); ++i) {
    impl->lanes.push_back(std::make_unique<LaneParts>(*lanes[i], *next[i], budget,
                                                      impl->instruments, impl->config, impl->cors));
  }
  SLUICE_RETURN_IF_ERROR(impl->listen(config.grpc, Transport::Grpc, impl->bound.grpc));
  SLUICE_RETURN_IF_ERROR(impl->listen(config.http, Transport::Http, impl->bound.http));
  return std::unique_ptr<OtlpReceiver>(new OtlpReceiver(std::move(impl)));
}

OtlpReceiver::OtlpReceiver(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

OtlpReceiver::~OtlpReceiver() = default;

const BoundAddresses& OtlpReceiver::addresses() const { return impl_->bound; }

void OtlpReceiver::start() {
  impl_->lanes.front()->loop.post([impl = impl_.get()] {
    for (const auto& acceptor : impl->acceptors) acceptor->start();
  });
}

void OtlpReceiver::drain(std::function<void()> done) {
  Impl* impl = impl_.get();
  impl->lanes_to_drain = impl->lanes.size();
  // From the first lane, so that sockets which it has handed out arrive before the news.
  impl->lanes.front()->loop.post([impl, done = std::move(done)] {
    for (const auto& acceptor : impl->acceptors) acceptor->stop();
    for (const auto& lane : impl->lanes) {
      lane->loop.post([impl, parts = lane.get(), done] {
        parts->server.drain([impl, done] {
          if (impl->lanes_to_drain.fetch_sub(1) == 1) done();
        });
      });
    }
  });
}

}  // namespace sluice::components
