#include "sink/native_rows.h"

#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <vector>

namespace sluice::bench {
namespace {

struct Type {
  enum class Kind { Fixed, String, LowCardinality, Array, Map, Nullable, Tuple, Unknown };
  Kind kind = Kind::Unknown;
  size_t width = 0;  // bytes of a Fixed
  std::vector<Type> inner;
};

const std::map<std::string_view, size_t> kWidths = {
    {"UInt8", 1},  {"Int8", 1},   {"Bool", 1},       {"UInt16", 2},  {"Int16", 2},
    {"Date", 2},   {"UInt32", 4}, {"Int32", 4},      {"Float32", 4}, {"DateTime", 4},
    {"Date32", 4}, {"UInt64", 8}, {"Int64", 8},      {"Float64", 8}, {"UUID", 16},
    {"IPv4", 4},   {"IPv6", 16},  {"DateTime64", 8}, {"UInt128", 16}};

const std::map<std::string_view, Type::Kind> kWrappers = {
    {"LowCardinality", Type::Kind::LowCardinality},
    {"Array", Type::Kind::Array},
    {"Map", Type::Kind::Map},
    {"Nullable", Type::Kind::Nullable},
    {"Tuple", Type::Kind::Tuple}};

/// The arguments between a type's brackets, cut at the commas of the outermost level.
std::vector<std::string_view> split_arguments(std::string_view text) {
  std::vector<std::string_view> parts;
  int depth = 0;
  size_t from = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] == '(') ++depth;
    if (i < text.size() && text[i] == ')') --depth;
    if (i < text.size() && (text[i] != ',' || depth > 0)) continue;
    while (from < i && text[from] == ' ') ++from;
    parts.push_back(text.substr(from, i - from));
    from = i + 1;
  }
  return parts;
}

Type parse_type(std::string_view text) {
  std::string_view name = text;
  std::string_view arguments;
  if (const size_t open = text.find('('); open != std::string_view::npos && text.back() == ')') {
    name = text.substr(0, open);
    arguments = text.substr(open + 1, text.size() - open - 2);
  }
  if (const auto width = kWidths.find(name); width != kWidths.end())
    return {Type::Kind::Fixed, width->second, {}};
  if (name == "String") return {Type::Kind::String, 0, {}};
  if (name == "FixedString") {
    return {Type::Kind::Fixed, std::strtoull(std::string(arguments).c_str(), nullptr, 10), {}};
  }
  const auto wrapper = kWrappers.find(name);
  if (wrapper == kWrappers.end()) return {};
  Type type{wrapper->second, 0, {}};
  for (const auto argument : split_arguments(arguments)) {
    type.inner.push_back(parse_type(argument));
    if (type.inner.back().kind == Type::Kind::Unknown) return {};
  }
  return type;
}

/// Reads from the front; the first thing that does not fit makes it bad for good.
struct Cursor {
  const uint8_t* at;
  const uint8_t* end;
  bool bad = false;

  bool have(uint64_t n) {
    if (n > static_cast<uint64_t>(end - at)) bad = true;
    return !bad;
  }
  void skip(uint64_t n) {
    if (have(n)) at += n;
  }
  uint64_t varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64 && have(1); shift += 7) {
      const uint8_t byte = *at++;
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    bad = true;
    return 0;
  }
  uint64_t u64() {
    uint64_t value = 0;
    if (have(sizeof value)) std::memcpy(&value, at, sizeof value);
    skip(sizeof value);
    return bad ? 0 : value;
  }
  std::string_view string() {
    const uint64_t size = varint();
    if (!have(size)) return {};
    const std::string_view text(reinterpret_cast<const char*>(at), size);
    at += size;
    return text;
  }
};

/// What stands in front of a column: the version of each LowCardinality's keys.
void skip_prefix(Cursor& in, const Type& type) {
  if (type.kind == Type::Kind::LowCardinality) {
    in.skip(8);
    return;
  }
  for (const auto& inner : type.inner) skip_prefix(in, inner);
}

void skip_column(Cursor& in, const Type& type, uint64_t rows);

/// Parts of (flags, additional keys, indexes into them), until all rows are there.
void skip_low_cardinality(Cursor& in, const Type& type, uint64_t rows) {
  constexpr uint64_t kAdditionalKeys = 1 << 9;
  constexpr size_t kIndexWidths[] = {1, 2, 4, 8};
  const Type& inner = type.inner.front();
  const Type& keys = inner.kind == Type::Kind::Nullable ? inner.inner.front() : inner;
  while (rows > 0 && !in.bad) {
    const uint64_t flags = in.u64();
    if ((flags & kAdditionalKeys) != 0) skip_column(in, keys, in.u64());
    const uint64_t n = in.u64();
    in.skip(n * kIndexWidths[flags & 3]);
    if (n == 0 || n > rows) in.bad = true;
    rows -= in.bad ? rows : n;
  }
}

void skip_column(Cursor& in, const Type& type, uint64_t rows) {
  if (in.bad || rows == 0) return;
  switch (type.kind) {
    case Type::Kind::Fixed: in.skip(rows * type.width); break;
    case Type::Kind::String:
      for (uint64_t i = 0; i < rows && !in.bad; ++i) in.skip(in.varint());
      break;
    case Type::Kind::LowCardinality: skip_low_cardinality(in, type, rows); break;
    case Type::Kind::Array:
    case Type::Kind::Map: {
      in.skip((rows - 1) * sizeof(uint64_t));
      const uint64_t elements = in.u64();
      for (const auto& inner : type.inner) skip_column(in, inner, elements);
      break;
    }
    case Type::Kind::Nullable:
      in.skip(rows);
      skip_column(in, type.inner.front(), rows);
      break;
    case Type::Kind::Tuple:
      for (const auto& inner : type.inner) skip_column(in, inner, rows);
      break;
    case Type::Kind::Unknown: in.bad = true; break;
  }
}

const Type& type_named(std::string_view text) {
  static std::map<std::string, Type, std::less<>> known;
  auto it = known.find(text);
  if (it == known.end()) it = known.emplace(std::string(text), parse_type(text)).first;
  return it->second;
}

Cursor cursor_over(std::string_view body) {
  const auto* begin = reinterpret_cast<const uint8_t*>(body.data());
  return {begin, begin + body.size()};
}

}  // namespace

Counted count_native_rows(std::string_view body) {
  Cursor in = cursor_over(body);
  Counted counted;
  while (in.at < in.end && !in.bad) {
    const uint64_t columns = in.varint();
    const uint64_t rows = in.varint();
    for (uint64_t i = 0; i < columns && !in.bad; ++i) {
      in.string();  // the column's name
      const Type& type = type_named(in.string());
      if (rows == 0) continue;
      skip_prefix(in, type);
      skip_column(in, type, rows);
    }
    counted.rows += rows;
    ++counted.blocks;
  }
  counted.whole = !in.bad;
  return counted.whole ? counted : Counted{};
}

Counted count_first_header(std::string_view body) {
  Cursor in = cursor_over(body);
  in.varint();  // columns
  const uint64_t rows = in.varint();
  return in.bad ? Counted{} : Counted{rows, 1, true};
}

}  // namespace sluice::bench
