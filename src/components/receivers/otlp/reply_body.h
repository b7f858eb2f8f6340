#pragma once

#include <string>

#include "otlp/records.h"
#include "pipeline/ack.h"

namespace sluice::components::otlp_receiver {

/// Export*ServiceResponse for an outcome whose status is Ok: with an empty partial_success, as the
/// OpenTelemetry Collector sends it, or with the number of rejected records and the reason.
std::string success_protobuf(const pipeline::Outcome& outcome);
std::string success_json(otlp::Signal signal, const pipeline::Outcome& outcome);

}  // namespace sluice::components::otlp_receiver
