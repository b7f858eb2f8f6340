#include "native/columns.h"

#include <numeric>

namespace sluice::native {
namespace {

/// SerializationLowCardinality: the only version of keys there is, "shared dictionaries with
/// additional keys".
constexpr uint64_t kKeysVersion = 1;
/// The keys stand in the block itself and are to be added to the dictionary.
constexpr uint64_t kHasAdditionalKeys = 1 << 9;
constexpr uint64_t kNeedsUpdate = 1 << 10;

template <typename T>
void append_narrowed(std::span<const std::span<const uint32_t>> indexes, Output& out) {
  for (const auto& run : indexes) {
    const uint32_t* index = run.data();
    out.append_values<T>(run.size(), [&] { return static_cast<T>(*index++); });
  }
}

}  // namespace

void StringColumn::repeat_last() {
  const uint32_t begin = begin_of(size() - 1);
  const uint32_t length = ends_.back() - begin;
  char* to = encoded_.tail(length);
  std::memcpy(to, encoded_.data() + begin, length);
  encoded_.commit(length);
  ends_.push_back(static_cast<uint32_t>(encoded_.size()));
}

void StringColumn::encode(RowRanges rows, Output& out) const {
  for (const RowRange& r : rows) {
    const uint32_t begin = begin_of(r.begin);
    out.append(encoded_.data() + begin, begin_of(r.end) - begin);
  }
}

void encode_json_prefix(Output& out) { out.append_raw(kJsonAsStrings); }

void encode_low_cardinality_prefix(Output& out) { out.append_raw(kKeysVersion); }

void encode_low_cardinality(const Dictionary& dictionary,
                            std::span<const std::span<const uint32_t>> indexes, Output& out) {
  uint64_t rows = 0;
  for (const auto& run : indexes) rows += run.size();
  if (rows == 0) return;
  const uint32_t keys = dictionary.size();
  const uint64_t width = keys <= 0x100 ? 0 : keys <= 0x10000 ? 1 : 2;  // UInt8, UInt16, UInt32
  out.append_raw(width | kHasAdditionalKeys | kNeedsUpdate);
  out.append_raw(uint64_t{keys});
  out.append(dictionary.encoded());
  out.append_raw(rows);
  if (width == 0) {
    append_narrowed<uint8_t>(indexes, out);
  } else if (width == 1) {
    append_narrowed<uint16_t>(indexes, out);
  } else {
    append_narrowed<uint32_t>(indexes, out);
  }
}

void LowCardinalityColumn::encode(RowRanges rows, Output& out) const {
  std::vector<std::span<const uint32_t>> runs;
  runs.reserve(rows.size());
  for (const RowRange& r : rows) runs.emplace_back(indexes_.data() + r.begin, r.end - r.begin);
  encode_low_cardinality(dictionary_, runs, out);
}

void MapColumn::learn(Shape& shape) {
  const auto count = static_cast<uint32_t>(shape.ends.size());
  auto key = [&](uint32_t i) {
    const uint32_t begin = i == 0 ? 0 : shape.ends[i - 1];
    return std::string_view(shape.text.data() + begin, shape.ends[i] - begin);
  };
  shape.order.resize(count);
  std::iota(shape.order.begin(), shape.order.end(), 0U);
  std::stable_sort(shape.order.begin(), shape.order.end(),
                   [&](uint32_t a, uint32_t b) { return key(a) < key(b); });
  shape.indexes.resize(shape.order.size());
  for (size_t i = 0; i < shape.order.size(); ++i)
    shape.indexes[i] = dictionary_.index_of(key(shape.order[i]));
}

void MapColumn::repeat_last() {
  const size_t last = size() - 1;
  const uint32_t entry = entry_end(last);
  const uint32_t entries = entry_end(last + 1) - entry;
  uint32_t* keys = keys_.grow(entries);
  if (entries != 0) std::memcpy(keys, keys_.data() + entry, entries * sizeof(uint32_t));
  const uint32_t value = value_end(last);
  const uint32_t length = value_end(last + 1) - value;
  char* to = values_.tail(length);
  if (length != 0) std::memcpy(to, values_.data() + value, length);
  values_.commit(length);
  end_row();
}

void MapColumn::clear() {
  dictionary_.clear();
  keys_.clear();
  values_.clear();
  entry_ends_.clear();
  value_ends_.clear();
  for (Shape& shape : shapes_) shape.ends.clear();  // its dictionary indexes are gone
}

void MapColumn::encode(RowRanges rows, Output& out) const {
  std::vector<std::span<const uint32_t>> runs;
  runs.reserve(rows.size());
  uint64_t total = 0;
  for (const RowRange& r : rows) {
    const uint32_t first = entry_end(r.begin);
    const uint64_t shift = total - first;  // modulo 2^64
    const uint32_t* end = entry_ends_.data() + r.begin;
    out.append_values<uint64_t>(r.end - r.begin, [&] { return *end++ + shift; });
    total = entry_end(r.end) + shift;
    runs.emplace_back(keys_.data() + first, entry_end(r.end) - first);
  }
  encode_low_cardinality(dictionary_, runs, out);
  for (const RowRange& r : rows) {
    const uint32_t begin = value_end(r.begin);
    out.append(values_.data() + begin, value_end(r.end) - begin);
  }
}

void to_ranges(std::span<const uint32_t> order, std::vector<RowRange>& out) {
  out.clear();
  for (uint32_t row : order) {
    if (!out.empty() && out.back().end == row) {
      ++out.back().end;
    } else {
      out.push_back({row, row + 1});
    }
  }
}

void encode_block_head(Output& out, uint64_t columns, uint64_t rows) {
  append_varint(out, columns);
  append_varint(out, rows);
}

}  // namespace sluice::native
