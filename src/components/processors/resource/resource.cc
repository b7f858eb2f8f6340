#include "components/processors/resource/resource.h"

#include "components/processors/resource/config.h"
#include "pipeline/records.h"

namespace sluice::components {
namespace {

using resource_processor::Config;

class Changer final : public pipeline::Consumer {
 public:
  Changer(pipeline::Consumer& next, const pipeline::AttributeActions& actions)
      : next_(next), actions_(actions) {}
  void consume(pipeline::Batch&& batch) override {
    pipeline::visit_request(batch, [&](auto& request) {
      for (auto& group : request.resources)
        actions_.apply(group.resource.attributes, batch.metadata, *batch.arena);
    });
    next_.consume(std::move(batch));
  }

 private:
  pipeline::Consumer& next_;
  const pipeline::AttributeActions& actions_;
};

class ResourceProcessor final : public pipeline::Processor {
 public:
  explicit ResourceProcessor(std::unique_ptr<const pipeline::AttributeActions> actions)
      : actions_(std::move(actions)) {}

  static Result<std::unique_ptr<pipeline::Processor>> make(const Config& config,
                                                           const pipeline::ComponentId&,
                                                           otlp::Signal, pipeline::Host&) {
    std::unique_ptr<const pipeline::AttributeActions> actions;
    SLUICE_RETURN_IF_ERROR(pipeline::problems_found_by([&](const config::Place& place) {
      actions = pipeline::AttributeActions::make(config.attributes, place);
    }));
    return std::unique_ptr<pipeline::Processor>(
        std::make_unique<ResourceProcessor>(std::move(actions)));
  }

  std::unique_ptr<pipeline::Consumer> stage(size_t, pipeline::Consumer& next) override {
    return std::make_unique<Changer>(next, *actions_);
  }

 private:
  const std::unique_ptr<const pipeline::AttributeActions> actions_;
};

}  // namespace

std::unique_ptr<pipeline::Factory> resource_processor_factory() {
  return std::make_unique<pipeline::ProcessorFactory<Config>>(
      pipeline::Factory::About{config::Section::Processors, "resource",
                               "Adds, changes and removes attributes of resources."},
      &ResourceProcessor::make);
}

}  // namespace sluice::components
