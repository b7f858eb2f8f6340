#pragma once

// What an OTTL expression yields: OTLP's own value, so that nothing is converted on the way from a
// record and back, with a few kinds more that only expressions have. Strings, bytes, lists and maps
// are shared and never changed in place; who stores one into a record copies it (storable()).

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/arena.h"
#include "otlp/records.h"
#include "ottl/time.h"

namespace sluice::ottl {

using otlp::Attributes;
using otlp::KeyValue;
using otlp::Value;
using Kind = otlp::ValueKind;

// Kinds beyond OTLP's. No record ever holds one.
inline constexpr Kind kTime = static_cast<Kind>(8);
inline constexpr Kind kDuration = static_cast<Kind>(9);
inline constexpr Kind kTraceId = static_cast<Kind>(10);
inline constexpr Kind kSpanId = static_cast<Kind>(11);
/// A part of a record that can be counted and given to a path of its own type, no more.
inline constexpr Kind kPart = static_cast<Kind>(12);
/// Of the form of a trace's id, and equal to none.
inline constexpr Kind kProfileId = static_cast<Kind>(13);

/// The parts, told apart by the address of their tag.
struct PartTag {
  std::string_view name;
  /// Appends what JSON makes of one; null where that is an empty object.
  void (*append_json)(const void* data, std::string& out) = nullptr;
};
struct Part {
  const PartTag* tag;
  const void* data;  ///< the ArenaVector (or whatever the tag says) itself
  uint32_t count;    ///< elements
};

Value time_value(const Time& time, Arena& arena);
Value duration_value(int64_t nanoseconds);
/// The id must stay where it is while the value is used.
Value trace_id_value(const otlp::TraceId& id, Arena& arena);
Value span_id_value(const otlp::SpanId& id, Arena& arena);
Value profile_id_value(const otlp::TraceId& id, Arena& arena);
Value part_value(const PartTag& tag, const void* data, uint32_t count, Arena& arena);

inline bool is_nil(const Value& value) { return value.kind == Kind::None; }
inline const Time& time_of(const Value& value) {
  return *reinterpret_cast<const Time*>(value.chars);
}
inline const Part& part_of(const Value& value) {
  return *reinterpret_cast<const Part*>(value.chars);
}
/// Of a trace or a profile.
inline const otlp::TraceId& trace_id_of(const Value& value) {
  return *reinterpret_cast<const otlp::TraceId*>(value.chars);
}
inline const otlp::SpanId& span_id_of(const Value& value) {
  return *reinterpret_cast<const otlp::SpanId*>(value.chars);
}

inline Value map_value(const Attributes& attributes) {
  return Value::map(const_cast<KeyValue*>(attributes.data()), attributes.size());
}
Value list_value(const ArenaVector<Value>& values);

/// "string", "int", "map" … for messages.
std::string_view kind_name(Kind kind);

/// Whether a record can hold it as it is (its elements included).
bool is_storable(const Value& value);
/// A copy whose lists and maps are its own, strings shared; kinds that records have not are empty.
Value own_copy(const Value& value, Arena& arena);

/// The member of this name, or null.
const Value* find(const Value& map, std::string_view key);
Value* find(Attributes& attributes, std::string_view key);
/// The value under a key, made (empty, at the end) if there is none.
Value& find_or_add(Attributes& attributes, std::string_view key, Arena& arena);
Value& find_or_add(Value& map, std::string_view key, Arena& arena);
/// Removes an attribute if it is there; the last one moves into the gap, as in the original.
void remove(Attributes& attributes, std::string_view key);
/// Adds an element at the end of a list.
Value& append(Value& list, Arena& arena);
/// Puts copies of a map's members in place of all attributes.
void assign(Attributes& attributes, const Value& map, Arena& arena);
/// Of members of one key only the first stays, with the value of the last; how many stay.
uint32_t keep_last(KeyValue* members, uint32_t count);
/// Whether no key stands twice. Records of one kind have the same keys in the same order: what was
/// found out about such a sequence is remembered, and comparing it is all that most maps cost.
bool keys_are_distinct(const KeyValue* members, uint32_t count);

/// Where the first member of a key stands. Small maps are searched, large ones hashed, so that no
/// record takes quadratic time.
class KeyIndex {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;
  static constexpr uint32_t kScanMax = 16;

  /// Among the first `count` members, of all of which added() was told; kNone if there is none.
  uint32_t find(const KeyValue* members, uint32_t count, std::string_view key) const;
  /// The member at `at` is there now. In this order: 0, 1, 2 …
  void added(const KeyValue* members, uint32_t at);
  /// True: no key stands twice. False says nothing.
  static bool marks_are_distinct(const KeyValue* members, uint32_t count);

 private:
  std::array<uint64_t, 4> marks_{};  // a key whose mark is not set is not there
  /// Of more than kScanMax members.
  std::optional<std::unordered_map<std::string_view, uint32_t>> index_;
};

/// Members by key, each key once, in the order in which they came. Large maps are indexed, so that
/// no text makes it slow.
class MapBuilder {
 public:
  explicit MapBuilder(Arena& arena) : arena_(arena) {}
  MapBuilder(const MapBuilder&) = delete;
  MapBuilder& operator=(const MapBuilder&) = delete;

  void reserve(uint32_t members) { members_.reserve(arena_, members); }
  /// Null if there is none; good until a member is added.
  Value* find(std::string_view key);
  /// The member of this key, made (empty, at the end) if there is none. The key must live as long
  /// as the map; the reference is good until another is added.
  Value& operator[](std::string_view key);
  /// Adds a member even if there is one of this key: records may hold a key twice. find() gives the
  /// first.
  Value& append(std::string_view key);
  const Attributes& attributes() const { return members_; }
  Value map() const { return map_value(members_); }

 private:
  Arena& arena_;
  Attributes members_;
  KeyIndex index_;
};

/// Whether two values are equal, as OTTL's `==` has it: numbers by value across kinds, an empty
/// value equals nothing but another.
bool equal(const Value& a, const Value& b);
enum class Comparison : uint8_t { Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual };
bool compare(const Value& a, Comparison op, const Value& b);

/// What `String()` and every parameter that takes "anything as text" make of it: false where there
/// is no text (nil, and what JSON cannot say). `error` says why, empty for nil.
bool text_of(const Value& value, Arena& arena, std::string_view& text, std::string_view& error);
/// JSON as Go's json.Marshal writes it (sorted keys, bytes in base64, HTML characters escaped).
bool append_go_json(const Value& value, std::string& out);

}  // namespace sluice::ottl
