#pragma once

#include <memory>
#include <optional>
#include <string>

#include "components/receivers/otlp/cors.h"
#include "components/receivers/otlp/lane.h"
#include "components/receivers/otlp/receiver.h"
#include "http/message.h"
#include "wire/compression.h"

namespace sluice::components::otlp_receiver {

/// OTLP over HTTP: POST /v1/logs, /v1/traces and /v1/metrics in protobuf or JSON. One for each
/// lane.
class HttpHandler final : public http::Handler {
 public:
  /// The references must outlive the handler.
  HttpHandler(std::shared_ptr<Lane> lane, const OtlpReceiverConfig& config, const Cors& cors)
      : lane_(std::move(lane)), config_(config), cors_(cors) {}

  http::BodyPlan plan(const http::Request& request, std::string_view first) override;
  void handle(http::Request&& request, http::Responder responder) override;
  void refuse(http::Refusal reason, http::Request&& request, http::Responder responder) override;

 private:
  class Sender;

  template <typename Use>
  auto with_credentials(const http::Request& request, Use use) const;
  Status admit(const http::Request& request) const;
  pipeline::ServerAuth::Attributes known_of_sender(const http::Request& request) const;
  std::optional<wire::Encoding> parse_encoding(std::string_view name) const;
  std::optional<otlp::Signal> parse_path(std::string_view path) const;
  std::optional<http::Response> route(const http::Request& request, otlp::Signal& signal,
                                      Format& format, wire::Encoding& encoding);
  Status expand(http::Request& request, wire::Encoding encoding);
  void receive(http::Request&& request, otlp::Signal signal, Format format, wire::Encoding encoding,
               std::unique_ptr<Sender> sender);

  std::shared_ptr<Lane> lane_;
  const OtlpReceiverConfig& config_;
  const Cors& cors_;
  Status denial_;  // between plan() and refuse(), which follows at once
};

/// For HTTP/1.x on the gRPC port: says where OTLP over HTTP is.
class WrongPortHandler final : public http::Handler {
 public:
  http::BodyPlan plan(const http::Request& request, std::string_view first) override;
  void handle(http::Request&& request, http::Responder responder) override;
  void refuse(http::Refusal reason, http::Request&& request, http::Responder responder) override;
};

}  // namespace sluice::components::otlp_receiver
