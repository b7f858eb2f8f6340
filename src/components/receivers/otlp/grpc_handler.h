#pragma once

#include <memory>
#include <optional>

#include "components/receivers/otlp/lane.h"
#include "components/receivers/otlp/routes.h"
#include "http/grpc.h"
#include "http/limits.h"
#include "http/message.h"

namespace sluice::components::otlp_receiver {

/// OTLP over gRPC: the unary Export of the three collector services. One for each lane.
class GrpcHandler final : public http::Handler {
 public:
  /// The references must outlive the handler.
  GrpcHandler(std::shared_ptr<Lane> lane, const http::Limits& limits, const Served& served,
              bool include_metadata)
      : lane_(std::move(lane)),
        limits_(limits),
        served_(served),
        include_metadata_(include_metadata) {}

  http::BodyPlan plan(const http::Request& request, std::string_view first) override;
  void handle(http::Request&& request, http::Responder responder) override;
  void refuse(http::Refusal reason, http::Request&& request, http::Responder responder) override;

 private:
  class Caller;

  Status receive(http::Request&& request, const http::grpc::Call& call, http::Responder& responder);
  Status begin(const http::grpc::Call& call, otlp::Signal& signal) const;

  std::shared_ptr<Lane> lane_;
  const http::Limits& limits_;
  const Served& served_;
  const bool include_metadata_;
};

}  // namespace sluice::components::otlp_receiver
