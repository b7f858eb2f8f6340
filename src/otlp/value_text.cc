#include "otlp/value_text.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "wire/base64.h"
#include "wire/json_write.h"
#include "wire/number_format.h"

namespace sluice::otlp {
namespace {

/// The members that count, sorted by key: of equal keys the last.
std::vector<const KeyValue*> sorted_members(std::span<const KeyValue> map) {
  std::vector<const KeyValue*> members(map.size());
  for (size_t i = 0; i < map.size(); ++i) members[i] = &map[i];
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

/// As append_json() and append_typed_json() have it.
enum class Style { Text, Typed };

template <Style kStyle>
bool append(const Value& value, Buffer& out);

template <Style kStyle>
bool append_map(std::span<const KeyValue> map, Buffer& out) {
  out.push_back('{');
  bool first = true;
  for (const KeyValue* member : sorted_members(map)) {
    if (!first) out.push_back(',');
    first = false;
    wire::append_json_string(member->key, out);
    out.push_back(':');
    if (!append<kStyle>(member->value, out)) return false;
  }
  out.push_back('}');
  return true;
}

template <Style kStyle>
bool append_array(const Value& array, Buffer& out) {
  out.push_back('[');
  for (uint32_t i = 0; i < array.size; ++i) {
    if (i != 0) out.push_back(',');
    if (!append<kStyle>(array.elements[i], out)) return false;
  }
  out.push_back(']');
  return true;
}

template <Style kStyle>
bool append_double(const Value& value, Buffer& out) {
  const bool finite = std::isfinite(value.double_value);
  if constexpr (kStyle == Style::Text) {
    if (finite) append_number(out, value);
    return finite;
  }
  if (!finite) out.push_back('"');
  const size_t start = out.size();
  append_number(out, value);
  if (!finite) {
    out.push_back('"');
  } else if (out.view().find_first_of(".e", start) == std::string_view::npos) {
    out.append(".0");
  }
  return true;
}

// Recursion is bounded by kDepthMax, which the decoders keep.
template <Style kStyle>
bool append(const Value& value, Buffer& out) {
  switch (value.kind) {
    case ValueKind::None: out.append("null"); return true;
    case ValueKind::String: wire::append_json_string(value.view(), out); return true;
    case ValueKind::Bool: out.append(value.bool_value ? "true" : "false"); return true;
    case ValueKind::Int: append_number(out, value); return true;
    case ValueKind::Double: return append_double<kStyle>(value, out);
    case ValueKind::Bytes:
      if (value.size == 0) {
        out.append("null");
        return true;
      }
      out.push_back('"');
      wire::append_base64(value.view(), out);
      out.push_back('"');
      return true;
    case ValueKind::Array: return append_array<kStyle>(value, out);
    case ValueKind::Map: return append_map<kStyle>({value.members, value.size}, out);
  }
  return true;
}

}  // namespace

void append_number(Buffer& out, const Value& value) {
  char* to = out.tail(wire::kNumberTextMax);
  out.commit(value.kind == ValueKind::Int ? wire::format_int(value.int_value, to)
                                          : wire::format_double(value.double_value, to));
}

bool append_json(const Value& value, Buffer& out) { return append<Style::Text>(value, out); }

void append_typed_json(const Attributes& attributes, Buffer& out) {
  append_map<Style::Typed>({attributes.data(), attributes.size()}, out);
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
      const std::vector<const KeyValue*> members = sorted_members({value.members, value.size});
      return std::all_of(members.begin(), members.end(),
                         [](const KeyValue* member) { return all_numbers_finite(member->value); });
    }
    default: return true;
  }
}

}  // namespace sluice::otlp
