#include "pipeline/collector_metrics.h"

#include <utility>

#include "pipeline/count.h"

namespace sluice::pipeline {
namespace {

std::string_view items_name(otlp::Signal signal) {
  switch (signal) {
    case otlp::Signal::Logs: return "log_records";
    case otlp::Signal::Traces: return "spans";
    case otlp::Signal::Metrics: break;
  }
  return "metric_points";
}

/// otelcol_{what}_{items}_total.
metrics::Counter& counter(metrics::Registry& registry, std::string_view what, otlp::Signal signal,
                          std::string_view help, const metrics::Labels& labels) {
  std::string name = "otelcol_";
  name.append(what).append("_").append(items_name(signal)).append("_total");
  return registry.counter(name, help, labels);
}

metrics::Labels receiver_labels(const std::string& receiver, std::string_view transport) {
  return {{"receiver", receiver}, {"transport", std::string(transport)}};
}

metrics::Labels queue_labels(const std::string& exporter, otlp::Signal signal) {
  return {{"data_type", std::string(otlp::signal_name(signal))}, {"exporter", exporter}};
}

metrics::Labels processor_labels(const std::string& processor, otlp::Signal signal) {
  return {{"otel_signal", std::string(otlp::signal_name(signal))}, {"processor", processor}};
}

}  // namespace

ReceiverItems::ReceiverItems(metrics::Registry& registry, const std::string& receiver,
                             std::string_view transport, otlp::Signal signal)
    : accepted(counter(registry, "receiver_accepted", signal,
                       "Records that came in and whose sender was told that they are taken.",
                       receiver_labels(receiver, transport))),
      refused(counter(registry, "receiver_refused", signal,
                      "Records that came in and whose sender was told that they are not taken.",
                      receiver_labels(receiver, transport))) {
  // The original counts here only behind a feature gate (receiverhelper.newReceiverMetrics), but
  // shows the zero, which sums over all three need.
  counter(registry, "receiver_failed", signal, "Always 0: what is not accepted counts as refused.",
          receiver_labels(receiver, transport));
}

ExporterItems::ExporterItems(metrics::Registry& registry, const std::string& exporter,
                             otlp::Signal signal)
    : sent(counter(registry, "exporter_sent", signal, "Records that the other end has taken.",
                   {{"exporter", exporter}})),
      send_failed(counter(registry, "exporter_send_failed", signal,
                          "Records that the other end did not take, after all tries.",
                          {{"exporter", exporter}})),
      enqueue_failed(counter(registry, "exporter_enqueue_failed", signal,
                             "Records that were turned away before they were tried.",
                             {{"exporter", exporter}})) {}

ExporterItemsBySignal exporter_items(metrics::Registry& registry, const std::string& exporter) {
  return {ExporterItems(registry, exporter, otlp::Signal::Logs),
          ExporterItems(registry, exporter, otlp::Signal::Traces),
          ExporterItems(registry, exporter, otlp::Signal::Metrics)};
}

ExporterQueue::ExporterQueue(metrics::Registry& registry, const std::string& exporter,
                             otlp::Signal signal)
    : size(registry.gauge("otelcol_exporter_queue_size", "What waits or is on its way.",
                          queue_labels(exporter, signal))),
      capacity(registry.gauge("otelcol_exporter_queue_capacity",
                              "What may wait or be on its way, in the unit of the queue's size.",
                              queue_labels(exporter, signal))),
      in_flight(registry.gauge("otelcol_exporter_in_flight_requests",
                               "Requests that are being sent.", queue_labels(exporter, signal))),
      batch_send_size(registry.histogram(
          "otelcol_exporter_queue_batch_send_size", "Records of a request that is sent.",
          queue_labels(exporter, signal), metrics::Histogram::kSizes)) {}

LimiterItems::LimiterItems(metrics::Registry& registry, const std::string& processor,
                           otlp::Signal signal)
    : accepted(counter(registry, "processor_memory_limiter_accepted", signal,
                       "Records that the memory limiter has let through.",
                       {{"processor", processor}})),
      refused(counter(registry, "processor_memory_limiter_refused", signal,
                      "Records that were refused because too much was in flight.",
                      {{"processor", processor}})) {}

ProcessorItems::ProcessorItems(metrics::Registry& registry, const std::string& processor,
                               otlp::Signal signal)
    : incoming(registry.counter("otelcol_processor_incoming_items_total",
                                "Records that go into the processor.",
                                processor_labels(processor, signal))),
      outgoing(registry.counter("otelcol_processor_outgoing_items_total",
                                "Records that come out of the processor.",
                                processor_labels(processor, signal))) {}

bool Meter::lets_through(const BatchView& batch, Ack& /*ack*/) {
  const uint64_t items = count_items(batch);
  for (metrics::Counter* counter : counters_) counter->add(items);
  return true;
}

}  // namespace sluice::pipeline
