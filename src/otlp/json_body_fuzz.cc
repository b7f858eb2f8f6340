// Parses a body with our parser and with simdjson. What simdjson takes as an object ours takes too,
// with equal content; ours takes more (json_body.h lists it), so nothing is said where simdjson
// refuses. The flattener takes a part of what the parser takes.

#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "otlp/json_body.h"
#include "otlp/json_body_flattener.h"

namespace sluice::otlp {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

bool equal(const Value& ours, element theirs);

bool equal_members(const Value& ours, simdjson::dom::object theirs) {
  if (ours.kind != ValueKind::Map) return false;
  uint32_t at = 0;
  for (const auto& member : theirs) {
    if (at == ours.size || ours.members[at].key != member.key ||
        !equal(ours.members[at].value, member.value))
      return false;
    ++at;
  }
  return at == ours.size;
}

bool equal_elements(const Value& ours, simdjson::dom::array theirs) {
  if (ours.kind != ValueKind::Array) return false;
  uint32_t at = 0;
  for (const element value : theirs) {
    if (at == ours.size || !equal(ours.elements[at], value)) return false;
    ++at;
  }
  return at == ours.size;
}

bool equal(const Value& ours, element theirs) {
  switch (theirs.type()) {
    case element_type::OBJECT: return equal_members(ours, simdjson::dom::object(theirs));
    case element_type::ARRAY: return equal_elements(ours, simdjson::dom::array(theirs));
    case element_type::STRING: return ours.is_string() && ours.view() == std::string_view(theirs);
    case element_type::BOOL: return ours.kind == ValueKind::Bool && ours.bool_value == bool(theirs);
    case element_type::NULL_VALUE: return ours.kind == ValueKind::None;
    default: return ours.kind == ValueKind::Double && ours.double_value == double(theirs);
  }
}

/// Surrogate escapes are read differently by the two where their partner is missing.
bool has_surrogate_escape(std::string_view text) {
  return text.find("\\ud") != std::string_view::npos || text.find("\\uD") != std::string_view::npos;
}

/// What ours refuses for its size: deep nesting, which simdjson stops a little later.
bool is_deep(element value, size_t depth) {
  if (depth > kJsonBodyDepthMax) return true;
  if (value.is_array()) {
    for (const element child : simdjson::dom::array(value)) {
      if (is_deep(child, depth + 1)) return true;
    }
  } else if (value.is_object()) {
    for (const auto& member : simdjson::dom::object(value)) {
      if (is_deep(member.value, depth + 1)) return true;
    }
  }
  return false;
}

/// What is flattened is accepted by the parser too, and comes out the same when all names are
/// known.
void check_flattener(std::string_view text, bool is_accepted) {
  JsonBodyFlattener flattener;
  Arena arena;
  ArenaVector<KeyValue> unknown;
  ArenaVector<KeyValue> known;
  const bool is_flattened = flattener.append(text, arena, unknown);
  SLUICE_CHECK(!is_flattened || is_accepted);
  const bool again = flattener.append(text, arena, known);
  SLUICE_CHECK(is_flattened == again && unknown.size() == known.size());
  for (uint32_t i = 0; i < known.size(); ++i)
    SLUICE_CHECK(known[i].key == unknown[i].key && known[i].value.kind == unknown[i].value.kind);
}

void check(std::string_view text) {
  Arena arena;
  JsonBodyParser parser;
  Value ours;
  const bool is_ours = parser.parse(text, arena, ours);
  check_flattener(text, is_ours);
  simdjson::dom::parser reference;
  element theirs;
  if (reference.parse(text.data(), text.size()).get(theirs) != simdjson::SUCCESS) return;
  if (!theirs.is_object()) {
    SLUICE_CHECK(!is_ours);
    return;
  }
  if (has_surrogate_escape(text) || is_deep(theirs, 1)) return;
  SLUICE_CHECK(is_ours);
  SLUICE_CHECK(equal(ours, theirs));
}

}  // namespace
}  // namespace sluice::otlp

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sluice::otlp::check({reinterpret_cast<const char*>(data), size});
  return 0;
}
