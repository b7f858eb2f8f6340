#pragma once

// What the contexts' tables of paths are made of.

#include <span>
#include <string_view>
#include <vector>

#include "ottl/context.h"
#include "ottl/expr.h"

namespace sluice::ottl {

/// A path that takes no index.
struct ScalarPath {
  std::string_view name;  ///< "trace_id", "trace_id.string"
  Value (*get)(Frame&);
  bool (*set)(Frame&, const Value&);  ///< null: it can only be read
  bool plain = false;                 ///< a text or number of the record itself
};
/// Attributes, or anything else that is a map.
struct MapPath {
  std::string_view name;
  Attributes& (*of)(Frame&);
};
/// A value of any kind.
struct ValuePath {
  std::string_view name;
  Value& (*of)(Frame&);
};
/// One of several texts by key, such as the members of a trace state.
struct KeyedPath {
  std::string_view name;
  Value (*get)(Frame&, std::string_view key);
  bool (*set)(Frame&, std::string_view key, const Value&);
  bool one_key = false;  ///< what it holds cannot be indexed
};

struct PathTable {
  std::span<const ScalarPath> scalars;
  std::span<const MapPath> maps;
  std::span<const ValuePath> values{};
  std::span<const KeyedPath> keyed{};
};

const PathTable& resource_paths();
const PathTable& scope_paths();
const PathTable& log_paths();
const PathTable& span_paths();
const PathTable& span_event_paths();
const PathTable& metric_paths();
const PathTable& data_point_paths();
/// otelcol.client.addr and the like.
const PathTable& collector_paths();

/// False, and an error in the frame that says what was expected.
bool wrong_type(Frame& frame, std::string_view expected, const Value& found);
bool read_only(Frame& frame);

/// Anything as a record holds it; false, an error and an empty value where it cannot.
bool assign_value(Frame& frame, Value& to, const Value& from);

// ---- Getters and setters of plain members: H is the frame's handle, M the record's member ----

template <auto H, auto M>
Value get_text(Frame& frame) {
  return Value::string((frame.*H)->*M);
}
template <auto H, auto M>
bool set_text(Frame& frame, const Value& value) {
  if (value.kind != Kind::String) return wrong_type(frame, "a text", value);
  (frame.*H)->*M = value.view();
  return true;
}
template <auto H, auto M>
constexpr ScalarPath text_path(std::string_view name) {
  return {name, get_text<H, M>, set_text<H, M>, true};
}

template <auto H, auto M>
Value get_int(Frame& frame) {
  return Value::integer(static_cast<int64_t>((frame.*H)->*M));
}
/// Numbers out of range wrap, as in the original.
template <auto H, auto M>
bool set_int(Frame& frame, const Value& value) {
  if (value.kind != Kind::Int) return wrong_type(frame, "a whole number", value);
  auto& member = (frame.*H)->*M;
  member = static_cast<std::remove_reference_t<decltype(member)>>(value.int_value);
  return true;
}
template <auto H, auto M>
constexpr ScalarPath int_path(std::string_view name) {
  return {name, get_int<H, M>, set_int<H, M>, true};
}

template <auto H, auto M>
Value get_time(Frame& frame) {
  return time_value(Time::of_nanos(static_cast<int64_t>((frame.*H)->*M)), *frame.arena);
}
template <auto H, auto M>
bool set_time(Frame& frame, const Value& value) {
  if (value.kind != kTime) return wrong_type(frame, "a time", value);
  (frame.*H)->*M = static_cast<uint64_t>(time_of(value).unix_nanos());
  return true;
}
template <auto H, auto M>
constexpr ScalarPath time_path(std::string_view name) {
  return {name, get_time<H, M>, set_time<H, M>};
}

Value id_text(Frame& frame, const uint8_t* bytes, size_t size);
bool id_from_text(Frame& frame, const Value& value, uint8_t* bytes, size_t size);

template <auto H, auto M>
Value get_trace_id(Frame& frame) {
  return trace_id_value((frame.*H)->*M, *frame.arena);
}
template <auto H, auto M>
bool set_trace_id(Frame& frame, const Value& value) {
  if (value.kind != kTraceId) return wrong_type(frame, "a trace id", value);
  (frame.*H)->*M = trace_id_of(value);
  return true;
}
template <auto H, auto M>
Value get_span_id(Frame& frame) {
  return span_id_value((frame.*H)->*M, *frame.arena);
}
template <auto H, auto M>
bool set_span_id(Frame& frame, const Value& value) {
  if (value.kind != kSpanId) return wrong_type(frame, "a span id", value);
  (frame.*H)->*M = span_id_of(value);
  return true;
}
template <auto H, auto M>
Value get_id_text(Frame& frame) {
  const auto& id = (frame.*H)->*M;
  return id_text(frame, id.bytes.data(), id.bytes.size());
}
template <auto H, auto M>
bool set_id_text(Frame& frame, const Value& value) {
  auto& id = (frame.*H)->*M;
  return id_from_text(frame, value, id.bytes.data(), id.bytes.size());
}
template <auto H, auto M>
constexpr ScalarPath trace_id_path(std::string_view name) {
  return {name, get_trace_id<H, M>, set_trace_id<H, M>};
}
template <auto H, auto M>
constexpr ScalarPath span_id_path(std::string_view name) {
  return {name, get_span_id<H, M>, set_span_id<H, M>};
}
template <auto H, auto M>
constexpr ScalarPath id_text_path(std::string_view name) {
  return {name, get_id_text<H, M>, set_id_text<H, M>};
}

/// A vector of records: passed around as a whole, to and from paths of the same tag.
template <const PartTag& Tag, auto H, auto M>
Value get_part(Frame& frame) {
  const auto& part = (frame.*H)->*M;
  return part_value(Tag, &part, part.size(), *frame.arena);
}
template <const PartTag& Tag, auto H, auto M>
bool set_part(Frame& frame, const Value& value) {
  auto& part = (frame.*H)->*M;
  if (value.kind != kPart || part_of(value).tag != &Tag) return wrong_type(frame, Tag.name, value);
  part = *static_cast<const std::remove_reference_t<decltype(part)>*>(part_of(value).data);
  return true;
}

template <auto H, auto M>
Attributes& map_of(Frame& frame) {
  return (frame.*H)->*M;
}
inline Attributes& cache_of(Frame& frame) { return *frame.cache; }

}  // namespace sluice::ottl
