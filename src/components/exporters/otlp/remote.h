#pragma once

#include <memory>

#include "components/exporters/otlp/balancer.h"
#include "components/exporters/otlp/config.h"
#include "delivery/remote.h"

namespace sluice::components::otlp_exporter {

/// An OTLP receiver behind gRPC.
class GrpcRemote final : public delivery::Remote {
 public:
  /// `auth` may be null, and must outlive the remote. Errors: an endpoint that is none, files of
  /// `tls` that cannot be used.
  static Result<std::unique_ptr<GrpcRemote>> create(const Config& config,
                                                    const pipeline::ClientAuth* auth = nullptr);

  delivery::Attempt send(otlp::Signal signal, std::string_view body) override;

 private:
  GrpcRemote(const Config& config, http::Address endpoint, http::GrpcClientOptions options,
             const pipeline::ClientAuth* auth);
  delivery::Attempt call(http::GrpcClient& client, otlp::Signal signal, std::string_view body,
                         std::chrono::milliseconds timeout) const;

  const Config config_;
  Connections connections_;
  const pipeline::ClientAuth* const auth_;
};

/// What a gRPC answer means.
delivery::Attempt read_answer(const http::GrpcReply& reply);

}  // namespace sluice::components::otlp_exporter
