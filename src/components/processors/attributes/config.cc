#include "components/processors/attributes/config.h"

namespace sluice::components::attributes_processor {

const config::Schema<Config>& schema_of(const Config*) {
  static const auto schema =
      config::Schema<Config>()
          .field("include", &Config::include, "Only records that match are changed.")
          .field("exclude", &Config::exclude, "Records that match are left as they are.")
          .field("actions", &Config::actions, "What is done, in this order.")
          .check([](const Config& config, const config::Place& place) {
            if (config.actions.empty()) place.error("the option \"actions\" is missing");
          });
  return schema;
}

}  // namespace sluice::components::attributes_processor
