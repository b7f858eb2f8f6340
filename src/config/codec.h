#pragma once

// How a C++ type is read from YAML, written back, and described. The rules are those of the
// OpenTelemetry Collector's confmap: an option that is a text takes no number, but for one that
// came from ${…}; an integer takes any number and drops its fraction; a duration takes Go's
// notation, or nanoseconds; a list of texts takes one text with commas. A null makes a
// scalar zero and leaves everything else at its default.

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "config/diagnostics.h"
#include "config/node.h"

namespace sluice::config {

class SchemaBase;

/// What an option takes, for documents.
struct Type {
  std::string name;                    ///< "string", "integer", "duration", "list", "map" …
  std::vector<std::string> words{};    ///< of an enumeration
  std::vector<Type> element{};         ///< of a list or dictionary: one
  const SchemaBase* object = nullptr;  ///< of a map with fixed keys
  bool takes_null = false;             ///< null means something else than "not given"
};

/// Null is zero.
inline Type scalar_type(std::string name) {
  Type type{std::move(name)};
  type.takes_null = true;
  return type;
}

template <typename T>
struct Codec;

/// schema_of(const T*) is declared beside the type.
template <typename T>
concept HasSchema = requires {
  schema_of(static_cast<const T*>(nullptr));
};

/// A value with where it stands, for what is said of it later: by a compiler of statements, or by
/// those whom it concerns.
template <typename T>
struct Placed {
  T value{};
  Mark mark{};
  std::string path{};  ///< empty: it was not given, and is the default
};
using PlacedText = Placed<std::string>;

/// What is one text in the YAML.
template <typename T>
inline constexpr bool kIsText = std::is_same_v<T, std::string> || std::is_same_v<T, PlacedText>;

/// A map with keys of the user's own, in the order of the text. One of texts may also be written
/// as a list of {name: …, value: …}, as headers may.
template <typename T>
using Dictionary = std::vector<std::pair<std::string, T>>;

/// The words of an enumeration: specialise as `static constexpr std::array<std::pair<
/// std::string_view, E>, N> kAll`, and `static constexpr bool kAnyCase = true` if they, written
/// small there, may be written otherwise.
template <typename E>
struct Words;

bool decode_bool(const Node& node, bool& out, const Place& place);
bool decode_integer(const Node& node, int64_t least, uint64_t most, int64_t& out,
                    const Place& place);
bool decode_real(const Node& node, double& out, const Place& place);
bool decode_text(const Node& node, std::string& out, const Place& place);
/// Warns of a number without a unit.
bool decode_duration(const Node& node, std::chrono::nanoseconds& out, const Place& place);
/// A text as a list: "a,b" are two, an empty one is none.
Node split_at_commas(const Node& node);
/// A list of {name: …, value: …} as a map.
Node map_of_pairs(const Node& list, const Place& place);
/// A list, or null for an empty one; a message otherwise.
bool is_list_for(const Node& node, const Place& place);
/// "a, b or c"; an empty word, which stands for one of the others, is left out.
std::string one_of_text(const std::vector<std::string>& words);
Node encode_real(double value);
Node encode_duration(std::chrono::nanoseconds value);

template <>
struct Codec<bool> {
  static Type type() { return scalar_type("boolean"); }
  static void decode(const Node& node, bool& out, const Place& place) {
    decode_bool(node, out, place);
  }
  static Node encode(bool value) { return Node::of_bool(value); }
};

template <typename T>
requires(std::is_integral_v<T>) struct Codec<T> {
  static Type type() { return scalar_type("integer"); }
  static void decode(const Node& node, T& out, const Place& place) {
    int64_t value = 0;
    if (decode_integer(node, static_cast<int64_t>(std::numeric_limits<T>::min()),
                       static_cast<uint64_t>(std::numeric_limits<T>::max()), value, place))
      out = static_cast<T>(value);
  }
  static Node encode(T value) { return Node::of_int(static_cast<int64_t>(value)); }
};

template <>
struct Codec<double> {
  static Type type() { return scalar_type("number"); }
  static void decode(const Node& node, double& out, const Place& place) {
    decode_real(node, out, place);
  }
  static Node encode(double value) { return encode_real(value); }
};

template <>
struct Codec<std::string> {
  static Type type() { return scalar_type("string"); }
  static void decode(const Node& node, std::string& out, const Place& place) {
    decode_text(node, out, place);
  }
  static Node encode(const std::string& value) { return Node::string(value); }
};

template <typename T>
struct Codec<Placed<T>> {
  static Type type() { return Codec<T>::type(); }
  static void decode(const Node& node, Placed<T>& out, const Place& place) {
    out.mark = place.mark();
    out.path = place.path();
    Codec<T>::decode(node, out.value, place);
  }
  static Node encode(const Placed<T>& placed) { return Codec<T>::encode(placed.value); }
};

template <>
struct Codec<std::chrono::nanoseconds> {
  static Type type() { return scalar_type("duration"); }
  static void decode(const Node& node, std::chrono::nanoseconds& out, const Place& place) {
    decode_duration(node, out, place);
  }
  static Node encode(std::chrono::nanoseconds value) { return encode_duration(value); }
};

/// A value of the user's own, taken as it stands.
template <>
struct Codec<Node> {
  static Type type() { return scalar_type("any value"); }
  static void decode(const Node& node, Node& out, const Place&) { out = node; }
  static Node encode(const Node& value) { return value; }
};

template <typename E>
requires(std::is_enum_v<E>) struct Codec<E> {
  static Type type() {
    Type type{"word"};
    for (const auto& [word, value] : Words<E>::kAll) type.words.emplace_back(word);
    return type;
  }
  static void decode(const Node& node, E& out, const Place& place) {
    std::string text;
    if (!decode_text(node, text, place)) return;
    if constexpr (requires { Words<E>::kAnyCase; }) text = ascii::lower(std::move(text));
    for (const auto& [word, value] : Words<E>::kAll) {
      if (word == text) {
        out = value;
        return;
      }
    }
    place.expected(one_of_text(type().words), node);
  }
  static Node encode(E value) {
    for (const auto& [word, known] : Words<E>::kAll) {
      if (known == value) return Node::string(std::string(word));
    }
    return {};
  }
};

template <typename T>
struct Codec<std::vector<T>> {
  static Type type() { return {"list", {}, {Codec<T>::type()}}; }
  static void decode(const Node& node, std::vector<T>& out, const Place& place) {
    if (kIsText<T> && node.is_string()) return decode(split_at_commas(node), out, place);
    out.clear();
    if (!is_list_for(node, place)) return;
    for (size_t i = 0; i < node.items.size(); ++i)
      Codec<T>::decode(node.items[i], out.emplace_back(), place.at(i, node.items[i]));
  }
  static Node encode(const std::vector<T>& values) {
    Node node = Node::list();
    for (const T& value : values) node.items.push_back(Codec<T>::encode(value));
    return node;
  }
};

template <typename T>
struct Codec<Dictionary<T>> {
  static Type type() { return {"dictionary", {}, {Codec<T>::type()}}; }
  static void decode(const Node& node, Dictionary<T>& out, const Place& place) {
    if (kIsText<T> && node.is_list()) return decode(map_of_pairs(node, place), out, place);
    out.clear();
    if (!node.is_map()) return place.expected("a map", node);
    for (const auto& [key, value] : node.members) {
      Codec<T>::decode(value, out.emplace_back(key, T()).second, place.at(key, value));
    }
  }
  static Node encode(const Dictionary<T>& values) {
    Node node = Node::map();
    for (const auto& [key, value] : values) node.set(key, Codec<T>::encode(value));
    return node;
  }
};

/// A part that is only there when it is named. Null is as good as nothing, unless
/// Schema::given_by_null says otherwise.
template <typename T>
struct Codec<std::optional<T>> {
  static Type type() {
    Type type = Codec<T>::type();
    type.takes_null = false;
    return type;
  }
  static void decode(const Node& node, std::optional<T>& out, const Place& place) {
    if (!out) out.emplace();
    Codec<T>::decode(node, *out, place);
  }
  static Node encode(const std::optional<T>& value) {
    return value ? Codec<T>::encode(*value) : Node();
  }
};

}  // namespace sluice::config
