#include "native/select_rows.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <utility>

#include "base/check.h"

namespace sluice::native {
namespace {

/// Walks through bytes that this program wrote itself.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : left_(bytes) {}

  bool at_end() const { return left_.empty(); }
  std::string_view take(uint64_t size) {
    SLUICE_CHECK(size <= left_.size());
    const std::string_view taken = left_.substr(0, size);
    left_.remove_prefix(size);
    return taken;
  }
  uint64_t fixed() {
    uint64_t value = 0;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  uint64_t varint() {
    uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      const auto byte = static_cast<uint8_t>(take(1).front());
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }
  std::string_view string() { return take(varint()); }
  /// So many strings, as they stand there.
  std::string_view strings(uint64_t count) {
    const std::string_view before = left_;
    for (; count != 0; --count) string();
    return before.substr(0, before.size() - left_.size());
  }

 private:
  std::string_view left_;
};

/// A column's rows and those of them that are wanted.
struct Wanted {
  uint64_t rows = 0;
  uint64_t begin = 0;
  uint64_t end = 0;
};

/// "Array(T)" -> T; nothing if it is no such type.
std::string_view argument(std::string_view type, std::string_view of) {
  const bool is = type.size() > of.size() + 2 && type.substr(0, of.size()) == of &&
                  type[of.size()] == '(' && type.back() == ')';
  return is ? type.substr(of.size() + 1, type.size() - of.size() - 2) : std::string_view();
}

uint64_t width_of(std::string_view type) {
  constexpr std::array<std::pair<std::string_view, uint64_t>, 8> kWidths{{{"UInt8", 1},
                                                                          {"Bool", 1},
                                                                          {"UInt32", 4},
                                                                          {"Int32", 4},
                                                                          {"DateTime", 4},
                                                                          {"UInt64", 8},
                                                                          {"Float64", 8},
                                                                          {"DateTime64(9)", 8}}};
  for (const auto& [name, width] : kWidths) {
    if (type == name) return width;
  }
  SLUICE_CHECK(!"a type that no column of the tables has");
}

void select_values(uint64_t width, const Wanted& wanted, Reader& in, Output& out) {
  const std::string_view values = in.take(wanted.rows * width);
  out.append(values.substr(wanted.begin * width, (wanted.end - wanted.begin) * width));
}

void select_strings(const Wanted& wanted, Reader& in, Output& out) {
  in.strings(wanted.begin);
  out.append(in.strings(wanted.end - wanted.begin));
  in.strings(wanted.rows - wanted.end);
}

/// The whole dictionary goes with the rows.
void select_low_cardinality(const Wanted& wanted, Reader& in, Output& out) {
  if (wanted.rows == 0) return;
  const uint64_t flags = in.fixed();
  const uint64_t keys = in.fixed();
  const std::string_view dictionary = in.strings(keys);
  SLUICE_CHECK(in.fixed() == wanted.rows);
  const uint64_t rows = wanted.end - wanted.begin;
  if (rows != 0) {
    out.append_raw(flags);
    out.append_raw(keys);
    out.append(dictionary);
    out.append_raw(rows);
  }
  select_values(uint64_t{1} << (flags & 0xff), wanted, in, out);
}

/// Of arrays and maps; gives the elements that go with the rows.
Wanted select_offsets(const Wanted& wanted, Reader& in, Output& out) {
  const std::string_view ends = in.take(wanted.rows * sizeof(uint64_t));
  const auto end_of = [&](uint64_t rows) {
    uint64_t end = 0;
    if (rows != 0) std::memcpy(&end, ends.data() + (rows - 1) * sizeof end, sizeof end);
    return end;
  };
  const Wanted elements{end_of(wanted.rows), end_of(wanted.begin), end_of(wanted.end)};
  uint64_t row = wanted.begin;
  out.append_values<uint64_t>(wanted.end - wanted.begin,
                              [&] { return end_of(++row) - elements.begin; });
  return elements;
}

/// Whether a version stands before the data: of dictionaries, or of JSON.
bool has_version(std::string_view type) {
  return type.find("LowCardinality(") != std::string_view::npos ||
         type.find("JSON") != std::string_view::npos;
}

void select_data(std::string_view type, const Wanted& wanted, Reader& in, Output& out) {
  if (type == "String" || type == "JSON") return select_strings(wanted, in, out);
  if (!argument(type, "LowCardinality").empty()) return select_low_cardinality(wanted, in, out);
  if (const auto element = argument(type, "Array"); !element.empty())
    return select_data(element, select_offsets(wanted, in, out), in, out);
  if (const auto pair = argument(type, "Map"); !pair.empty()) {
    const Wanted pairs = select_offsets(wanted, in, out);
    const size_t comma = pair.find(", ");
    select_data(pair.substr(0, comma), pairs, in, out);
    return select_data(pair.substr(comma + 2), pairs, in, out);
  }
  select_values(width_of(type), wanted, in, out);
}

}  // namespace

void select_rows(std::string_view block, RowRange rows, Output& out) {
  Reader in(block);
  const uint64_t columns = in.varint();
  const Wanted wanted{in.varint(), rows.begin, rows.end};
  SLUICE_CHECK(wanted.begin <= wanted.end && wanted.end <= wanted.rows);
  encode_block_head(out, columns, wanted.end - wanted.begin);
  for (uint64_t i = 0; i < columns; ++i) {
    append_string(out, in.string());
    const std::string_view type = in.string();
    append_string(out, type);
    if (wanted.rows == 0) continue;
    if (has_version(type)) {
      const std::string_view version = in.take(sizeof(uint64_t));
      if (wanted.begin != wanted.end) out.append(version);
    }
    select_data(type, wanted, in, out);
  }
  SLUICE_CHECK(in.at_end());
}

}  // namespace sluice::native
