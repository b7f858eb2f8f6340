#include "components/processors/attributes/attributes.h"

#include "components/processors/attributes/config.h"
#include "pipeline/records.h"

namespace sluice::components {
namespace {

using attributes_processor::Config;

/// What is compiled of the options; the lanes share it.
struct Rules {
  std::unique_ptr<const pipeline::RecordSelection> selection;
  std::unique_ptr<const pipeline::AttributeActions> actions;
};

class Changer final : public pipeline::Consumer {
 public:
  Changer(pipeline::Consumer& next, const Rules& rules) : next_(next), rules_(rules) {}
  void consume(pipeline::Batch&& batch) override {
    pipeline::each_record(batch, [&](auto& group, auto& scope, auto& record) {
      if (!rules_.selection->has(group.resource, scope.scope, record)) return;
      pipeline::each_attributes(record, [&](otlp::Attributes& attributes) {
        rules_.actions->apply(attributes, batch.metadata, *batch.arena);
      });
    });
    next_.consume(std::move(batch));
  }

 private:
  pipeline::Consumer& next_;
  const Rules& rules_;
};

class AttributesProcessor final : public pipeline::Processor {
 public:
  explicit AttributesProcessor(Rules rules) : rules_(std::move(rules)) {}

  static Result<std::unique_ptr<pipeline::Processor>> make(const Config& config,
                                                           const pipeline::ComponentId&,
                                                           otlp::Signal signal, pipeline::Host&) {
    Rules rules;
    SLUICE_RETURN_IF_ERROR(pipeline::problems_found_by([&](const config::Place& place) {
      rules.selection =
          pipeline::RecordSelection::make(config.include, config.exclude, signal, place);
      rules.actions = pipeline::AttributeActions::make(config.actions, place);
    }));
    return std::unique_ptr<pipeline::Processor>(
        std::make_unique<AttributesProcessor>(std::move(rules)));
  }

  std::unique_ptr<pipeline::Consumer> stage(size_t, pipeline::Consumer& next) override {
    return std::make_unique<Changer>(next, rules_);
  }

 private:
  const Rules rules_;
};

}  // namespace

std::unique_ptr<pipeline::Factory> attributes_processor_factory() {
  return std::make_unique<pipeline::ProcessorFactory<Config>>(
      pipeline::Factory::About{config::Section::Processors, "attributes",
                               "Adds, changes and removes attributes of records."},
      &AttributesProcessor::make);
}

}  // namespace sluice::components
