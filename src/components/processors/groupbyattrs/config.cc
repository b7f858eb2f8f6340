#include "components/processors/groupbyattrs/config.h"

namespace sluice::components::groupbyattrs_processor {

const config::Schema<Config>& schema_of(const Config*) {
  static const auto schema =
      config::Schema<Config>().field("keys", &Config::keys,
                                     "Attributes that move from the records to their resource; "
                                     "without any, equal resources and scopes are put together.");
  return schema;
}

}  // namespace sluice::components::groupbyattrs_processor
