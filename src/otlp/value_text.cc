#include "otlp/value_text.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "wire/base64.h"
#include "wire/json_write.h"
#include "wire/number_format.h"

namespace sluice::otlp {
namespace {

/// The members that count, sorted by key: of equal keys the last.
std::vector<const KeyValue*> sorted_members(const Value& map) {
  std::vector<const KeyValue*> members(map.size);
  for (uint32_t i = 0; i < map.size; ++i) members[i] = &map.members[i];
  std::stable_sort(members.begin(), members.end(),
                   [](const KeyValue* a, const KeyValue* b) { return a->key < b->key; });
  size_t kept = 0;
  for (const KeyValue* member : members) {
    if (kept != 0 && members[kept - 1]->key == member->key) --kept;
    members[kept++] = member;
  }
  members.resize(kept);
  return members;
}

bool append_json_map(const Value& map, Buffer& out) {
  out.push_back('{');
  bool first = true;
  for (const KeyValue* member : sorted_members(map)) {
    if (!first) out.push_back(',');
    first = false;
    wire::append_json_string(member->key, out);
    out.push_back(':');
    if (!append_json(member->value, out)) return false;
  }
  out.push_back('}');
  return true;
}

bool append_json_array(const Value& array, Buffer& out) {
  out.push_back('[');
  for (uint32_t i = 0; i < array.size; ++i) {
    if (i != 0) out.push_back(',');
    if (!append_json(array.elements[i], out)) return false;
  }
  out.push_back(']');
  return true;
}

}  // namespace

void append_number(Buffer& out, const Value& value) {
  char* to = out.tail(wire::kNumberTextMax);
  out.commit(value.kind == ValueKind::Int ? wire::format_int(value.int_value, to)
                                          : wire::format_double(value.double_value, to));
}

// Recursion is bounded by kDepthMax, which the decoders keep.
bool append_json(const Value& value, Buffer& out) {
  switch (value.kind) {
    case ValueKind::None: out.append("null"); return true;
    case ValueKind::String: wire::append_json_string(value.view(), out); return true;
    case ValueKind::Bool: out.append(value.bool_value ? "true" : "false"); return true;
    case ValueKind::Int: append_number(out, value); return true;
    case ValueKind::Double:
      if (!std::isfinite(value.double_value)) return false;
      append_number(out, value);
      return true;
    case ValueKind::Bytes:
      if (value.size == 0) {
        out.append("null");
        return true;
      }
      out.push_back('"');
      wire::append_base64(value.view(), out);
      out.push_back('"');
      return true;
    case ValueKind::Array: return append_json_array(value, out);
    case ValueKind::Map: return append_json_map(value, out);
  }
  return true;
}

std::string_view value_text(const Value& value, Buffer& scratch) {
  scratch.clear();
  switch (value.kind) {
    case ValueKind::None: return {};
    case ValueKind::String: return value.view();
    case ValueKind::Bool: return value.bool_value ? "true" : "false";
    case ValueKind::Int:
    case ValueKind::Double: append_number(scratch, value); break;
    case ValueKind::Bytes: wire::append_base64(value.view(), scratch); break;
    case ValueKind::Array:
    case ValueKind::Map:
      if (!append_json(value, scratch)) return {};
      break;
  }
  return scratch.view();
}

bool all_numbers_finite(const Value& value) {
  switch (value.kind) {
    case ValueKind::Double: return std::isfinite(value.double_value);
    case ValueKind::Array:
      return std::all_of(value.elements, value.elements + value.size, all_numbers_finite);
    case ValueKind::Map: {
      const std::vector<const KeyValue*> members = sorted_members(value);
      return std::all_of(members.begin(), members.end(),
                         [](const KeyValue* member) { return all_numbers_finite(member->value); });
    }
    default: return true;
  }
}

}  // namespace sluice::otlp
