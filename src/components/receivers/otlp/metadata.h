#pragma once

#include "http/message.h"
#include "pipeline/auth.h"
#include "pipeline/batch.h"

namespace sluice::components::otlp_receiver {

/// Keeps the sender's address and what its authenticator knows of it with the batch, and all
/// headers if `include_headers`.
void keep_metadata(const http::Request& request, bool include_headers,
                   const pipeline::ServerAuth::Attributes& auth, pipeline::Batch& batch);

}  // namespace sluice::components::otlp_receiver
