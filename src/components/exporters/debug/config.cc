#include "components/exporters/debug/config.h"

namespace sluice::components::debug_exporter {

constexpr char kOwnLog[] = "everything goes to the program's own log";

const config::Schema<Config>& schema_of(const Config*) {
  static const auto schema =
      config::Schema<Config>()
          .field("verbosity", &Config::verbosity,
                 "What is said of a request: basic counts records, normal and detailed print it.")
          .field("sampling_initial", &Config::sampling_initial,
                 "Requests that are said in full each second.")
          .field("sampling_thereafter", &Config::sampling_thereafter,
                 "Of those beyond, every so many-th is said; 0 is none.")
          .field("use_internal_logger", &Config::use_internal_logger,
                 "Whether requests go to the program's log.")
          .ignored(kOwnLog)
          .field("output_paths", &Config::output_paths, "Where they go otherwise.")
          .ignored(kOwnLog)
          .ignore<config::Node>("sending_queue", "nothing waits")
          .check([](const Config& config, const config::Place& place) {
            if (config.output_paths && config.use_internal_logger)
              place.of("output_paths").error("this needs use_internal_logger: false");
          });
  return schema;
}

}  // namespace sluice::components::debug_exporter
