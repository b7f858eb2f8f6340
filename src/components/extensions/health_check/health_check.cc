#include "components/extensions/health_check/health_check.h"

#include <utility>

#include "components/extensions/health_check/config.h"
#include "web/health.h"
#include "web/server.h"

namespace sluice::components {
namespace {

using health_check_extension::Config;

http::Response plain(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.headers.push_back({"Content-Type", "text/plain; charset=utf-8"});
  response.body = std::move(body);
  return response;
}

/// Says over HTTP whether the pipelines run, on a thread of its own.
class HealthCheck final : public pipeline::Extension {
 public:
  static Result<std::unique_ptr<pipeline::Extension>> make(const Config& config,
                                                           const pipeline::ComponentId&,
                                                           pipeline::Host& host) {
    auto made = std::make_unique<HealthCheck>(config, host);
    std::shared_ptr<const io::TlsServer> tls;
    if (config.tls) {
      auto read = io::TlsServer::create(*config.tls, {"h2", "http/1.1"});
      if (!read.ok()) return read.status();
      tls = std::move(read).value();
    }
    auto listeners = host.listen(config.endpoint);
    if (!listeners.ok()) return listeners.status();
    for (const io::Listener& listener : *listeners)
      made->addresses_.push_back({"health", listener.address, config.auth.has_value()});
    made->server_.add(
        std::move(listeners).value(),
        [health = made.get()](const http::Request& r) { return health->answer(r); },
        std::move(tls));
    return std::unique_ptr<pipeline::Extension>(std::move(made));
  }

  HealthCheck(const Config& config, const pipeline::Host& host) : config_(config), host_(host) {}

  std::vector<pipeline::BoundAddress> addresses() const override { return addresses_; }
  Status start() override {
    // Other extensions may have been made later than this one, but all are there by now.
    if (config_.auth) {
      auto auth = find_server_auth(host_, config_.auth->auth);
      if (!auth.ok()) return auth.status();
      auth_ = *auth;
    }
    // Others run already, whose place it takes.
    if (host_.takes_over) health_.set_serving();
    server_.start();
    return {};
  }
  void pipelines_started() override { health_.set_serving(); }
  void pipelines_stopping() override { health_.set_draining(); }

 private:
  http::Response answer(const http::Request& request) const {
    http::Response response = respond(request);
    for (const auto& [name, value] : config_.response_headers)
      response.headers.push_back({name, value});
    return response;
  }

  http::Response respond(const http::Request& request) const {
    if (auth_ != nullptr) {
      const Status status = auth_->check(request.headers);
      if (!status.ok()) return plain(401, status.message() + "\n");
    }
    if (!config_.ready_path.empty() && request.path() == config_.ready_path)
      return health_.answer("/ready");
    if (config_.path != "/" && request.path() != config_.path)
      return plain(404, "404 page not found\n");
    http::Response usual = health_.answer("/");
    if (!config_.response_body) return usual;
    return plain(usual.status, usual.status == 200 ? config_.response_body->healthy
                                                   : config_.response_body->unhealthy);
  }

  const Config config_;
  const pipeline::Host& host_;
  const pipeline::ServerAuth* auth_ = nullptr;
  std::vector<pipeline::BoundAddress> addresses_;
  web::Health health_{[this] { return host_.can_take_data ? host_.can_take_data() : Status(); }};
  web::Server server_;  // last: its thread reads all of the above
};

}  // namespace

std::unique_ptr<pipeline::Factory> health_check_extension_factory() {
  return std::make_unique<pipeline::ExtensionFactory<Config>>(
      pipeline::Factory::About{config::Section::Extensions,
                               "health_check",
                               "Answers over HTTP whether the pipelines run.",
                               {"healthcheck"}},
      &HealthCheck::make);
}

}  // namespace sluice::components
