#include "components/processors/resource/config.h"

namespace sluice::components::resource_processor {

const config::Schema<Config>& schema_of(const Config*) {
  static const auto schema =
      config::Schema<Config>()
          .field("attributes", &Config::attributes, "What is done, in this order.")
          .check([](const Config& config, const config::Place& place) {
            if (config.attributes.empty()) place.error("the option \"attributes\" is missing");
          });
  return schema;
}

}  // namespace sluice::components::resource_processor
