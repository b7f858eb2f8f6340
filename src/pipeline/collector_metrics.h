#pragma once

// The program's own metrics by the names of the OpenTelemetry Collector, on which dashboards and
// alerts depend. docs/metrics.md has them all with their sources. They are looked up once, and
// cost an atomic addition for each batch.

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/metrics.h"
#include "otlp/records.h"
#include "pipeline/gate.h"

namespace sluice::pipeline {

/// What came in over one transport ("grpc", "http"), by what the sender was answered.
struct ReceiverItems {
  ReceiverItems(metrics::Registry& registry, const std::string& receiver,
                std::string_view transport, otlp::Signal signal);

  metrics::Counter& accepted;
  metrics::Counter& refused;  ///< for whatever reason
};

/// What goes out of an exporter.
struct ExporterItems {
  ExporterItems(metrics::Registry& registry, const std::string& exporter, otlp::Signal signal);

  metrics::Counter& sent;            ///< the other end has it
  metrics::Counter& send_failed;     ///< the other end does not have it, after all tries
  metrics::Counter& enqueue_failed;  ///< turned away before it was tried
};

/// By otlp::Signal.
using ExporterItemsBySignal = std::array<ExporterItems, otlp::kSignalCount>;
ExporterItemsBySignal exporter_items(metrics::Registry& registry, const std::string& exporter);

/// An exporter's queue, and what comes out of it.
struct ExporterQueue {
  ExporterQueue(metrics::Registry& registry, const std::string& exporter, otlp::Signal signal);

  metrics::Gauge& size;  ///< this and the next in whatever unit it is bounded
  metrics::Gauge& capacity;
  metrics::Gauge& in_flight;            ///< requests
  metrics::Histogram& batch_send_size;  ///< records of a request
};

/// What goes into a processor and comes out of it.
struct ProcessorItems {
  ProcessorItems(metrics::Registry& registry, const std::string& processor, otlp::Signal signal);

  metrics::Counter& incoming;
  metrics::Counter& outgoing;
};

/// What the memory limiter lets through, and what it does not.
struct LimiterItems {
  LimiterItems(metrics::Registry& registry, const std::string& processor, otlp::Signal signal);

  metrics::Counter& accepted;
  metrics::Counter& refused;
};

/// Counts what passes between two stages: as outgoing of one processor, as incoming of the next.
class Meter final : public Gate {
 public:
  using Gate::Gate;
  /// Before any batch comes. The counter must outlive the meter.
  void count_for(metrics::Counter& counter) { counters_.push_back(&counter); }

 private:
  bool lets_through(const BatchView& batch, Ack& ack) override;

  std::vector<metrics::Counter*> counters_;
};

}  // namespace sluice::pipeline
