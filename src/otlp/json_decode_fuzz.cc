// Decodes a body as each signal. What is decoded is written as JSON and as protobuf again, and must
// decode to equal records.

#include <cstdint>
#include <string>

#include "base/check.h"
#include "otlp/decode.h"
#include "testing/otlp_json.h"
#include "testing/otlp_protobuf.h"
#include "testing/record_dump.h"

namespace sluice::otlp {
namespace {

template <typename Request>
void check(std::string_view body) {
  Arena arena;
  Request request;
  const Status status = decode_json(body, arena, request);
  if (!status.ok()) {
    SLUICE_CHECK(!status.message().empty());
    return;
  }
  const std::string expected = testing::dump(request);
  const std::string json = testing::to_json(request);
  Request from_json;
  SLUICE_CHECK(decode_json(json, arena, from_json).ok());
  SLUICE_CHECK(testing::dump(from_json) == expected);
  const std::string protobuf = testing::to_protobuf(request);
  Request from_protobuf;
  SLUICE_CHECK(decode_protobuf(protobuf, arena, from_protobuf).ok());
  SLUICE_CHECK(testing::dump(from_protobuf) == expected);
}

}  // namespace
}  // namespace sluice::otlp

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  sluice::otlp::check<sluice::otlp::LogsRequest>(body);
  sluice::otlp::check<sluice::otlp::TracesRequest>(body);
  sluice::otlp::check<sluice::otlp::MetricsRequest>(body);
  return 0;
}
