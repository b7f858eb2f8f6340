#pragma once

// Rows of logs and spans, whose attributes are of either type. Private to the mapper.

#include "mapping/row_writer.h"

namespace sluice::mapping {

inline constexpr std::string_view kSpanKinds[] = {"Unspecified", "Internal", "Server",
                                                  "Client",      "Producer", "Consumer"};
inline constexpr std::string_view kStatusCodes[] = {"Unset", "Ok", "Error"};

template <size_t N>
std::string_view name_of(const std::string_view (&names)[N], int32_t number) {
  return number >= 0 && static_cast<size_t>(number) < N ? names[number] : std::string_view{};
}

struct RecordRows : RowWriter {
  using RowWriter::RowWriter;

  /// Append the request's rows to the table's open block, which is a BlockType.
  template <typename BlockType>
  void append_logs(const otlp::LogsRequest& request, Table table, OpenBlocks& blocks,
                   Rejects& rejects);
  template <typename BlockType>
  void append_spans(const otlp::TracesRequest& request, OpenBlocks& blocks, Rejects& rejects);

 private:
  template <typename BlockType>
  void log_row(const otlp::ResourceGroup<otlp::LogRecord>& rg,
               const otlp::ScopeGroup<otlp::LogRecord>& sg, const otlp::LogRecord& r, BlockType& b);
  template <typename BlockType>
  void span_row(const otlp::ResourceGroup<otlp::Span>& rg, const otlp::ScopeGroup<otlp::Span>& sg,
                const otlp::Span& s, BlockType& b);
  template <typename BlockType>
  void span_events(const otlp::Span& s, BlockType& b);
  template <typename BlockType>
  void span_links(const otlp::Span& s, BlockType& b);
};

template <typename BlockType>
void RecordRows::log_row(const otlp::ResourceGroup<otlp::LogRecord>& rg,
                         const otlp::ScopeGroup<otlp::LogRecord>& sg, const otlp::LogRecord& r,
                         BlockType& b) {
  b.timestamp.append(
      static_cast<int64_t>(r.time_unix_nano != 0 ? r.time_unix_nano : r.observed_time_unix_nano));
  append_id(r.trace_id, b.trace_id);
  append_id(r.span_id, b.span_id);
  b.trace_flags.append(static_cast<uint8_t>(r.flags));
  b.severity_text.append(r.severity_text);
  b.severity_number.append(static_cast<uint8_t>(r.severity_number));
  b.body.append_with([&](Buffer& out) { value_text.append_encoded(r.body, out); });
  append_attributes(r.attributes, b.log_attributes);
  if constexpr (BlockType::kHasEventName) b.event_name.append(r.event_name);
  resource_columns(rg, b);
  scope_columns(sg, b);
}

template <typename BlockType>
void RecordRows::append_logs(const otlp::LogsRequest& request, Table table, OpenBlocks& blocks,
                             Rejects& rejects) {
  for_each(request, rejects, [&](auto& rg, auto& sg, const otlp::LogRecord& record) {
    log_row(rg, sg, record, open<BlockType>(blocks, table));
  });
}

template <typename BlockType>
void RecordRows::span_row(const otlp::ResourceGroup<otlp::Span>& rg,
                          const otlp::ScopeGroup<otlp::Span>& sg, const otlp::Span& s,
                          BlockType& b) {
  b.timestamp.append(static_cast<int64_t>(s.start_time_unix_nano));
  append_id(s.trace_id, b.trace_id);
  append_id(s.span_id, b.span_id);
  append_id(s.parent_span_id, b.parent_span_id);
  b.trace_state.append(s.trace_state);
  b.span_name.append(s.name);
  b.span_kind.append(name_of(kSpanKinds, s.kind));
  append_attributes(s.attributes, b.span_attributes);
  b.duration.append(s.end_time_unix_nano -
                    s.start_time_unix_nano);  // wraps where the end is first, as the original
  b.status_code.append(name_of(kStatusCodes, s.status.code));
  b.status_message.append(s.status.message);
  span_events(s, b);
  span_links(s, b);
  resource_columns(rg, b);
  scope_columns(sg, b);
}

template <typename BlockType>
void RecordRows::span_events(const otlp::Span& s, BlockType& b) {
  for (const otlp::SpanEvent& e : s.events) {
    b.event_timestamps.elements().append(static_cast<int64_t>(e.time_unix_nano));
    b.event_names.elements().append(e.name);
    append_attributes(e.attributes, b.event_attributes.elements());
  }
  b.event_timestamps.end_row();
  b.event_names.end_row();
  b.event_attributes.end_row();
}

template <typename BlockType>
void RecordRows::span_links(const otlp::Span& s, BlockType& b) {
  for (const otlp::SpanLink& l : s.links) {
    append_id(l.trace_id, b.link_trace_ids.elements());
    append_id(l.span_id, b.link_span_ids.elements());
    b.link_trace_states.elements().append(l.trace_state);
    append_attributes(l.attributes, b.link_attributes.elements());
  }
  b.link_trace_ids.end_row();
  b.link_span_ids.end_row();
  b.link_trace_states.end_row();
  b.link_attributes.end_row();
}

template <typename BlockType>
void RecordRows::append_spans(const otlp::TracesRequest& request, OpenBlocks& blocks,
                              Rejects& rejects) {
  for_each(request, rejects, [&](auto& rg, auto& sg, const otlp::Span& span) {
    span_row(rg, sg, span, open<BlockType>(blocks, Table::Traces));
  });
}

// Those of JSON are compiled apart, in json_rows.cc: with both before it the compiler puts less of
// the innermost code in line, which would cost rows of maps three per cent.
extern template void RecordRows::append_logs<JsonLogsBlock>(const otlp::LogsRequest&, Table,
                                                            OpenBlocks&, Rejects&);
extern template void RecordRows::append_spans<JsonTracesBlock>(const otlp::TracesRequest&,
                                                               OpenBlocks&, Rejects&);

}  // namespace sluice::mapping
