// Reads bytes as a response, in protobuf and in JSON.

#include <cstdint>

#include "otlp/export_response.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  sluice::otlp::ExportResponse protobuf;
  sluice::otlp::ExportResponse json;
  [[maybe_unused]] const bool read = sluice::otlp::decode_response_protobuf(body, protobuf).ok();
  [[maybe_unused]] const bool too = sluice::otlp::decode_response_json(body, json).ok();
  return 0;
}
