#pragma once

#include "components/receivers/otlp/instruments.h"
#include "http/message.h"
#include "pipeline/batch.h"

namespace sluice::components::otlp_receiver {

/// Keeps the sender's address with the batch, what came with a call of gRPC, and all headers if
/// `include_headers`.
void keep_metadata(const http::Request& request, Transport transport, bool include_headers,
                   pipeline::Batch& batch);

}  // namespace sluice::components::otlp_receiver
