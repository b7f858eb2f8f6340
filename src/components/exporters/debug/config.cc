#include "components/exporters/debug/config.h"

#include "delivery/options.h"

namespace sluice::components::debug_exporter {

const config::Schema<Config>& schema_of(const Config*) {
  static const auto schema =
      config::Schema<Config>()
          .field("verbosity", &Config::verbosity,
                 "What is said of a request: basic counts records, normal has a line for each, and "
                 "detailed one for each member.")
          .field("sampling_initial", &Config::sampling_initial,
                 "Requests of each signal that are said each second; below 0: all.")
          .field("sampling_thereafter", &Config::sampling_thereafter,
                 "Of those beyond, every so many-th is said; 0 or less: none.")
          .field("use_internal_logger", &Config::use_internal_logger,
                 "Whether requests go to the program's log.")
          .field("output_paths", &Config::output_paths,
                 "Where they go otherwise: files, stdout or stderr; stdout if nothing is given.")
          .ignore<delivery::QueueConfig>("sending_queue", "nothing waits")
          .check([](const Config& config, const config::Place& place) {
            if (!config.output_paths) return;
            const config::Place here = place.of("output_paths");
            if (config.use_internal_logger) here.error("this needs use_internal_logger: false");
            if (config.output_paths->empty()) here.expected("a file, stdout or stderr");
          });
  return schema;
}

}  // namespace sluice::components::debug_exporter
