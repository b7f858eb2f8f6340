#include "components/receivers/otlp/component.h"

#include <utility>

#include "components/receivers/otlp/config.h"
#include "components/receivers/otlp/receiver.h"

namespace sluice::components {
namespace {

using otlp_receiver::Config;

/// Sends each batch on by its signal. The receiver takes only signals that have a stage.
class BySignal final : public pipeline::Consumer {
 public:
  void add(otlp::Signal signal, pipeline::Consumer* next) {
    next_[static_cast<size_t>(signal)] = next;
  }
  void consume(pipeline::Batch&& batch) override {
    next_[static_cast<size_t>(batch.signal)]->consume(std::move(batch));
  }

 private:
  std::array<pipeline::Consumer*, otlp::kSignalCount> next_{};
};

void set_if_given(std::chrono::nanoseconds wanted, std::chrono::milliseconds& limit) {
  if (wanted.count() > 0) limit = std::chrono::ceil<std::chrono::milliseconds>(wanted);
}

/// Null without `tls`.
Result<std::shared_ptr<const io::TlsServer>> make_tls(const std::optional<io::TlsServerConfig>& tls,
                                                      std::vector<std::string> protocols) {
  if (!tls) return std::shared_ptr<const io::TlsServer>();
  auto made = io::TlsServer::create(*tls, std::move(protocols));
  if (!made.ok()) return made.status();
  return std::shared_ptr<const io::TlsServer>(std::move(made).value());
}

Status read_grpc(const otlp_receiver::GrpcConfig& grpc, const pipeline::Host& host,
                 OtlpReceiverConfig& out) {
  out.grpc = {grpc.endpoint};
  out.grpc_metadata = grpc.include_metadata;
  if (grpc.max_recv_msg_size_mib > 0)
    out.limits.grpc_message_bytes = static_cast<size_t>(grpc.max_recv_msg_size_mib) << 20;
  if (grpc.max_concurrent_streams > 0)
    out.limits.streams_per_connection = grpc.max_concurrent_streams;
  if (grpc.keepalive && grpc.keepalive->server_parameters) {
    const otlp_receiver::ServerParameters& wanted = *grpc.keepalive->server_parameters;
    set_if_given(wanted.max_connection_idle, out.limits.connection_idle);
    set_if_given(wanted.max_connection_age, out.limits.connection_age);
    set_if_given(wanted.max_connection_age_grace, out.limits.connection_age_grace);
    set_if_given(wanted.time, out.limits.ping_after);
    set_if_given(wanted.timeout, out.limits.ping_timeout);
  }
  auto tls = make_tls(grpc.tls, {"h2"});
  if (!tls.ok()) return tls.status();
  out.grpc_tls = std::move(tls).value();
  if (!grpc.auth) return {};
  auto auth = find_server_auth(host, *grpc.auth);
  if (auth.ok()) out.grpc_auth = *auth;
  return auth.status();
}

Status read_http(const otlp_receiver::HttpConfig& http, const pipeline::Host& host,
                 OtlpReceiverConfig& out) {
  out.http = {http.endpoint};
  out.http_metadata = http.include_metadata;
  if (http.max_request_body_size > 0)
    out.limits.http_body_bytes = static_cast<size_t>(http.max_request_body_size);
  // What is no URL was refused with the configuration.
  out.paths = {*otlp_receiver::url_path(http.logs_url_path),
               *otlp_receiver::url_path(http.traces_url_path),
               *otlp_receiver::url_path(http.metrics_url_path)};
  if (http.cors)
    out.cors = {http.cors->allowed_origins, http.cors->allowed_headers, http.cors->max_age};
  out.http_response_headers = http.response_headers;
  out.http_encodings = http.compression_algorithms;
  if (out.http_encodings) {
    // deflate has always been zlib's format here, and x-gzip is gzip.
    const std::vector<std::string> named = *out.http_encodings;
    for (const std::string& name : named) {
      if (name == "deflate") out.http_encodings->push_back("zlib");
      if (name == "gzip") out.http_encodings->push_back("x-gzip");
    }
  }
  set_if_given(http.read_timeout, out.limits.request_timeout);
  set_if_given(http.read_header_timeout, out.limits.header_timeout);
  set_if_given(http.write_timeout, out.limits.write_timeout);
  set_if_given(http.idle_timeout, out.limits.idle_timeout);
  out.limits.keep_alive = http.keep_alives_enabled;
  auto tls = make_tls(http.tls, {"h2", "http/1.1"});
  if (!tls.ok()) return tls.status();
  out.http_tls = std::move(tls).value();
  if (!http.auth) return {};
  out.http_auth_params = http.auth->request_params;
  auto auth = find_server_auth(host, http.auth->auth);
  if (auth.ok()) out.http_auth = *auth;
  return auth.status();
}

Result<OtlpReceiverConfig> receiver_config(const Config& config, const pipeline::Inputs& inputs,
                                           const pipeline::Host& host) {
  OtlpReceiverConfig out;
  out.listen = [&host](std::string_view address) { return host.listen(address); };
  out.grpc.clear();
  out.http.clear();
  out.cors.origins.clear();
  for (size_t i = 0; i < inputs.size(); ++i) out.served[i] = !inputs[i].empty();
  if (config.protocols.grpc) SLUICE_RETURN_IF_ERROR(read_grpc(*config.protocols.grpc, host, out));
  if (config.protocols.http) SLUICE_RETURN_IF_ERROR(read_http(*config.protocols.http, host, out));
  return out;
}

class OtlpReceiverComponent final : public pipeline::Receiver {
 public:
  static Result<std::unique_ptr<pipeline::Receiver>> make(const Config& config,
                                                          const pipeline::ComponentId& id,
                                                          const pipeline::Inputs& inputs,
                                                          pipeline::Host& host) {
    auto made = std::make_unique<OtlpReceiverComponent>();
    std::vector<pipeline::Consumer*> next;
    for (size_t lane = 0; lane < host.lanes.size(); ++lane) {
      auto by_signal = std::make_unique<BySignal>();
      for (size_t s = 0; s < inputs.size(); ++s) {
        if (!inputs[s].empty()) by_signal->add(static_cast<otlp::Signal>(s), inputs[s][lane]);
      }
      next.push_back(by_signal.get());
      made->by_signal_.push_back(std::move(by_signal));
    }
    auto wanted = receiver_config(config, inputs, host);
    if (!wanted.ok()) return wanted.status();
    wanted->name = id.to_string();
    auto receiver = OtlpReceiver::create(*wanted, host.lanes, next, host.budget, host.metrics);
    if (!receiver.ok()) return receiver.status();
    made->receiver_ = std::move(receiver).value();
    made->grpc_authenticated_ = wanted->grpc_auth != nullptr;
    made->http_authenticated_ = wanted->http_auth != nullptr;
    return std::unique_ptr<pipeline::Receiver>(std::move(made));
  }

  std::vector<pipeline::BoundAddress> addresses() const override {
    std::vector<pipeline::BoundAddress> out;
    for (const std::string& grpc : receiver_->addresses().grpc)
      out.push_back({"otlp-grpc", grpc, grpc_authenticated_});
    for (const std::string& http : receiver_->addresses().http)
      out.push_back({"otlp-http", http, http_authenticated_});
    return out;
  }
  Status start() override {
    receiver_->start();
    return {};
  }
  void stop(std::function<void()> done) override { receiver_->drain(std::move(done)); }

 private:
  std::vector<std::unique_ptr<BySignal>> by_signal_;
  std::unique_ptr<OtlpReceiver> receiver_;
  bool grpc_authenticated_ = false;
  bool http_authenticated_ = false;
};

}  // namespace

std::unique_ptr<pipeline::Factory> otlp_receiver_factory() {
  return std::make_unique<pipeline::ReceiverFactory<Config>>(
      pipeline::Factory::About{config::Section::Receivers, "otlp",
                               "Takes OTLP over gRPC and HTTP, as protobuf or JSON."},
      &OtlpReceiverComponent::make);
}

}  // namespace sluice::components
