#pragma once

// The column types of the collector's tables, as they grow row by row and as the Native format has
// them. Source of the layouts: ClickHouse's serializations (SerializationString, -Array, -Map,
// -LowCardinality, -Object), which docs/formats/native.md describes with an example. Values are
// kept in their encoded form where that is possible, so that encoding a run of rows is mostly
// copying.
//
// All columns share one shape:
//   append(...)        one more row
//   repeat_last()      one more row, equal to the last (resource and scope columns); REQUIRES: a
//                      row
//   encode(rows, out)  the data of the rows in these ranges, without the column's name and type
//   bytes(), clear()

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/output.h"
#include "native/dictionary.h"
#include "native/pod_vector.h"
#include "native/varint.h"

namespace sluice::native {

/// Rows [begin, end).
struct RowRange {
  uint32_t begin = 0;
  uint32_t end = 0;
};
using RowRanges = std::span<const RowRange>;

/// UInt8 … UInt64, Int32, Int64, Float64, Bool, DateTime (UInt32 seconds), DateTime64 (Int64).
template <typename T>
class FixedColumn {
 public:
  void append(T value) { values_.push_back(value); }
  void repeat_last() { values_.push_back(values_.back()); }
  const T* data() const { return values_.data(); }
  size_t size() const { return values_.size(); }
  size_t bytes() const { return values_.byte_size(); }
  void clear() { values_.clear(); }
  static void encode_prefix(Output&) {}
  void encode(RowRanges rows, Output& out) const {
    for (const RowRange& r : rows)
      out.append(values_.data() + r.begin, (r.end - r.begin) * sizeof(T));
  }

 private:
  PodVector<T> values_;
};

/// String.
class StringColumn {
 public:
  void append(std::string_view value) {
    append_string(encoded_, value);
    ends_.push_back(static_cast<uint32_t>(encoded_.size()));
  }
  /// The row's text is written by `write(Buffer&)`, which appends one encoded string (length and
  /// bytes).
  template <typename Write>
  void append_with(Write&& write) {
    write(encoded_);
    ends_.push_back(static_cast<uint32_t>(encoded_.size()));
  }
  void repeat_last();
  size_t size() const { return ends_.size(); }
  size_t bytes() const { return encoded_.size(); }
  /// Bytes that the last row took. REQUIRES: a row.
  size_t last_row_bytes() const { return ends_.back() - begin_of(size() - 1); }
  void clear() {
    encoded_.clear();
    ends_.clear();
  }
  static void encode_prefix(Output&) {}
  void encode(RowRanges rows, Output& out) const;

 private:
  uint32_t begin_of(size_t row) const { return row == 0 ? 0 : ends_[row - 1]; }
  Buffer encoded_;
  PodVector<uint32_t> ends_;
};

/// SerializationObject: the version whose rows are strings, which the server parses.
inline constexpr uint64_t kJsonAsStrings = 1;

/// The state that stands before the data of a JSON column: its rows come as text.
void encode_json_prefix(Output& out);

/// JSON, each row the text of an object.
class JsonColumn : public StringColumn {
 public:
  static void encode_prefix(Output& out) { encode_json_prefix(out); }
};

/// Writes a LowCardinality(String) column's data: dictionary and indexes. Nothing for no rows.
void encode_low_cardinality(const Dictionary& dictionary,
                            std::span<const std::span<const uint32_t>> indexes, Output& out);
/// The state that stands before the data of a column that has LowCardinality anywhere inside.
void encode_low_cardinality_prefix(Output& out);

/// LowCardinality(String).
class LowCardinalityColumn {
 public:
  void append(std::string_view value) {
    // Runs of equal values are the rule: names, levels, services.
    const bool repeated = !indexes_.empty() && dictionary_.equal(indexes_.back(), value);
    indexes_.push_back(repeated ? indexes_.back() : dictionary_.index_of(value));
  }
  void repeat_last() { repeat(size() - 1); }
  /// One more row, equal to that one.
  void repeat(size_t row) { indexes_.push_back(indexes_[row]); }
  std::string_view value(size_t row) const { return dictionary_.at(indexes_[row]); }
  size_t size() const { return indexes_.size(); }
  size_t bytes() const { return indexes_.byte_size() + dictionary_.bytes(); }
  void clear() {
    indexes_.clear();
    dictionary_.clear();
  }
  static void encode_prefix(Output& out) { encode_low_cardinality_prefix(out); }
  void encode(RowRanges rows, Output& out) const;

