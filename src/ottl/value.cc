#include "ottl/value.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <vector>

#include "base/bytes.h"
#include "base/utf8.h"
#include "wire/base64.h"
#include "wire/hex.h"
#include "wire/number_format.h"

namespace sluice::ottl {
namespace {

template <typename T>
Value pointing(Kind kind, const T* object) {
  Value value;
  value.chars = reinterpret_cast<const char*>(object);
  value.kind = kind;
  return value;
}

}  // namespace

Value time_value(const Time& time, Arena& arena) {
  return pointing(kTime, arena.create<Time>(time));
}

Value duration_value(int64_t nanoseconds) {
  Value value = Value::integer(nanoseconds);
  value.kind = kDuration;
  return value;
}

Value trace_id_value(const otlp::TraceId& id, Arena& arena) {
  return pointing(kTraceId, arena.create<otlp::TraceId>(id));
}

Value span_id_value(const otlp::SpanId& id, Arena& arena) {
  return pointing(kSpanId, arena.create<otlp::SpanId>(id));
}

Value profile_id_value(const otlp::TraceId& id, Arena& arena) {
  return pointing(kProfileId, arena.create<otlp::TraceId>(id));
}

Value part_value(const PartTag& tag, const void* data, uint32_t count, Arena& arena) {
  return pointing(kPart, arena.create<Part>(Part{&tag, data, count}));
}

Value list_value(const ArenaVector<Value>& values) {
  return Value::array(const_cast<Value*>(values.data()), values.size());
}

std::string_view kind_name(Kind kind) {
  constexpr std::string_view kNames[] = {
      "nil",  "string",   "bool",     "int",     "double",           "bytes",     "list", "map",
      "time", "duration", "trace id", "span id", "part of a record", "profile id"};
  return kNames[static_cast<size_t>(kind)];
}

bool is_storable(const Value& value) {
  switch (value.kind) {
    case Kind::Array: return std::all_of(value.elements, value.elements + value.size, is_storable);
    case Kind::Map:
      return std::all_of(value.members, value.members + value.size,
                         [](const KeyValue& member) { return is_storable(member.value); });
    default: return value.kind <= Kind::Map;
  }
}

Value own_copy(const Value& value, Arena& arena) {
  if (value.kind == Kind::Array) {
    Value* elements = arena.allocate_array<Value>(value.size);
    for (uint32_t i = 0; i < value.size; ++i) elements[i] = own_copy(value.elements[i], arena);
    return Value::array(elements, value.size);
  }
  if (value.kind == Kind::Map) {
    KeyValue* members = arena.allocate_array<KeyValue>(value.size);
    for (uint32_t i = 0; i < value.size; ++i)
      members[i] = {value.members[i].key, own_copy(value.members[i].value, arena)};
    return Value::map(members, value.size);
  }
  return value.kind <= Kind::Map ? value : Value();
}

const Value* find(const Value& map, std::string_view key) {
  for (uint32_t i = 0; i < map.size; ++i) {
    if (map.members[i].key == key) return &map.members[i].value;
  }
  return nullptr;
}

Value* find(Attributes& attributes, std::string_view key) {
  for (KeyValue& attribute : attributes) {
    const std::string_view own = attribute.key;
    if (own.size() == key.size() && equal_short(own.data(), key.data(), key.size()))
      return &attribute.value;
  }
  return nullptr;
}

void remove(Attributes& attributes, std::string_view key) {
  for (KeyValue& attribute : attributes) {
    if (attribute.key != key) continue;
    attribute = attributes.back();
    attributes.truncate(attributes.size() - 1);
    return;
  }
}

Value& find_or_add(Attributes& attributes, std::string_view key, Arena& arena) {
  if (Value* known = find(attributes, key)) return *known;
  return attributes.push_back(arena, {key, Value()}).value;
}

Value& find_or_add(Value& map, std::string_view key, Arena& arena) {
  if (const Value* known = find(map, key)) return *const_cast<Value*>(known);
  auto* members = arena.allocate_array<KeyValue>(map.size + 1);
  std::copy_n(map.members, map.size, members);
  members[map.size].key = key;
  map = Value::map(members, map.size + 1);
  return members[map.size - 1].value;
}

Value& append(Value& list, Arena& arena) {
  auto* elements = arena.allocate_array<Value>(list.size + 1);
  std::copy_n(list.elements, list.size, elements);
  list = Value::array(elements, list.size + 1);
  return elements[list.size - 1];
}

Value* MapBuilder::find(std::string_view key) {
  const uint32_t at = index_.find(members_.data(), members_.size(), key);
  return at == KeyIndex::kNone ? nullptr : &members_[at].value;
}

Value& MapBuilder::append(std::string_view key) {
  Value& added = members_.push_back(arena_, {key, Value()}).value;
  index_.added(members_.data(), members_.size() - 1);
  return added;
}

Value& MapBuilder::operator[](std::string_view key) {
  Value* known = find(key);
  return known != nullptr ? *known : append(key);
}

void assign(Attributes& attributes, const Value& map, Arena& arena) {
  Attributes fresh;  // the map may be made of these very attributes
  fresh.reserve(arena, map.size);
  for (uint32_t i = 0; i < map.size; ++i)
    fresh.push_back(arena, {map.members[i].key, own_copy(map.members[i].value, arena)});
  attributes = fresh;
}

namespace {

/// A byte that most keys of a record do not share.
inline uint8_t mark(std::string_view key) {
  uint64_t head = 0;
  uint64_t tail = 0;
  if (key.size() >= sizeof head) {
    std::memcpy(&head, key.data(), sizeof head);
    std::memcpy(&tail, key.data() + key.size() - sizeof tail, sizeof tail);
  } else if (key.size() >= sizeof(uint32_t)) {
    std::memcpy(&head, key.data(), sizeof(uint32_t));
    std::memcpy(&tail, key.data() + key.size() - sizeof(uint32_t), sizeof(uint32_t));
  } else {
    for (const char c : key) head = head << 8 | static_cast<uint8_t>(c);
  }
  return static_cast<uint8_t>((head ^ tail * 31 ^ key.size()) * 0x9e3779b97f4a7c15 >> 56);
}

/// A sequence of keys that was looked at.
struct KeySequence {
  std::string text;            // the keys, one behind the other
  std::vector<uint32_t> ends;  // of each, in text
  bool distinct = true;

