#include "components/processors/transform/config.h"

namespace sluice::components::transform_processor {
namespace {

void check(const Config& config, const config::Place& place) {
  if (config.flatten_data) {
    place.of("flatten_data")
        .error(
            "this is not supported: records of one resource and scope are changed where they "
            "are; take the option out, and use the groupbyattrs processor to group them anew");
  }
  for (size_t i = 0; i < otlp::kSignalCount; ++i) {
    const auto signal = static_cast<otlp::Signal>(i);
    pipeline::compile_groups(config.of(signal).groups, signal, ottl::standard_library(),
                             config.error_mode, &place.diagnostics());
  }
}

}  // namespace

const config::Schema<Config>& schema_of(const Config*) {
  static const auto schema =
      config::Schema<Config>()
          .field("error_mode", &Config::error_mode,
                 "What happens to an error in a statement: it is logged (ignore), passed over "
                 "(silent), or the request fails and the sender comes again (propagate).")
          .given_by_null()
          .field("flatten_data", &Config::flatten_data,
                 "Of the original, behind a feature gate there; not supported.")
          .field("log_statements", &Config::log_statements, "Statements for logs.")
          .field("trace_statements", &Config::trace_statements, "Statements for traces.")
          .field("metric_statements", &Config::metric_statements, "Statements for metrics.")
          .refuse("profile_statements", "profiles are not supported")
          .check(check);
  return schema;
}

}  // namespace sluice::components::transform_processor
