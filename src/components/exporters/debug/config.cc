#include "components/exporters/debug/config.h"

namespace sluice::components::debug_exporter {

const config::Schema<Config>& schema_of(const Config*) {
  static const auto schema =
      config::Schema<Config>()
          .field("verbosity", &Config::verbosity,
                 "What is said of a request: basic counts records, normal and detailed print it.")
          .field("sampling_initial", &Config::sampling_initial,
                 "Requests that are said in full each second.")
          .field("sampling_thereafter", &Config::sampling_thereafter,
                 "Of those beyond, every so many-th is said; 0 is none.")
          .ignore("use_internal_logger", "everything goes to the program's own log")
          .ignore("output_paths", "everything goes to the program's own log")
          .ignore("sending_queue", "nothing waits");
  return schema;
}

}  // namespace sluice::components::debug_exporter
