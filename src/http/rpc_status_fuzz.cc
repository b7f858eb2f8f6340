// Reads bytes as a google.rpc.Status, in protobuf and in JSON.

#include <cstdint>

#include "http/rpc_status.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  [[maybe_unused]] const auto protobuf = sluice::http::read_rpc_status_protobuf(bytes);
  [[maybe_unused]] const auto json = sluice::http::read_rpc_status_json(bytes);
  return 0;
}
