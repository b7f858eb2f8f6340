#include "components/processors/tail_sampling/trace_size.h"

namespace sluice::components::tail_sampling_processor {
namespace {

using otlp::Value;
using otlp::ValueKind;

constexpr size_t kFixed64 = 9;
constexpr size_t kTraceId = 18;
constexpr size_t kSpanId = 10;

size_t varint(uint64_t number) {
  size_t bytes = 1;
  while ((number >>= 7) != 0) ++bytes;
  return bytes;
}
/// Tag, length and content.
size_t sized(size_t content) { return 1 + varint(content) + content; }
size_t text(std::string_view text) { return text.empty() ? 0 : sized(text.size()); }
size_t whole(uint64_t number) { return number == 0 ? 0 : 1 + varint(number); }

size_t members(const otlp::KeyValue* first, uint32_t count);

size_t any_value(const Value& value) {
  switch (value.kind) {
    case ValueKind::None: return 0;
    case ValueKind::String:
    case ValueKind::Bytes: return sized(value.size);
    case ValueKind::Bool: return 2;
    case ValueKind::Int: return 1 + varint(static_cast<uint64_t>(value.int_value));
    case ValueKind::Double: return kFixed64;
    case ValueKind::Array: {
      size_t content = 0;
      for (uint32_t i = 0; i < value.size; ++i) content += sized(any_value(value.elements[i]));
      return sized(content);
    }
    case ValueKind::Map: return sized(members(value.members, value.size));
  }
  return 0;
}

size_t members(const otlp::KeyValue* first, uint32_t count) {
  size_t bytes = 0;
  for (uint32_t i = 0; i < count; ++i)
    bytes += sized(text(first[i].key) + sized(any_value(first[i].value)));
  return bytes;
}

size_t all(const otlp::Attributes& attributes) {
  return members(attributes.data(), attributes.size());
}

}  // namespace

size_t size_of(const otlp::Span& span) {
  size_t bytes = kTraceId + kSpanId + (span.parent_span_id.empty() ? 0 : kSpanId);
  bytes += text(span.trace_state) + text(span.name) + whole(static_cast<uint64_t>(span.kind));
  bytes += 2 * kFixed64 + all(span.attributes);
  for (const otlp::SpanEvent& event : span.events)
    bytes += sized(kFixed64 + text(event.name) + all(event.attributes));
  for (const otlp::SpanLink& link : span.links)
    bytes += sized(kTraceId + kSpanId + text(link.trace_state) + all(link.attributes));
  return bytes + sized(text(span.status.message) + whole(static_cast<uint64_t>(span.status.code)));
}

size_t size_of(const Trace& trace) {
  size_t bytes = 0;
  const Trace::Part* last = nullptr;
  for (const Trace::Part& part : trace.parts) {
    if (last == nullptr || last->group != part.group)
      bytes += sized(all(part.group->resource.attributes));
    if (last == nullptr || last->scope != part.scope) {
      bytes += sized(text(part.scope->scope.name) + text(part.scope->scope.version) +
                     all(part.scope->scope.attributes));
    }
    bytes += sized(size_of(*part.span));
    last = &part;
  }
  return bytes;
}

}  // namespace sluice::components::tail_sampling_processor
