#include "components/receivers/otlp/instruments.h"

#include <string>

namespace sluice::components::otlp_receiver {

namespace {

constexpr std::array<std::string_view, kResults> kResultNames = {"ok", "partial", "bad",
                                                                 "retry_later", "deadline"};

}  // namespace

Instruments::Instruments(metrics::Registry& registry, const std::string& receiver)
    : registry_(registry) {
  for (size_t t = 0; t < kTransports; ++t) {
    const std::string transport(transport_name(static_cast<Transport>(t)));
    for (size_t s = 0; s < kSignals; ++s) {
      const std::string signal(otlp::signal_name(static_cast<otlp::Signal>(s)));
      const metrics::Labels labels{{"signal", signal}, {"transport", transport}};
      PerSignal& to = per_signal_[t][s];
      to.items.emplace(registry, receiver, transport, static_cast<otlp::Signal>(s));
      to.accepted_records = &registry.counter(
          "sluice_receiver_accepted_records_total",
          "Log records, spans and data points that senders were told are taken: with "
          "--ack store stored, with --ack memory held in memory.",
          labels);
      auto refused = [&](std::string_view reason) {
        metrics::Labels with_reason = labels;
        with_reason.emplace_back("reason", reason);
        return &registry.counter("sluice_receiver_refused_records_total",
                                 "Records that were decoded but not stored.", with_reason);
      };
      to.rejected_records = refused("rejected");
      to.retry_records = refused("retry_later");
      to.decoded_empty = &registry.counter(
          "sluice_receiver_decoded_empty_total",
          "Requests in which no record was found: nothing, or another signal's.", labels);
      for (size_t r = 0; r < kResults; ++r) {
        metrics::Labels with_result = labels;
        with_result.emplace_back("result", kResultNames[r]);
        to.requests[r] = &registry.counter("sluice_receiver_requests_total",
                                           "Export requests by how they ended.", with_result);
      }
    }
    const metrics::Labels labels{{"transport", transport}};
    Connections& to = connections_[t];
    to.open = &registry.gauge("sluice_receiver_open_connections", "Connections that are open now.",
                              labels);
    to.total =
        &registry.counter("sluice_receiver_connections_total", "Connections accepted.", labels);
    to.over_limit =
        &registry.counter("sluice_receiver_connections_refused_total",
                          "Connections closed at once because too many were open.", labels);
    to.bytes_received = &registry.counter("sluice_receiver_received_bytes_total",
                                          "Bytes read from senders, before decompression.", labels);
  }
}

void Instruments::refused(Transport transport, std::string_view reason) {
  registry_
      .counter(
          "sluice_receiver_refused_requests_total",
          "Requests refused before their records were read.",
          {{"transport", std::string(transport_name(transport))}, {"reason", std::string(reason)}})
      .add();
}

int64_t Instruments::open_connections() const {
  int64_t open = 0;
  for (const Connections& connections : connections_) open += connections.open->value();
  return open;
}

void Instruments::connection_over_limit(Transport transport) {
  connections_[static_cast<size_t>(transport)].over_limit->add();
}

}  // namespace sluice::components::otlp_receiver
