#pragma once

#include <cstddef>

#include "components/processors/tail_sampling/policy.h"

namespace sluice::components::tail_sampling_processor {

/// What a span takes as protobuf in an export request, in bytes, without its resource and scope.
/// Tags count one byte each, and fields that hardly anyone sends are left out.
size_t size_of(const otlp::Span& span);
/// All spans with their resources and scopes.
size_t size_of(const Trace& trace);

}  // namespace sluice::components::tail_sampling_processor
