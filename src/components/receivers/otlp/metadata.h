#pragma once

#include "components/receivers/otlp/instruments.h"
#include "http/message.h"
#include "pipeline/auth.h"
#include "pipeline/batch.h"

namespace sluice::components::otlp_receiver {

/// Keeps with the batch the sender's address, what its authenticator knows of it, what came with a
/// call of gRPC, and all headers if `include_headers`.
void keep_metadata(const http::Request& request, Transport transport, bool include_headers,
                   const pipeline::ServerAuth::Attributes& auth, pipeline::Batch& batch);

}  // namespace sluice::components::otlp_receiver
