#include "components/connectors/forward/forward.h"

#include <vector>

#include "pipeline/fan_out.h"

namespace sluice::components {

/// It has no options.
struct ForwardConfig {};

static const config::Schema<ForwardConfig>& schema_of(const ForwardConfig*) {
  static const config::Schema<ForwardConfig> schema;
  return schema;
}

namespace {

class ForwardConnector final : public pipeline::Connector {
 public:
  static Result<std::unique_ptr<pipeline::Connector>> make(const ForwardConfig&,
                                                           const pipeline::ComponentId&,
                                                           otlp::Signal, pipeline::Host&) {
    return std::unique_ptr<pipeline::Connector>(std::make_unique<ForwardConnector>());
  }

  Result<std::unique_ptr<pipeline::Consumer>> stage(size_t, const Outputs& outputs) override {
    std::vector<pipeline::Consumer*> next;
    for (const auto& [id, consumer] : outputs) next.push_back(consumer);
    return std::unique_ptr<pipeline::Consumer>(std::make_unique<pipeline::FanOut>(next));
  }
};

}  // namespace

std::unique_ptr<pipeline::Factory> forward_connector_factory() {
  return std::make_unique<pipeline::ConnectorFactory<ForwardConfig>>(
      pipeline::Factory::About{config::Section::Connectors, "forward",
                               "Feeds all pipelines that have it as a receiver."},
      &ForwardConnector::make);
}

}  // namespace sluice::components
