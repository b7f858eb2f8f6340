// Logs and traces from protobuf.

#include "otlp/protobuf_decoder.h"

namespace sluice::otlp {
namespace {

class LogsAndTracesDecoder : public ProtobufDecoder<LogsAndTracesDecoder> {
 public:
  using ProtobufDecoder::ProtobufDecoder;

  bool record(std::string_view bytes, LogRecord& out) {
    ProtoCursor in = cursor(bytes);
    uint64_t tag = 0;
    while (in.next(tag)) {
      switch (tag) {
        case f64(1): in.fixed64(out.time_unix_nano); break;
        case var(2): int32_varint(in, out.severity_number); break;
        case len(3): in.bytes(out.severity_text); break;
        case len(5): message(in, [&](std::string_view b) { return value(b, out.body); }); break;
        case len(6): attribute(in, out.attributes); break;
        case var(7): uint32_varint(in, out.dropped_attributes_count); break;
        case f32(8): in.fixed32(out.flags); break;
        case len(9): id(in, out.trace_id); break;
        case len(10): id(in, out.span_id); break;
        case f64(11): in.fixed64(out.observed_time_unix_nano); break;
        case len(12): in.bytes(out.event_name); break;
        default: unknown(in, tag, fields(1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12)); break;
      }
    }
    return in.ok();
  }

  bool record(std::string_view bytes, Span& out) {
    ProtoCursor in = cursor(bytes);
    uint64_t tag = 0;
    while (in.next(tag)) {
      switch (tag) {
        case len(1): id(in, out.trace_id); break;
        case len(2): id(in, out.span_id); break;
        case len(3): in.bytes(out.trace_state); break;
        case len(4): id(in, out.parent_span_id); break;
        case len(5): in.bytes(out.name); break;
        case var(6): int32_varint(in, out.kind); break;
        case f64(7): in.fixed64(out.start_time_unix_nano); break;
        case f64(8): in.fixed64(out.end_time_unix_nano); break;
        case len(9): attribute(in, out.attributes); break;
        case var(10): uint32_varint(in, out.dropped_attributes_count); break;
        case len(11):
          element(in, out.events, [this](auto b, SpanEvent& e) { return event(b, e); });
          break;
        case var(12): uint32_varint(in, out.dropped_events_count); break;
        case len(13):
          element(in, out.links, [this](auto b, SpanLink& l) { return link(b, l); });
          break;
        case var(14): uint32_varint(in, out.dropped_links_count); break;
        case len(15): message(in, [&](std::string_view b) { return status(b, out.status); }); break;
        case f32(16): in.fixed32(out.flags); break;
        default:
          unknown(in, tag, fields(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16));
          break;
      }
    }
    return in.ok();
  }

  bool event(std::string_view bytes, SpanEvent& out) {
    ProtoCursor in = cursor(bytes);
    uint64_t tag = 0;
    while (in.next(tag)) {
      switch (tag) {
        case f64(1): in.fixed64(out.time_unix_nano); break;
        case len(2): in.bytes(out.name); break;
        case len(3): attribute(in, out.attributes); break;
        case var(4): uint32_varint(in, out.dropped_attributes_count); break;
        default: unknown(in, tag, fields(1, 2, 3, 4)); break;
      }
    }
    return in.ok();
  }

  bool link(std::string_view bytes, SpanLink& out) {
    ProtoCursor in = cursor(bytes);
    uint64_t tag = 0;
    while (in.next(tag)) {
      switch (tag) {
        case len(1): id(in, out.trace_id); break;
        case len(2): id(in, out.span_id); break;
        case len(3): in.bytes(out.trace_state); break;
        case len(4): attribute(in, out.attributes); break;
        case var(5): uint32_varint(in, out.dropped_attributes_count); break;
        case f32(6): in.fixed32(out.flags); break;
        default: unknown(in, tag, fields(1, 2, 3, 4, 5, 6)); break;
      }
    }
    return in.ok();
  }

  bool status(std::string_view bytes, SpanStatus& out) {
    ProtoCursor in = cursor(bytes);
    uint64_t tag = 0;
    while (in.next(tag)) {
      switch (tag) {
        case len(2): in.bytes(out.message); break;
        case var(3): int32_varint(in, out.code); break;
        default: unknown(in, tag, fields(2, 3)); break;
      }
    }
    return in.ok();
  }
};

}  // namespace

Status decode_protobuf(std::string_view body, Arena& arena, LogsRequest& out) {
  return LogsAndTracesDecoder(arena).run(body, out);
}
Status decode_protobuf(std::string_view body, Arena& arena, TracesRequest& out) {
  return LogsAndTracesDecoder(arena).run(body, out);
}

}  // namespace sluice::otlp
