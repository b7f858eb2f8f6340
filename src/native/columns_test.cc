#include "native/columns.h"

#include <gtest/gtest.h>

#include <numeric>
#include <string>

#include "testing/native_reader.h"

namespace sluice::native {
namespace {

uint64_t row_count(const std::vector<RowRange>& rows) {
  return std::accumulate(rows.begin(), rows.end(), uint64_t{0},
                         [](uint64_t n, const RowRange& r) { return n + (r.end - r.begin); });
}

/// Encodes one column as a block of its own and reads it back.
template <typename Column>
std::vector<std::string> round_trip(std::string_view type, const Column& column,
                                    std::vector<RowRange> rows) {
  Buffer bytes;
  BufferOutput out(bytes);
  encode_block_head(out, 1, row_count(rows));
  encode_column(out, "c", type, column, rows);
  out.finish();
  const auto blocks = testing::read_native(bytes.view());
  EXPECT_EQ(blocks.size(), 1U);
  return blocks.at(0).columns.at(0).values;
}

using Strings = std::vector<std::string>;

TEST(Columns, AStringBlockByteByByte) {
  StringColumn column;
  column.append("hi");
  column.append("");
  Buffer bytes;
  BufferOutput out(bytes);
  encode_block_head(out, 1, 2);
  const RowRange rows[] = {{0, 2}};
  encode_column(out, "s", "String", column, rows);
  out.finish();
  EXPECT_EQ(bytes.view(), std::string_view("\x01\x02"
                                           "\x01s"
                                           "\x06String"
                                           "\x02hi"
                                           "\x00",
                                           15));
}

TEST(Columns, ALowCardinalityBlockByteByByte) {
  LowCardinalityColumn column;
  for (const char* s : {"a", "b", "a"}) column.append(s);
  Buffer bytes;
  BufferOutput out(bytes);
  const RowRange rows[] = {{0, 3}};
  LowCardinalityColumn::encode_prefix(out);
  column.encode(rows, out);
  std::string expected("\x01\0\0\0\0\0\0\0", 8);       // version of the keys
  expected += std::string("\x00\x06\0\0\0\0\0\0", 8);  // UInt8 indexes, additional keys, update
  expected += std::string("\x02\0\0\0\0\0\0\0", 8);    // two keys
  expected += std::string(
      "\x01"
      "a"
      "\x01"
      "b",
      4);
  expected += std::string("\x03\0\0\0\0\0\0\0", 8);  // three rows
  expected += std::string("\x00\x01\x00", 3);
  out.finish();
  EXPECT_EQ(bytes.view(), expected);
}

TEST(Columns, RowsMayBeLeftOutAndReordered) {
  StringColumn strings;
  FixedColumn<uint32_t> numbers;
  MapColumn maps;
  ArrayColumn<StringColumn> arrays;
  for (uint32_t i = 0; i < 4; ++i) {
    const std::string text(i, static_cast<char>('a' + i));
    strings.append(text);
    numbers.append(i);
    maps.append(
        i, [&](uint32_t k) { return std::string_view("zyxw").substr(k, 1); },
        [&](uint32_t k, Buffer& out) { append_string(out, std::to_string(i * 10 + k)); });
    for (uint32_t k = 0; k < i; ++k) arrays.elements().append(text);
    arrays.end_row();
  }
  const std::vector<RowRange> rows = {{2, 4}, {0, 1}};
  EXPECT_EQ(round_trip("String", strings, rows), (Strings{"cc", "ddd", ""}));
  EXPECT_EQ(round_trip("UInt32", numbers, rows), (Strings{"2", "3", "0"}));
  EXPECT_EQ(round_trip("Map(LowCardinality(String), String)", maps, rows),
            (Strings{"{y=21,z=20}", "{x=32,y=31,z=30}", "{}"}));
  EXPECT_EQ(round_trip("Array(String)", arrays, rows), (Strings{"[cc,cc]", "[ddd,ddd,ddd]", "[]"}));
}

TEST(Columns, RepeatedRowsEqualTheirFirst) {
  StringColumn strings;
  MapColumn maps;
  LowCardinalityColumn names;
  strings.append("resource");
  maps.append(
      1, [](uint32_t) { return "k"; }, [](uint32_t, Buffer& out) { append_string(out, "v"); });
  names.append("n");
  for (int i = 0; i < 1000; ++i) {
    strings.repeat_last();
    maps.repeat_last();
    names.repeat_last();
  }
  EXPECT_EQ(round_trip("String", strings, {{0, 1001}}), Strings(1001, "resource"));
  EXPECT_EQ(round_trip("Map(LowCardinality(String), String)", maps, {{0, 1001}}),
            Strings(1001, "{k=v}"));
  EXPECT_EQ(round_trip("LowCardinality(String)", names, {{0, 1001}}), Strings(1001, "n"));
}

TEST(Columns, AJsonBlockByteByByte) {
  JsonColumn column;
  column.append("{}");
  Buffer bytes;
  BufferOutput out(bytes);
  const RowRange rows[] = {{0, 1}};
  encode_column(out, "j", "JSON", column, rows);
  out.finish();
  EXPECT_EQ(bytes.view(), std::string_view("\x01j"
                                           "\x04JSON"
                                           "\x01\0\0\0\0\0\0\0"
                                           "\x02{}",
                                           18));
}

TEST(Columns, JsonStandsInArraysAndNamesAreRepeated) {
  ArrayColumn<JsonColumn> json;
  ArrayColumn<LowCardinalityColumn> names;
  for (const std::string n : {"1", "22"}) json.elements().append("{\"a\":" + n + "}");
  json.end_row();
  json.end_row();
  for (const char* name : {"a", "b"}) names.elements().append(name);
  names.end_row();
  names.repeat_last();
  EXPECT_EQ(round_trip("Array(JSON)", json, {{0, 2}}), (Strings{"[{\"a\":1},{\"a\":22}]", "[]"}));
  EXPECT_EQ(round_trip("Array(LowCardinality(String))", names, {{0, 2}}),
            (Strings{"[a,b]", "[a,b]"}));
  names.clear();
  names.end_row();
  names.repeat_last();
  EXPECT_EQ(round_trip("Array(LowCardinality(String))", names, {{0, 2}}), (Strings{"[]", "[]"}));
}

TEST(Columns, DictionariesGrowThroughTheIndexWidths) {
  for (const uint32_t distinct : {1U, 256U, 257U, 65536U, 65537U}) {
    LowCardinalityColumn column;
    Strings expected;
    for (uint32_t i = 0; i < distinct; ++i) expected.push_back("value " + std::to_string(i));
    for (const auto& s : expected) column.append(s);
    column.append(expected[0]);
    expected.push_back(expected[0]);
    EXPECT_EQ(round_trip("LowCardinality(String)", column, {{0, distinct + 1}}), expected)
        << distinct;
  }
}

TEST(MapColumn, SortsByKeyAndKeepsDuplicatesInTheirOrder) {
  MapColumn column;
  const std::vector<std::string> keys = {"b", "a", "b", "\xff", "B"};
  column.append(
      5, [&](uint32_t i) { return std::string_view(keys[i]); },
      [](uint32_t i, Buffer& out) { append_string(out, std::to_string(i)); });
  EXPECT_EQ(round_trip("Map(LowCardinality(String), String)", column, {{0, 1}}),
            (Strings{"{B=4,a=1,b=0,b=2,\xff=3}"}));
}

TEST(MapColumn, KeysThatOnlyLookAlikeAreToldApart) {
  MapColumn column;
  auto append = [&](std::vector<std::string> keys) {
    column.append(
        static_cast<uint32_t>(keys.size()), [&](uint32_t i) { return std::string_view(keys[i]); },
        [](uint32_t i, Buffer& out) { append_string(out, std::to_string(i)); });
  };
  append({"ab", "c"});
  append({"a", "bc"});  // the same bytes in a row, other borders
  append({"ab", "c"});
  column.clear();
  append({"ab", "c"});  // what was remembered is gone with the dictionary
  EXPECT_EQ(round_trip("Map(LowCardinality(String), String)", column, {{0, 1}}),
            (Strings{"{ab=0,c=1}"}));
}

TEST(Columns, AnEmptyBlockHasColumnsWithoutData) {
  Buffer bytes;
  BufferOutput out(bytes);
  encode_block_head(out, 1, 0);
  encode_column(out, "c", "LowCardinality(String)", LowCardinalityColumn(), {});
  out.finish();
  EXPECT_EQ(testing::read_native(bytes.view()).at(0).rows(), 0U);
}

}  // namespace
}  // namespace sluice::native
