#include <array>

#include "base/buffer.h"
#include "otlp/value_text.h"
#include "ottl/paths.h"

namespace sluice::ottl {
namespace {

using F = Frame;
using otlp::LogRecord;
using otlp::Resource;
using otlp::Scope;

template <auto H>
Value get_schema_url(Frame& frame) {
  return Value::string(*(frame.*H));
}
template <auto H>
bool set_schema_url(Frame& frame, const Value& value) {
  if (value.kind != Kind::String) return wrong_type(frame, "a text", value);
  *(frame.*H) = value.view();
  return true;
}

constexpr ScalarPath kResourceScalars[] = {
    int_path<&F::resource, &Resource::dropped_attributes_count>("dropped_attributes_count"),
    {"schema_url", get_schema_url<&F::resource_schema_url>,
     set_schema_url<&F::resource_schema_url>}};
constexpr MapPath kResourceMaps[] = {{"attributes", map_of<&F::resource, &Resource::attributes>},
                                     {"cache", cache_of}};

constexpr ScalarPath kScopeScalars[] = {
    text_path<&F::scope, &Scope::name>("name"),
    text_path<&F::scope, &Scope::version>("version"),
    int_path<&F::scope, &Scope::dropped_attributes_count>("dropped_attributes_count"),
    {"schema_url", get_schema_url<&F::scope_schema_url>, set_schema_url<&F::scope_schema_url>}};
constexpr MapPath kScopeMaps[] = {{"attributes", map_of<&F::scope, &Scope::attributes>},
                                  {"cache", cache_of}};

Value get_body_text(Frame& frame) {
  Buffer scratch;
  const std::string_view text = otlp::value_text(frame.log->body, scratch);
  const bool own = scratch.empty() || text.data() != scratch.view().data();
  return Value::string(own ? text : frame.arena->copy(text));
}

bool set_body_text(Frame& frame, const Value& value) {
  if (value.kind != Kind::String) return wrong_type(frame, "a text", value);
  frame.log->body = value;
  return true;
}

Value& body_of(Frame& frame) { return frame.log->body; }

constexpr ScalarPath kLogScalars[] = {
    time_path<&F::log, &LogRecord::time_unix_nano>("time"),
    time_path<&F::log, &LogRecord::observed_time_unix_nano>("observed_time"),
    int_path<&F::log, &LogRecord::time_unix_nano>("time_unix_nano"),
    int_path<&F::log, &LogRecord::observed_time_unix_nano>("observed_time_unix_nano"),
    int_path<&F::log, &LogRecord::severity_number>("severity_number"),
    text_path<&F::log, &LogRecord::severity_text>("severity_text"),
    {"body.string", get_body_text, set_body_text},
    int_path<&F::log, &LogRecord::dropped_attributes_count>("dropped_attributes_count"),
    int_path<&F::log, &LogRecord::flags>("flags"),
    trace_id_path<&F::log, &LogRecord::trace_id>("trace_id"),
    id_text_path<&F::log, &LogRecord::trace_id>("trace_id.string"),
    span_id_path<&F::log, &LogRecord::span_id>("span_id"),
    id_text_path<&F::log, &LogRecord::span_id>("span_id.string"),
    text_path<&F::log, &LogRecord::event_name>("event_name")};
constexpr MapPath kLogMaps[] = {{"attributes", map_of<&F::log, &LogRecord::attributes>},
                                {"cache", cache_of}};
constexpr ValuePath kLogValues[] = {{"body", body_of}};

// ---- otelcol ----

std::string_view lower(Frame& frame, std::string_view name) {
  auto* text = static_cast<char*>(frame.arena->allocate(name.size(), 1));
  for (size_t i = 0; i < name.size(); ++i)
    text[i] = name[i] >= 'A' && name[i] <= 'Z' ? static_cast<char>(name[i] + 32) : name[i];
  return {text, name.size()};
}

Value list_of(Frame& frame, const otlp::Metadata::Entry& entry) {
  ArenaVector<Value> values;
  for (const std::string_view value : entry.values)
    values.push_back(*frame.arena, Value::string(value));
  return list_value(values);
}

/// All values of a header; nil where it was not sent.
template <otlp::Metadata::Entries otlp::Metadata::*kEntries>
Value get_metadata(Frame& frame, std::string_view key) {
  if (frame.metadata == nullptr) return {};
  const otlp::Metadata::Entry* entry =
      otlp::Metadata::find(frame.metadata->*kEntries, lower(frame, key));
  return entry == nullptr ? Value() : list_of(frame, *entry);
}

bool set_metadata(Frame& frame, std::string_view, const Value&) { return read_only(frame); }

template <otlp::Metadata::Entries otlp::Metadata::*kEntries>
Value get_all_metadata(Frame& frame) {
  Attributes all;
  if (frame.metadata != nullptr) {
    for (const otlp::Metadata::Entry& entry : frame.metadata->*kEntries)
      all.push_back(*frame.arena, {entry.name, list_of(frame, entry)});
  }
  return map_value(all);
}

Value get_address(Frame& frame) {
  return Value::string(frame.metadata == nullptr ? "" : frame.metadata->client_address);
}

/// What the receiver's authenticator knows of the sender; nil where it knows nothing of that name.
Value get_auth_attribute(Frame& frame, std::string_view name) {
  const auto* found =
      frame.metadata == nullptr ? nullptr : otlp::Metadata::find(frame.metadata->auth, name);
  return found == nullptr ? Value() : Value::string(found->value);
}

Value get_auth_attributes(Frame& frame) {
  Attributes all;
  if (frame.metadata != nullptr) {
    for (const auto& [name, value] : frame.metadata->auth)
      all.push_back(*frame.arena, {name, Value::string(value)});
  }
  return map_value(all);
}

constexpr ScalarPath kCollectorScalars[] = {
    {"client.addr", get_address, nullptr},
    {"client.metadata", get_all_metadata<&otlp::Metadata::entries>, nullptr},
    {"client.auth.attributes", get_auth_attributes, nullptr},
    {"grpc.metadata", get_all_metadata<&otlp::Metadata::grpc>, nullptr}};
constexpr KeyedPath kCollectorKeyed[] = {
    {"client.metadata", get_metadata<&otlp::Metadata::entries>, set_metadata},
    {"client.auth.attributes", get_auth_attribute, set_metadata},
    {"grpc.metadata", get_metadata<&otlp::Metadata::grpc>, set_metadata}};

}  // namespace

const PathTable& resource_paths() {
  static constexpr PathTable table{kResourceScalars, kResourceMaps};
  return table;
}
const PathTable& scope_paths() {
  static constexpr PathTable table{kScopeScalars, kScopeMaps};
  return table;
}
const PathTable& log_paths() {
  static constexpr PathTable table{kLogScalars, kLogMaps, kLogValues};
  return table;
}
const PathTable& collector_paths() {
  static constexpr PathTable table{kCollectorScalars, {}, {}, kCollectorKeyed};
  return table;
}

}  // namespace sluice::ottl
