#include "components/processors/batch/batch.h"

#include "components/processors/batch/config.h"
#include "pipeline/pass_on.h"

namespace sluice::components {
namespace {

using batch_processor::Config;

/// Rows are put together in the exporter's blocks, which acknowledge when they are stored; a stage
/// that did so before could only lose what it had acknowledged.
class BatchProcessor final : public pipeline::Processor {
 public:
  static Result<std::unique_ptr<pipeline::Processor>> make(const Config&,
                                                           const pipeline::ComponentId&,
                                                           otlp::Signal, pipeline::Host&) {
    return std::unique_ptr<pipeline::Processor>(std::make_unique<BatchProcessor>());
  }
  std::unique_ptr<pipeline::Consumer> stage(size_t, pipeline::Consumer& next) override {
    return std::make_unique<pipeline::PassOn>(next);
  }
};

}  // namespace

std::unique_ptr<pipeline::Factory> batch_processor_factory() {
  return std::make_unique<pipeline::ProcessorFactory<Config>>(
      pipeline::Factory::About{config::Section::Processors, "batch",
                               "Taken for compatibility: exporters put records together."},
      &BatchProcessor::make);
}

}  // namespace sluice::components