  bool is(const KeyValue* members, uint32_t count) const {
    if (ends.size() != count) return false;
    uint32_t begin = 0;
    for (uint32_t i = 0; i < count; ++i) {
      const std::string_view key = members[i].key;
      if (key.size() != ends[i] - begin ||
          !equal_short(key.data(), text.data() + begin, key.size()))
        return false;
      begin = ends[i];
    }
    return true;
  }

  void learn(const KeyValue* members, uint32_t count) {
    text.clear();
    ends.clear();
    distinct = true;
    KeyIndex index;
    for (uint32_t i = 0; i < count; ++i) {
      text += members[i].key;
      ends.push_back(static_cast<uint32_t>(text.size()));
      distinct = distinct && index.find(members, i, members[i].key) == KeyIndex::kNone;
      index.added(members, i);
    }
  }
};

}  // namespace

bool keys_are_distinct(const KeyValue* members, uint32_t count) {
  constexpr uint32_t kRemembered = 64;
  constexpr uint32_t kKeysMax = 64;  // longer sequences hardly come again
  constexpr uint32_t kFewKeys = 8;   // whose marks seldom meet
  if (count <= kFewKeys && KeyIndex::marks_are_distinct(members, count)) return true;
  if (count > kKeysMax) {
    KeySequence once;
    once.learn(members, count);
    return once.distinct;
  }
  thread_local std::array<KeySequence, kRemembered> remembered;
  const size_t about = count * 7 + members[0].key.size() + members[count - 1].key.size() * 3;
  KeySequence& sequence = remembered[about % kRemembered];
  if (!sequence.is(members, count)) sequence.learn(members, count);
  return sequence.distinct;
}

uint32_t keep_last(KeyValue* members, uint32_t count) {
  if (keys_are_distinct(members, count)) return count;
  KeyIndex index;  // of those that are kept, where they now stand
  uint32_t kept = 0;
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t first = index.find(members, kept, members[i].key);
    if (first != KeyIndex::kNone) {
      members[first].value = members[i].value;
      continue;
    }
    if (kept != i) members[kept] = members[i];
    index.added(members, kept++);
  }
  return kept;
}

bool KeyIndex::marks_are_distinct(const KeyValue* members, uint32_t count) {
  std::array<uint64_t, 4> marks{};
  for (uint32_t i = 0; i < count; ++i) {
    const uint8_t own_mark = mark(members[i].key);
    const uint64_t bit = uint64_t{1} << own_mark % 64;
    if ((marks[own_mark / 64] & bit) != 0) return false;
    marks[own_mark / 64] |= bit;
  }
  return true;
}

uint32_t KeyIndex::find(const KeyValue* members, uint32_t count, std::string_view key) const {
  const uint8_t own_mark = mark(key);
  if ((marks_[own_mark / 64] >> own_mark % 64 & 1) == 0) return kNone;
  if (index_) {
    const auto at = index_->find(key);
    return at == index_->end() ? kNone : at->second;
  }
  for (uint32_t i = 0; i < count; ++i) {
    const std::string_view own = members[i].key;
    if (own.size() == key.size() && equal_short(own.data(), key.data(), key.size())) return i;
  }
  return kNone;
}

