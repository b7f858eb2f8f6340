#pragma once

#include <memory>
#include <optional>

#include "components/receivers/otlp/lane.h"
#include "components/receivers/otlp/receiver.h"
#include "http/grpc.h"
#include "http/message.h"

namespace sluice::components::otlp_receiver {

/// OTLP over gRPC: the unary Export of the three collector services. One for each lane.
class GrpcHandler final : public http::Handler {
 public:
  /// `config` must outlive the handler.
  GrpcHandler(std::shared_ptr<Lane> lane, const OtlpReceiverConfig& config)
      : lane_(std::move(lane)), config_(config) {}

  http::BodyPlan plan(const http::Request& request, std::string_view first) override;
  void handle(http::Request&& request, http::Responder responder) override;
  void refuse(http::Refusal reason, http::Request&& request, http::Responder responder) override;

 private:
  class Caller;

  Status receive(http::Request&& request, const http::grpc::Call& call, http::Responder& responder);
  Status begin(const http::grpc::Call& call, otlp::Signal& signal) const;

  std::shared_ptr<Lane> lane_;
  const OtlpReceiverConfig& config_;
  Status denial_;  // between plan() and refuse(), which follows at once
};

}  // namespace sluice::components::otlp_receiver
