#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/metrics.h"
#include "http/connection.h"
#include "otlp/records.h"
#include "pipeline/collector_metrics.h"

namespace sluice::components::otlp_receiver {

enum class Transport : uint8_t { Grpc, Http };
inline constexpr size_t kTransports = 2;
inline constexpr size_t kSignals = 3;

constexpr std::string_view transport_name(Transport transport) {
  return transport == Transport::Grpc ? "grpc" : "http";
}

/// How a request ended, for the label `result`.
enum class Result : uint8_t {
  Ok,          ///< everything was stored
  Partial,     ///< a part was rejected for good
  Bad,         ///< the bytes are bad or too many: not to be sent again
  RetryLater,  ///< not now
  Deadline     ///< the sender's deadline passed first
};
inline constexpr size_t kResults = 5;

/// The receiver's metrics, looked up once.
class Instruments {
 public:
  /// `receiver` is the receiver's id.
  Instruments(metrics::Registry& registry, const std::string& receiver);

  struct PerSignal {
    std::array<metrics::Counter*, kResults> requests{};
    metrics::Counter* accepted_records = nullptr;
    metrics::Counter* rejected_records = nullptr;
    metrics::Counter* retry_records = nullptr;
    metrics::Counter* decoded_empty = nullptr;  ///< requests without a record
    std::optional<pipeline::ReceiverItems> items;
  };
  PerSignal& of(otlp::Signal signal, Transport transport) {
    return per_signal_[static_cast<size_t>(transport)][static_cast<size_t>(signal)];
  }

  /// A request that ended before it was known for one of the three signals, or before it was
  /// decoded.
  void refused(Transport transport, std::string_view reason);

  http::ConnectionObserver& connections(Transport transport) {
    return connections_[static_cast<size_t>(transport)];
  }
  /// Open now, of all transports. Thread-safe.
  int64_t open_connections() const;
  void connection_over_limit(Transport transport);

 private:
  class Connections final : public http::ConnectionObserver {
   public:
    void opened() override {
      open->add(1);
      total->add(1);
    }
    void closed() override { open->add(-1); }
    void received(size_t bytes) override { bytes_received->add(bytes); }

    metrics::Gauge* open = nullptr;
    metrics::Counter* total = nullptr;
    metrics::Counter* over_limit = nullptr;
    metrics::Counter* bytes_received = nullptr;
  };

  metrics::Registry& registry_;
  std::array<std::array<PerSignal, kSignals>, kTransports> per_signal_;
  std::array<Connections, kTransports> connections_;
};

}  // namespace sluice::components::otlp_receiver