void KeyIndex::added(const KeyValue* members, uint32_t at) {
  const uint8_t own_mark = mark(members[at].key);
  marks_[own_mark / 64] |= uint64_t{1} << own_mark % 64;
  if (at < kScanMax) return;
  if (!index_) {
    index_.emplace();
    for (uint32_t i = 0; i < at; ++i) index_->emplace(members[i].key, i);
  }
  index_->emplace(members[at].key, at);
}

// ---- Comparing ----

namespace {

/// As Go's pcommon has it, inside of lists and maps: kinds must agree, the order of keys does not
/// matter.
bool same_members(const Value& a, const Value& b);

bool same(const Value& a, const Value& b) {
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case Kind::None: return true;
    case Kind::String:
    case Kind::Bytes: return a.view() == b.view();
    case Kind::Bool: return a.bool_value == b.bool_value;
    case Kind::Double: return a.double_value == b.double_value;
    case Kind::Array:
      return a.size == b.size && std::equal(a.elements, a.elements + a.size, b.elements, same);
    case Kind::Map: return a.size == b.size && same_members(a, b);
    default: break;
  }
  if (a.kind == kTime) return time_of(a) == time_of(b);
  if (a.kind == kTraceId || a.kind == kProfileId) return trace_id_of(a) == trace_id_of(b);
  if (a.kind == kSpanId) return span_id_of(a) == span_id_of(b);
  if (a.kind == kPart) return part_of(a).data == part_of(b).data;
  return a.int_value == b.int_value;
}

/// Of equal keys in one map the first counts. Large maps are compared by an index.
bool same_members(const Value& a, const Value& b) {
  constexpr uint32_t kScannedMax = 24;
  std::unordered_map<std::string_view, const Value*> index;
  if (b.size > kScannedMax) {
    for (uint32_t i = 0; i < b.size; ++i) index.emplace(b.members[i].key, &b.members[i].value);
  }
  return std::all_of(a.members, a.members + a.size, [&](const KeyValue& member) {
    const auto found = index.find(member.key);
    const Value* other = b.size <= kScannedMax  ? find(b, member.key)
                         : found == index.end() ? nullptr
                                                : found->second;
    return other != nullptr && same(member.value, *other);
  });
}

template <typename T>
bool ordered(const T& a, Comparison op, const T& b) {
  switch (op) {
    case Comparison::Equal: return a == b;
    case Comparison::NotEqual: return !(a == b);
    case Comparison::Less: return a < b;
    case Comparison::LessEqual: return a < b || a == b;
    case Comparison::Greater: return b < a;
    case Comparison::GreaterEqual: return b < a || a == b;
  }
  return false;
}

bool is_number(const Value& value) { return value.kind == Kind::Int || value.kind == Kind::Double; }

double as_double(const Value& value) {
  return value.kind == Kind::Int ? static_cast<double>(value.int_value) : value.double_value;
}

}  // namespace

bool compare(const Value& a, Comparison op, const Value& b) {
  if (is_nil(a) && is_nil(b))
    return op != Comparison::NotEqual && op != Comparison::Less && op != Comparison::Greater;
  if (is_number(a) && is_number(b)) {
    if (a.kind == Kind::Int && b.kind == Kind::Int) return ordered(a.int_value, op, b.int_value);
    return ordered(as_double(a), op, as_double(b));
  }
  if (a.kind != b.kind) return op == Comparison::NotEqual;
  switch (a.kind) {
    case Kind::String:
    case Kind::Bytes: return ordered(a.view(), op, b.view());
    case Kind::Bool: return ordered(a.bool_value, op, b.bool_value);
    default: break;
  }
  if (a.kind == kTime) return ordered(time_of(a), op, time_of(b));
  if (a.kind == kDuration) return ordered(a.int_value, op, b.int_value);
  if (op == Comparison::Equal) return same(a, b);
  return op == Comparison::NotEqual && !same(a, b);
}

bool equal(const Value& a, const Value& b) { return compare(a, Comparison::Equal, b); }

// ---- Text ----

