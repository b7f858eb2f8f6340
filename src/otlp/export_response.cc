#include "otlp/export_response.h"

#include <algorithm>

#include "wire/json_reader.h"
#include "wire/protobuf.h"

namespace sluice::otlp {
namespace {

using wire::ProtoCursor;
using wire::WireType;

/// A count below zero makes no sense, and is none.
uint64_t count_of(int64_t value) { return static_cast<uint64_t>(std::max<int64_t>(value, 0)); }

void partial_success(std::string_view bytes, wire::ProtoError& error, ExportResponse& out) {
  ProtoCursor in(bytes, error);
  uint64_t tag = 0;
  while (in.next(tag)) {
    if (tag == wire::proto_tag(1, WireType::Varint)) {
      uint64_t rejected = 0;
      if (in.varint(rejected)) out.rejected = count_of(static_cast<int64_t>(rejected));
    } else if (tag == wire::proto_tag(2, WireType::Length)) {
      std::string_view message;
      if (in.bytes(message)) out.message = message;
    } else {
      in.skip(tag);
    }
  }
}

void partial_success(wire::JsonReader& in, ExportResponse& out) {
  for (bool more = in.begin_object(); more; more = in.next_member()) {
    const std::string_view key = in.key();
    if (key == "rejectedLogRecords" || key == "rejectedSpans" || key == "rejectedDataPoints") {
      int64_t rejected = 0;
      if (in.integer(rejected)) out.rejected = count_of(rejected);
    } else if (key == "errorMessage") {
      std::string_view message;
      if (in.string(message)) out.message = message;
    } else {
      in.skip();
    }
  }
}

}  // namespace

Status decode_response_protobuf(std::string_view body, ExportResponse& out) {
  wire::ProtoError error;
  ProtoCursor in(body, error);
  uint64_t tag = 0;
  while (in.next(tag)) {
    if (tag == wire::proto_tag(1, WireType::Length)) {
      std::string_view bytes;
      if (in.bytes(bytes)) partial_success(bytes, error, out);
    } else {
      in.skip(tag);
    }
  }
  return error.what == nullptr ? Status() : invalid_argument(error.what);
}

Status decode_response_json(std::string_view body, ExportResponse& out) {
  Arena arena;
  wire::JsonReader in(body, arena);
  for (bool more = in.begin_object(); more; more = in.next_member()) {
    if (in.key() == "partialSuccess") {
      partial_success(in, out);
    } else {
      in.skip();
    }
  }
  return in.ok() ? Status() : invalid_argument(in.error());
}

}  // namespace sluice::otlp
