#pragma once

#include "http/message.h"
#include "pipeline/batch.h"

namespace sluice::components::otlp_receiver {

/// Keeps the sender's address with the batch, and all headers if `include_headers`.
void keep_metadata(const http::Request& request, bool include_headers, pipeline::Batch& batch);

}  // namespace sluice::components::otlp_receiver