namespace {

void append_escaped(std::string_view text, std::string& out) {
  constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  while (!text.empty()) {
    const utf8::Rune rune = utf8::decode(text);
    const char c = text.front();
    if (!rune.valid) {
      out += "\\ufffd";
    } else if (rune.value == 0x2028 || rune.value == 0x2029) {
      out += rune.value == 0x2028 ? "\\u2028" : "\\u2029";
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n' || c == '\r' || c == '\t') {
      out += c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t";
    } else if ((c >= 0 && c < 0x20) || c == '<' || c == '>' || c == '&') {
      out += "\\u00";
      out += kHex[c >> 4];
      out += kHex[c & 15];
    } else {
      out += text.substr(0, rune.size);
    }
    text.remove_prefix(rune.size);
  }
  out += '"';
}

/// The shortest digits; an exponent where the number is very small or large, of two digits at
/// least.
bool append_double(double number, std::string& out) {
  if (!std::isfinite(number)) return false;
  const double size = std::fabs(number);
  const bool scientific = number != 0 && (size < 1e-6 || size >= 1e21);
  char text[wire::kNumberTextMax];
  const size_t length =
      scientific
          ? static_cast<size_t>(
                std::to_chars(text, text + sizeof text, number, std::chars_format::scientific).ptr -
                text)
          : wire::format_double(number, text);
  out.append(text, length);
  return true;
}

template <size_t N>
void append_id(const otlp::Id<N>& id, std::string& out) {
  out += '[';
  for (size_t i = 0; i < N; ++i) out += (i == 0 ? "" : ",") + std::to_string(id.bytes[i]);
  out += ']';
}

/// The original sorts members by their keys as they are written: with quotes and escapes. Of equal
/// ones the last counts.
bool append_map(const Value& map, std::string& out) {
  struct Member {
    std::string key;
    const Value* value;
  };
  std::vector<Member> members(map.size);
  for (uint32_t i = 0; i < map.size; ++i) {
    append_escaped(map.members[i].key, members[i].key);
    members[i].value = &map.members[i].value;
  }
  std::stable_sort(members.begin(), members.end(),
                   [](const Member& a, const Member& b) { return a.key < b.key; });
  out += '{';
  for (size_t i = 0; i < members.size(); ++i) {
    const bool superseded = i + 1 < members.size() && members[i].key == members[i + 1].key;
    if (superseded) continue;
    if (out.back() != '{') out += ',';
    (out += members[i].key) += ':';
    if (!append_go_json(*members[i].value, out)) return false;
  }
  out += '}';
  return true;
}

bool append_list(const Value& list, std::string& out) {
  out += '[';
  for (uint32_t i = 0; i < list.size; ++i) {
    if (i != 0) out += ',';
    if (!append_go_json(list.elements[i], out)) return false;
  }
  out += ']';
  return true;
}

/// Go has no value for bytes of which there are none.
void append_base64(std::string_view bytes, std::string& out) {
  if (bytes.empty()) {
    out += "null";
    return;
  }
  Buffer text;
  wire::append_base64(bytes, text);
  out += '"';
  out += text.view();
  out += '"';
}

}  // namespace

bool append_go_json(const Value& value, std::string& out) {
  switch (value.kind) {
    case Kind::None: out += "null"; return true;
    case Kind::String: append_escaped(value.view(), out); return true;
    case Kind::Bool: out += value.bool_value ? "true" : "false"; return true;
    case Kind::Int: out += std::to_string(value.int_value); return true;
    case Kind::Double: return append_double(value.double_value, out);
    case Kind::Bytes: append_base64(value.view(), out); return true;
    case Kind::Array: return append_list(value, out);
    case Kind::Map: return append_map(value, out);
  }
  if (value.kind == kTime) {
    const auto year = civil_of(time_of(value)).year;
    if (year < 0 || year > 9999) return false;
    append_escaped(rfc3339_nano(time_of(value)), out);
  } else if (value.kind == kDuration) {
    out += std::to_string(value.int_value);
  } else if (value.kind == kTraceId || value.kind == kProfileId) {
    append_id(trace_id_of(value), out);
  } else if (value.kind == kSpanId) {
    append_id(span_id_of(value), out);
  } else if (const Part& part = part_of(value); part.tag->append_json != nullptr) {
    part.tag->append_json(part.data, out);
  } else {
    out += "{}";
  }
  return true;
}

bool text_of(const Value& value, Arena& arena, std::string_view& text, std::string_view& error) {
  error = {};
  if (is_nil(value)) return false;
  if (value.kind == Kind::String) {
    text = value.view();
    return true;
  }
  if (value.kind == Kind::Bytes) {
    auto* digits = static_cast<char*>(arena.allocate(size_t{value.size} * 2, 1));
    wire::hex_lower(reinterpret_cast<const uint8_t*>(value.chars), value.size, digits);
    text = {digits, size_t{value.size} * 2};
    return true;
  }
  std::string json;
  if (!append_go_json(value, json)) {
    error = "infinity, NaN and times beyond the year 9999 have no text";
    return false;
  }
  text = arena.copy(json);
  return true;
}

}  // namespace sluice::ottl
