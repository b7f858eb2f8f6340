#include "components/processors/transform/transform.h"

#include <algorithm>

#include "components/processors/transform/config.h"
#include "pipeline/frames.h"

namespace sluice::components {
namespace {

using transform_processor::Config;

/// Runs the groups one after the other, each over the whole batch; or neighbours together, record
/// by record while it is in the cache, where nobody can tell the difference.
class Transformer final : public pipeline::Consumer {
 public:
  using Groups = std::vector<pipeline::CompiledGroup>;

  Transformer(pipeline::Consumer& next, Groups groups) : next_(next), groups_(std::move(groups)) {}

  void consume(pipeline::Batch&& batch) override {
    for (auto begin = groups_.begin(); begin != groups_.end();) {
      const auto end = end_of_pass(begin);
      std::string error;
      const auto run = [&](ottl::Frame& frame) {
        for (auto group = begin; group != end; ++group) {
          frame.cache->clear();
          if (this->run(*group, frame)) continue;
          error = frame.error;
          return false;
        }
        return true;
      };
      if (!pipeline::each_frame(batch, begin->context, run)) {
        batch.ack.resolve(
            {unavailable("a statement failed, and error_mode is propagate: " + error), 0, {}});
        return;
      }
      begin = end;
    }
    next_.consume(std::move(batch));
  }

 private:
  static bool run(const pipeline::CompiledGroup& group, ottl::Frame& frame) {
    const bool wanted = group.program.any_holds(frame, group.error_mode, true);
    return !frame.failed() && (!wanted || group.program.run(frame, group.error_mode));
  }

  Groups::const_iterator end_of_pass(Groups::const_iterator begin) const {
    const auto joins = [&](const pipeline::CompiledGroup& group) {
      return group.context == begin->context && group.program.changes_only_its_record();
    };
    if (!joins(*begin)) return begin + 1;
    return std::find_if_not(begin, groups_.end(), joins);
  }

  pipeline::Consumer& next_;
  const Groups groups_;
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
