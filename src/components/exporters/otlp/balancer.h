#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "components/exporters/otlp/config.h"
#include "http/grpc_client.h"

namespace sluice::components::otlp_exporter {

/// Connections to the addresses of one endpoint, each of which is used by one thread at a time.
/// Thread-safe.
class Connections {
 public:
  using Clock = std::chrono::steady_clock;
  using Resolve = std::function<Result<std::vector<http::Address>>(const http::Address&)>;

  /// An address that could not be reached is left alone for so long, if there are others.
  static constexpr std::chrono::seconds kAvoid{5};
  /// The name is looked up again after failures, at most so often.
  static constexpr std::chrono::seconds kResolveEvery{5};

  /// A connection that its holder uses, and the address it leads to.
  struct Lease {
    http::Address address;
    std::unique_ptr<http::GrpcClient> client;
  };

  Connections(http::Address endpoint, Balancer balancer, http::GrpcClientOptions options,
              Resolve resolve);

  /// A connection to the next address, open or not. Waits for the resolver; fails as that does.
  Result<Lease> take();
  /// For a connection that may be used again.
  void give_back(Lease lease);
  /// The address could not be reached.
  void failed(const http::Address& address);
  /// Addresses that are known.
  size_t addresses() const;

 private:
  struct Place {
    http::Address address;
    Clock::time_point avoid_until{};
    std::vector<std::unique_ptr<http::GrpcClient>> idle{};
  };

  Status look_up();
  Place* find(const http::Address& address);
  size_t pick();

  const http::Address endpoint_;
  const Balancer balancer_;
  const http::GrpcClientOptions options_;
  const Resolve resolve_;
  mutable std::mutex mutex_;
  std::vector<Place> places_;
  size_t next_ = 0;
  bool look_up_wanted_ = true;
  Clock::time_point looked_up_{};
};

}  // namespace sluice::components::otlp_exporter
