#pragma once

// The transform processor's options, as the OpenTelemetry Collector names them.

#include "pipeline/statements.h"

namespace sluice::components::transform_processor {

struct Config {
  ottl::ErrorMode error_mode = ottl::ErrorMode::Ignore;
  bool flatten_data = false;
  pipeline::StatementGroups log_statements;
  pipeline::StatementGroups trace_statements;
  pipeline::StatementGroups metric_statements;

  const pipeline::StatementGroups& of(otlp::Signal signal) const {
    return signal == otlp::Signal::Logs     ? log_statements
           : signal == otlp::Signal::Traces ? trace_statements
                                            : metric_statements;
  }
};

const config::Schema<Config>& schema_of(const Config*);

}  // namespace sluice::components::transform_processor