 private:
  Dictionary dictionary_;
  PodVector<uint32_t> indexes_;
};

/// Map(LowCardinality(String), String), each row's pairs sorted by key (bytes ascending, equal keys
/// in their order).
class MapColumn {
 public:
  /// Appends a row of `count` pairs: `key(i)` gives a pair's key, `write(i, Buffer&)` appends its
  /// value as one encoded string (length and bytes).
  template <typename Key, typename Write>
  void append(uint32_t count, Key&& key, Write&& write) {
    if (count != 0) {
      const Shape& shape = shape_of(count, key);
      uint32_t* to = keys_.grow(shape.indexes.size());
      std::memcpy(to, shape.indexes.data(), shape.indexes.size() * sizeof(uint32_t));
      for (uint32_t i : shape.order) write(i, values_);
    }
    end_row();
  }
  void repeat_last();
  size_t size() const { return entry_ends_.size(); }
  size_t bytes() const {
    return values_.size() + keys_.byte_size() + dictionary_.bytes() + entry_ends_.byte_size();
  }
  /// Bytes that the last row took. REQUIRES: a row.
  size_t last_row_bytes() const { return value_end(size()) - value_end(size() - 1); }
  void clear();
  static void encode_prefix(Output& out) { encode_low_cardinality_prefix(out); }
  void encode(RowRanges rows, Output& out) const;

 private:
  /// Records of one kind have the same keys in the same order. What sorting and looking them up
  /// gave is kept per number of keys, and holds as long as each key is still the same.
  struct Shape {
    Buffer text;                    // the keys, in the order of the request
    std::vector<uint32_t> ends;     // of each in text
    std::vector<uint32_t> order;    // request positions of the pairs, sorted by key
    std::vector<uint32_t> indexes;  // dictionary indexes, in sorted order
  };
  static constexpr size_t kShapes = 16;

  template <typename Key>
  static bool matches(const Shape& shape, uint32_t count, Key& key) {
    if (shape.ends.size() != count) return false;
    uint32_t begin = 0;
    for (uint32_t i = 0; i < count; ++i) {
      const std::string_view k = key(i);
      const uint32_t end = shape.ends[i];
      if (k.size() != end - begin || !equal_short(k.data(), shape.text.data() + begin, k.size()))
        return false;
      begin = end;
    }
    return true;
  }

  template <typename Key>
  const Shape& shape_of(uint32_t count, Key& key) {
    Shape& shape = shapes_[count % kShapes];
    if (matches(shape, count, key)) return shape;
    shape.text.clear();
    shape.ends.resize(count);
    for (uint32_t i = 0; i < count; ++i) {
      shape.text.append(key(i));
      shape.ends[i] = static_cast<uint32_t>(shape.text.size());
    }
    learn(shape);
    return shape;
  }
  void learn(Shape& shape);

  void end_row() {
    entry_ends_.push_back(static_cast<uint32_t>(keys_.size()));
    value_ends_.push_back(static_cast<uint32_t>(values_.size()));
  }
  uint32_t entry_end(size_t rows) const { return rows == 0 ? 0 : entry_ends_[rows - 1]; }
  uint32_t value_end(size_t rows) const { return rows == 0 ? 0 : value_ends_[rows - 1]; }

  Dictionary dictionary_;
  PodVector<uint32_t> keys_;        // dictionary indexes of all pairs
  Buffer values_;                   // encoded strings of all pairs
  PodVector<uint32_t> entry_ends_;  // per row, in keys_
  PodVector<uint32_t> value_ends_;  // per row, in values_
  Shape shapes_[kShapes];
};

/// Array(T) over any of the columns above: `elements()` takes the elements, end_row() closes the
/// array.
template <typename Element>
class ArrayColumn {
 public:
  Element& elements() { return elements_; }
  void end_row() { ends_.push_back(static_cast<uint32_t>(elements_.size())); }
  void repeat_last() {
    const size_t end = elements_.size();
    for (size_t i = begin_of(size() - 1); i < end; ++i) elements_.repeat(i);
    end_row();
  }
  size_t size() const { return ends_.size(); }
  size_t bytes() const { return elements_.bytes() + ends_.size() * 8; }
  void clear() {
    elements_.clear();
    ends_.clear();
  }
  static void encode_prefix(Output& out) { Element::encode_prefix(out); }
  void encode(RowRanges rows, Output& out) const {
    std::vector<RowRange> inner;
    inner.reserve(rows.size());
    uint64_t total = 0;
    for (const RowRange& r : rows) {
      const uint64_t shift = total - begin_of(r.begin);  // modulo 2^64
      const uint32_t* end = ends_.data() + r.begin;
      out.append_values<uint64_t>(r.end - r.begin, [&] { return *end++ + shift; });
      total = begin_of(r.end) + shift;
      const RowRange range{begin_of(r.begin), begin_of(r.end)};
      if (range.begin != range.end) inner.push_back(range);
    }
    elements_.encode(inner, out);
  }

 private:
  uint32_t begin_of(size_t row) const { return row == 0 ? 0 : ends_[row - 1]; }
  Element elements_;
  PodVector<uint32_t> ends_;
};

/// Turns a list of rows into ranges, joining neighbours.
void to_ranges(std::span<const uint32_t> order, std::vector<RowRange>& out);

/// The head of a Native block: numbers of columns and rows.
void encode_block_head(Output& out, uint64_t columns, uint64_t rows);

/// One column of a Native block: name, type, state, data.
template <typename Column>
void encode_column(Output& out, std::string_view name, std::string_view type, const Column& column,
                   RowRanges rows) {
  append_string(out, name);
  append_string(out, type);
  if (rows.empty()) return;
  Column::encode_prefix(out);
  column.encode(rows, out);
}

}  // namespace sluice::native
