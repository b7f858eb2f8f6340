#include "components/processors/transform/transform.h"

#include "components/processors/transform/config.h"
#include "pipeline/frames.h"

namespace sluice::components {
namespace {

using transform_processor::Config;

/// Runs the groups one after the other, each over the whole batch.
class Transformer final : public pipeline::Consumer {
 public:
  Transformer(pipeline::Consumer& next, std::vector<pipeline::CompiledGroup> groups)
      : next_(next), groups_(std::move(groups)) {}

  void consume(pipeline::Batch&& batch) override {
    for (const pipeline::CompiledGroup& group : groups_) {
      std::string error;
      const auto run = [&](ottl::Frame& frame) {
        const bool wanted = group.program.any_holds(frame, group.error_mode, true);
        if (!frame.failed() && (!wanted || group.program.run(frame, group.error_mode))) return true;
        error = frame.error;
        return false;
      };
      if (pipeline::each_frame(batch, group.context, run)) continue;
      batch.ack.resolve(
          {unavailable("a statement failed, and error_mode is propagate: " + error), 0, {}});
      return;
    }
    next_.consume(std::move(batch));
  }

 private:
  pipeline::Consumer& next_;
  const std::vector<pipeline::CompiledGroup> groups_;
};

class TransformProcessor final : public pipeline::Processor {
 public:
  TransformProcessor(const Config& config, otlp::Signal signal)
      : config_(config), signal_(signal) {}

  static Result<std::unique_ptr<pipeline::Processor>> make(const Config& config,
                                                           const pipeline::ComponentId&,
                                                           otlp::Signal signal, pipeline::Host&) {
    return std::unique_ptr<pipeline::Processor>(
        std::make_unique<TransformProcessor>(config, signal));
  }

  /// Programs keep scratch, so each lane has its own.
  std::unique_ptr<pipeline::Consumer> stage(size_t, pipeline::Consumer& next) override {
    return std::make_unique<Transformer>(
        next, pipeline::compile_groups(config_.of(signal_).groups, signal_,
                                       ottl::standard_library(), config_.error_mode, nullptr));
  }

 private:
  const Config config_;
  const otlp::Signal signal_;
};

}  // namespace

std::unique_ptr<pipeline::Factory> transform_processor_factory() {
  return std::make_unique<pipeline::ProcessorFactory<Config>>(
      pipeline::Factory::About{config::Section::Processors, "transform",
                               "Changes records by OTTL statements."},
      &TransformProcessor::make);
}

}  // namespace sluice::components
