#include "components/receivers/otlp/reply_body.h"

#include <string_view>

#include "base/buffer.h"
#include "base/utf8.h"
#include "wire/json_write.h"
#include "wire/protobuf_writer.h"

namespace sluice::components::otlp_receiver {

std::string success_protobuf(const pipeline::Outcome& outcome) {
  std::string out;
  wire::ProtoWriter writer(out);
  const size_t partial_success = writer.begin(1);
  if (outcome.rejected != 0) {
    // The three signals' messages have the same field numbers.
    writer.varint(1, outcome.rejected);
    writer.bytes(2, utf8::to_valid(outcome.reason));
  }
  writer.end(partial_success);
  return out;
}

std::string success_json(otlp::Signal signal, const pipeline::Outcome& outcome) {
  if (outcome.rejected == 0) return R"({"partialSuccess":{}})";
  constexpr std::string_view kNames[] = {"rejectedLogRecords", "rejectedSpans",
                                         "rejectedDataPoints"};
  Buffer out;
  out.append(R"({"partialSuccess":{")");
  out.append(kNames[static_cast<size_t>(signal)]);
  out.append(R"(":")");  // protobuf's JSON writes 64-bit integers as strings
  out.append(std::to_string(outcome.rejected));
  out.append(R"(","errorMessage":)");
  wire::append_json_string(outcome.reason, out);
  out.append("}}");
  return std::string(out.view());
}

}  // namespace sluice::components::otlp_receiver
