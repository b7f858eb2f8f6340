#include "native/protocol_blocks.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "native/columns.h"
#include "native/varint.h"

namespace sluice::native {
namespace {

constexpr uint64_t kWithHeads = 54405;
constexpr uint64_t kWithFlags = 54460;
const std::string kHead("\x01\x00\x02\xff\xff\xff\xff\x00", 8);

/// A column of a block: what stands before its data, and that.
struct Raw {
  std::string name_and_type;
  std::string data;
};

Raw raw(std::string_view name, std::string_view type, std::string data) {
  Buffer head;
  append_string(head, name);
  append_string(head, type);
  return {std::string(head.view()), std::move(data)};
}

/// So many numbers, one byte each or eight.
std::string bytes(const std::vector<int>& values) { return {values.begin(), values.end()}; }
std::string words(const std::vector<uint64_t>& values) {
  Buffer out;
  for (const uint64_t value : values) out.append_raw(value);
  return std::string(out.view());
}
std::string texts(const std::vector<std::string>& values) {
  Buffer out;
  for (const std::string& value : values) append_string(out, value);
  return std::string(out.view());
}

/// Blocks of two rows as a file has them, or as a client of the version is to see them.
std::string result(const std::vector<Raw>& columns, bool heads, bool flags) {
  std::string out;
  for (int block = 0; block < 2; ++block) {
    if (heads) out += kHead;
    out += static_cast<char>(columns.size());
    out += '\2';
    for (const Raw& column : columns) {
      out += column.name_and_type;
      if (flags) out += '\0';
      out += column.data;
    }
  }
  return out;
}

std::string seen(uint64_t version, std::string_view plain, size_t piece) {
  ProtocolBlocks blocks(version);
  Buffer out;
  for (size_t at = 0; at < plain.size(); at += piece) {
    const Status status = blocks.write(plain.substr(at, piece), out);
    EXPECT_TRUE(status.ok()) << status.to_string();
  }
  return std::string(out.view());
}

TEST(ProtocolBlocks, PutsHeadsAndFlagsIntoBlocksOfAllTypesHoweverTheyAreCut) {
  const std::string dictionary = words({0x600, 2}) + texts({"", "x"}) + words({2}) + bytes({1, 0});
  const std::vector<Raw> columns = {
      raw("n", "UInt64", words({1, 2})),
      raw("s", "String", texts({std::string(300, 'x'), ""})),
      raw("d", "DateTime64(9, 'Etc/UTC')", words({1, 2})),
      raw("e", "Enum8('a, (b' = 1, '\\'' = 2)", bytes({1, 2})),
      raw("f", "FixedString(3)", "abcdef"),
      raw("m", "Decimal(38, 3)", words({1, 0, 2, 0})),
      raw("o", "Nullable(UInt8)", bytes({0, 1, 7, 0})),
      raw("l", "LowCardinality(Nullable(String))", words({1}) + dictionary),
      raw("a", "Array(Array(UInt8))", words({1, 2}) + words({1, 3}) + bytes({7, 8, 9})),
      raw("none", "Array(String)", words({0, 0})),
      raw("map", "Map(LowCardinality(String), String)",
          words({1}) + words({1, 2}) + dictionary + texts({"v", "w"})),
      raw("t", "Tuple(`a b` LowCardinality(String), n Array(UInt8), UInt8)",
          words({1}) + dictionary + words({0, 1}) + bytes({5}) + bytes({6, 7})),
      raw("nested", "Nested(a UInt8, b String)", words({0, 1}) + bytes({1}) + texts({"x"})),
      raw("p", "Array(Point)", words({1, 1}) + words({1}) + words({2})),
      raw("j", "JSON(max_dynamic_paths=8)", words({1}) + texts({"{}", "{\"a\":1}"})),
      raw("agg", "SimpleAggregateFunction(sum, UInt64)", words({1, 2})),
      raw("i", "IntervalSecond", words({1, 2})),
      raw("u", "Tuple()", bytes({0, 0})),
  };
  const std::string plain = result(columns, false, false);
  for (const size_t piece : {size_t{1}, size_t{7}, size_t{100}, plain.size()}) {
    EXPECT_EQ(seen(kWithHeads, plain, piece), result(columns, true, false)) << piece;
    EXPECT_EQ(seen(kWithFlags, plain, piece), result(columns, true, true)) << piece;
  }
}

TEST(ProtocolBlocks, ABlockWithoutRowsHasItsColumns) {
  const std::string plain = std::string("\1\0", 2) + texts({"m", "Map(String, JSON)"});
  EXPECT_EQ(seen(kWithFlags, plain + plain, 3), kHead + plain + '\0' + kHead + plain + '\0');
}

TEST(ProtocolBlocks, TypesWhoseEndIsNotKnownAreRefused) {
  for (const std::string type :
       {"Dynamic", "Variant(String, UInt8)", "AggregateFunction(uniq, String)",
        "Array(Tuple(a Dynamic))", "Nullable()", "Array(", "", ")"}) {
    const std::string plain = std::string("\1\1", 2) + texts({"c", type});
    ProtocolBlocks blocks(kWithFlags);
    Buffer out;
    EXPECT_EQ(blocks.write(plain, out).code(), Code::Unimplemented) << type;
  }
  ProtocolBlocks blocks(kWithFlags);
  Buffer out;
  const std::string json = std::string("\1\1", 2) + texts({"c", "JSON"}) + words({0});
  EXPECT_EQ(blocks.write(json, out).code(), Code::Unimplemented);
}

}  // namespace
}  // namespace sluice::native
