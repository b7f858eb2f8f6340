#include "components/processors/batch/batch.h"

#include "components/processors/batch/config.h"
#include "pipeline/count.h"
#include "pipeline/gate.h"

namespace sluice::components {
namespace {

using batch_processor::Config;

/// Tells how large requests are, and passes them on as they are.
class Measure final : public pipeline::Gate {
 public:
  Measure(pipeline::Consumer& next, metrics::Histogram& sizes) : Gate(next), sizes_(sizes) {}

 private:
  bool lets_through(const pipeline::BatchView& batch, pipeline::Ack&) override {
    sizes_.observe(static_cast<double>(pipeline::count_items(batch)));
    return true;
  }

  metrics::Histogram& sizes_;
};

/// Rows are put together in the exporter's blocks, which acknowledge when they are stored; a stage
/// that did so before could only lose what it had acknowledged. So the options go to the exporter;
/// those that are at their defaults leave it to its own.
class BatchProcessor final : public pipeline::Processor {
 public:
  BatchProcessor(const Config& config, const pipeline::ComponentId& id, metrics::Registry& metrics)
      : sizes_(metrics.histogram("otelcol_processor_batch_batch_send_size",
                                 "Records of a request that is passed on.",
                                 {{"processor", id.to_string()}}, metrics::Histogram::kSizes)) {
    metrics
        .gauge("otelcol_processor_batch_metadata_cardinality",
               "Always 1: requests are not kept apart by their metadata.",
               {{"processor", id.to_string()}})
        .set(1);
    const Config standard;
    if (config.timeout != standard.timeout) limits_.timeout = config.timeout;
    if (config.send_batch_size.value != standard.send_batch_size.value)
      limits_.size = config.send_batch_size;
    if (config.send_batch_max_size > 0) limits_.size_max = config.send_batch_max_size;
  }
  static Result<std::unique_ptr<pipeline::Processor>> make(const Config& config,
                                                           const pipeline::ComponentId& id,
                                                           otlp::Signal, pipeline::Host& host) {
    return std::unique_ptr<pipeline::Processor>(
        std::make_unique<BatchProcessor>(config, id, host.metrics));
  }
  pipeline::BatchLimits batch_limits() const override { return limits_; }
  std::unique_ptr<pipeline::Consumer> stage(size_t, pipeline::Consumer& next) override {
    return std::make_unique<Measure>(next, sizes_);
  }

 private:
  metrics::Histogram& sizes_;
  pipeline::BatchLimits limits_;
};

}  // namespace

std::unique_ptr<pipeline::Factory> batch_processor_factory() {
  return std::make_unique<pipeline::ProcessorFactory<Config>>(
      pipeline::Factory::About{config::Section::Processors, "batch",
                               "Says how exporters put records together."},
      &BatchProcessor::make);
}

}  // namespace sluice::components
