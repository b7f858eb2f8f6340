#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"
#include "otlp/records.h"

namespace sluice::otlp {

/// What a receiver says about a request that it took: the partial_success of an
/// Export*ServiceResponse.
struct ExportResponse {
  uint64_t rejected = 0;  ///< records that it will never store
  std::string message;    ///< why; without rejected records a warning
};

/// Both read responses of all signals. InvalidArgument says what is wrong with the bytes.
Status decode_response_protobuf(std::string_view body, ExportResponse& out);
Status decode_response_json(std::string_view body, ExportResponse& out);

}  // namespace sluice::otlp
