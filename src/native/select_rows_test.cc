#include "native/select_rows.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::native {
namespace {

/// A column of each kind that the tables have, with `count` rows.
struct Columns {
  FixedColumn<uint8_t> bytes;
  FixedColumn<double> numbers;
  StringColumn texts;
  LowCardinalityColumn names;
  MapColumn maps;
  JsonColumn objects;
  ArrayColumn<StringColumn> lists;
  ArrayColumn<LowCardinalityColumn> name_lists;
  ArrayColumn<MapColumn> map_lists;
  ArrayColumn<JsonColumn> object_lists;

  explicit Columns(uint32_t count) {
    for (uint32_t row = 0; row < count; ++row) {
      const std::string text(row % 5 * 40, static_cast<char>('a' + row % 7));
      bytes.append(static_cast<uint8_t>(row));
      numbers.append(row / 3.0);
      texts.append(text);
      names.append(text);
      append_map(row, maps);
      objects.append("{\"a\":" + std::to_string(row) + "}");
      for (uint32_t i = 0; i < row % 3; ++i) {
        lists.elements().append(text);
        name_lists.elements().append(text);
        append_map(row + i, map_lists.elements());
        object_lists.elements().append("{}");
      }
      lists.end_row();
      name_lists.end_row();
      map_lists.end_row();
      object_lists.end_row();
    }
  }

  static void append_map(uint32_t row, MapColumn& column) {
    const std::string_view keys("abcdef");
    column.append(
        row % 4, [&](uint32_t i) { return keys.substr((row + i) % 6, 1); },
        [&](uint32_t i, Buffer& out) { append_string(out, std::to_string(row * 10 + i)); });
  }

  std::string encoded(RowRange range) const {
    std::vector<RowRange> rows;
    if (range.begin != range.end) rows.push_back(range);
    Buffer out;
    BufferOutput output(out);
    encode_block_head(output, 10, range.end - range.begin);
    encode_column(output, "bytes", "UInt8", bytes, rows);
    encode_column(output, "numbers", "Float64", numbers, rows);
    encode_column(output, "texts", "String", texts, rows);
    encode_column(output, "names", "LowCardinality(String)", names, rows);
    encode_column(output, "maps", "Map(LowCardinality(String), String)", maps, rows);
    encode_column(output, "objects", "JSON", objects, rows);
    encode_column(output, "lists", "Array(String)", lists, rows);
    encode_column(output, "name_lists", "Array(LowCardinality(String))", name_lists, rows);
    encode_column(output, "map_lists", "Array(Map(LowCardinality(String), String))", map_lists,
                  rows);
    encode_column(output, "object_lists", "Array(JSON)", object_lists, rows);
    output.finish();
    return std::string(out.view());
  }
};

std::string selected(const std::string& block, RowRange range) {
  Buffer out;
  BufferOutput output(out);
  select_rows(block, range, output);
  output.finish();
  return std::string(out.view());
}

TEST(SelectRows, GivesTheBytesThatEncodingTheRowsWouldHave) {
  for (const uint32_t count : {1U, 2U, 13U, 400U}) {
    const Columns columns(count);
    const std::string whole = columns.encoded({0, count});
    const RowRange ranges[] = {
        {0, count}, {0, 1},         {count - 1, count}, {count / 3, count / 2},
        {0, 0},     {count, count}, {count / 2, count}};
    for (const RowRange& range : ranges) {
      EXPECT_EQ(selected(whole, range), columns.encoded(range))
          << count << ": " << range.begin << " to " << range.end;
    }
  }
}

TEST(SelectRows, OfWhatWasSelected) {
  const Columns columns(100);
  const std::string middle = selected(columns.encoded({0, 100}), {20, 80});
  EXPECT_EQ(selected(middle, {10, 11}), columns.encoded({30, 31}));
}

TEST(SelectRows, OfNoRows) {
  const std::string none = Columns(0).encoded({0, 0});
  EXPECT_EQ(selected(none, {0, 0}), none);
}

}  // namespace
}  // namespace sluice::native
