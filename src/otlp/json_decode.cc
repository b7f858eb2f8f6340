#include "otlp/decode.h"
#include "otlp/json_decoder.h"

namespace sluice::otlp {
namespace {

constexpr wire::JsonEnumName kSeverityNumbers[] = {
    {"SEVERITY_NUMBER_UNSPECIFIED", 0}, {"SEVERITY_NUMBER_TRACE", 1},
    {"SEVERITY_NUMBER_TRACE2", 2},      {"SEVERITY_NUMBER_TRACE3", 3},
    {"SEVERITY_NUMBER_TRACE4", 4},      {"SEVERITY_NUMBER_DEBUG", 5},
    {"SEVERITY_NUMBER_DEBUG2", 6},      {"SEVERITY_NUMBER_DEBUG3", 7},
    {"SEVERITY_NUMBER_DEBUG4", 8},      {"SEVERITY_NUMBER_INFO", 9},
    {"SEVERITY_NUMBER_INFO2", 10},      {"SEVERITY_NUMBER_INFO3", 11},
    {"SEVERITY_NUMBER_INFO4", 12},      {"SEVERITY_NUMBER_WARN", 13},
    {"SEVERITY_NUMBER_WARN2", 14},      {"SEVERITY_NUMBER_WARN3", 15},
    {"SEVERITY_NUMBER_WARN4", 16},      {"SEVERITY_NUMBER_ERROR", 17},
    {"SEVERITY_NUMBER_ERROR2", 18},     {"SEVERITY_NUMBER_ERROR3", 19},
    {"SEVERITY_NUMBER_ERROR4", 20},     {"SEVERITY_NUMBER_FATAL", 21},
    {"SEVERITY_NUMBER_FATAL2", 22},     {"SEVERITY_NUMBER_FATAL3", 23},
    {"SEVERITY_NUMBER_FATAL4", 24},
};
constexpr wire::JsonEnumName kSpanKinds[] = {
    {"SPAN_KIND_UNSPECIFIED", 0}, {"SPAN_KIND_INTERNAL", 1}, {"SPAN_KIND_SERVER", 2},
    {"SPAN_KIND_CLIENT", 3},      {"SPAN_KIND_PRODUCER", 4}, {"SPAN_KIND_CONSUMER", 5},
};
constexpr wire::JsonEnumName kStatusCodes[] = {
    {"STATUS_CODE_UNSET", 0}, {"STATUS_CODE_OK", 1}, {"STATUS_CODE_ERROR", 2}};

class LogsDecoder : JsonDecoder {
 public:
  using JsonDecoder::JsonDecoder;

  Status run(LogsRequest& out) {
    constexpr JsonListNames kNames{JsonField::ResourceLogs, JsonField::ScopeLogs,
                                   JsonField::DeprecatedScopeLogs, JsonField::LogRecords};
    return request(kNames, out, [this](LogRecord& record) { log_record(record); });
  }

 private:
  void log_record(LogRecord& out) {
    message([&](JsonField field) {
      switch (field) {
        case JsonField::TimeUnixNano: in().integer(out.time_unix_nano); break;
        case JsonField::ObservedTimeUnixNano: in().integer(out.observed_time_unix_nano); break;
        case JsonField::SeverityNumber:
          in().enumeration(kSeverityNumbers, out.severity_number);
          break;
        case JsonField::SeverityText: in().string(out.severity_text); break;
        case JsonField::Body: value(out.body); break;
        case JsonField::AttributeList: attributes(out.attributes); break;
        case JsonField::DroppedAttributesCount: in().integer(out.dropped_attributes_count); break;
        case JsonField::Flags: in().integer(out.flags); break;
        case JsonField::TraceIdHex: id(out.trace_id); break;
        case JsonField::SpanIdHex: id(out.span_id); break;
        case JsonField::EventName: in().string(out.event_name); break;
        default: unknown();
      }
    });
  }
};

class TracesDecoder : JsonDecoder {
 public:
  using JsonDecoder::JsonDecoder;

  Status run(TracesRequest& out) {
    constexpr JsonListNames kNames{JsonField::ResourceSpans, JsonField::ScopeSpans,
                                   JsonField::DeprecatedScopeSpans, JsonField::Spans};
    return request(kNames, out, [this](Span& record) { span(record); });
  }

 private:
  void span(Span& out) {
    message([&](JsonField field) {
      switch (field) {
        case JsonField::TraceIdHex: id(out.trace_id); break;
        case JsonField::SpanIdHex: id(out.span_id); break;
        case JsonField::TraceState: in().string(out.trace_state); break;
        case JsonField::ParentSpanId: id(out.parent_span_id); break;
        case JsonField::Flags: in().integer(out.flags); break;
        case JsonField::Name: in().string(out.name); break;
        case JsonField::Kind: in().enumeration(kSpanKinds, out.kind); break;
        case JsonField::StartTimeUnixNano: in().integer(out.start_time_unix_nano); break;
        case JsonField::EndTimeUnixNano: in().integer(out.end_time_unix_nano); break;
        case JsonField::AttributeList: attributes(out.attributes); break;
        case JsonField::DroppedAttributesCount: in().integer(out.dropped_attributes_count); break;
        case JsonField::Events: list(out.events, [this](SpanEvent& e) { event(e); }); break;
        case JsonField::DroppedEventsCount: in().integer(out.dropped_events_count); break;
        case JsonField::Links: list(out.links, [this](SpanLink& l) { link(l); }); break;
        case JsonField::DroppedLinksCount: in().integer(out.dropped_links_count); break;
        case JsonField::Status: span_status(out.status); break;
        default: unknown();
      }
    });
  }

  void event(SpanEvent& out) {
    message([&](JsonField field) {
      switch (field) {
        case JsonField::TimeUnixNano: in().integer(out.time_unix_nano); break;
        case JsonField::Name: in().string(out.name); break;
        case JsonField::AttributeList: attributes(out.attributes); break;
        case JsonField::DroppedAttributesCount: in().integer(out.dropped_attributes_count); break;
        default: unknown();
      }
    });
  }

  void link(SpanLink& out) {
    message([&](JsonField field) {
      switch (field) {
        case JsonField::TraceIdHex: id(out.trace_id); break;
        case JsonField::SpanIdHex: id(out.span_id); break;
        case JsonField::TraceState: in().string(out.trace_state); break;
        case JsonField::AttributeList: attributes(out.attributes); break;
        case JsonField::DroppedAttributesCount: in().integer(out.dropped_attributes_count); break;
        case JsonField::Flags: in().integer(out.flags); break;
        default: unknown();
      }
    });
  }

  void span_status(SpanStatus& out) {
    message([&](JsonField field) {
      switch (field) {
        case JsonField::Message: in().string(out.message); break;
        case JsonField::Code: in().enumeration(kStatusCodes, out.code); break;
        default: unknown();
      }
    });
  }
};

}  // namespace

Status decode_json(std::string_view body, Arena& arena, LogsRequest& out) {
  return LogsDecoder(body, arena).run(out);
}
Status decode_json(std::string_view body, Arena& arena, TracesRequest& out) {
  return TracesDecoder(body, arena).run(out);
}

}  // namespace sluice::otlp
