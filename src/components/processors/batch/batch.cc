#include "components/processors/batch/batch.h"

#include "components/processors/batch/config.h"
#include "pipeline/pass_on.h"

namespace sluice::components {
namespace {

using batch_processor::Config;

/// Rows are put together in the exporter's blocks, which acknowledge when they are stored; a stage
/// that did so before could only lose what it had acknowledged. So the options go to the exporter;
/// those that are at their defaults leave it to its own.
class BatchProcessor final : public pipeline::Processor {
 public:
  explicit BatchProcessor(const Config& config) {
    const Config standard;
    if (config.timeout != standard.timeout) limits_.timeout = config.timeout;
    if (config.send_batch_size != standard.send_batch_size) limits_.size = config.send_batch_size;
    if (config.send_batch_max_size > 0) limits_.size_max = config.send_batch_max_size;
  }
  static Result<std::unique_ptr<pipeline::Processor>> make(const Config& config,
                                                           const pipeline::ComponentId&,
                                                           otlp::Signal, pipeline::Host&) {
    return std::unique_ptr<pipeline::Processor>(std::make_unique<BatchProcessor>(config));
  }
  pipeline::BatchLimits batch_limits() const override { return limits_; }
  std::unique_ptr<pipeline::Consumer> stage(size_t, pipeline::Consumer& next) override {
    return std::make_unique<pipeline::PassOn>(next);
  }

 private:
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
