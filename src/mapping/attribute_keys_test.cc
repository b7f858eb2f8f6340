#include "mapping/attribute_keys.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "testing/native_reader.h"

namespace sluice::mapping {
namespace {

using otlp::Attributes;
using otlp::KeyValue;
using otlp::Value;

Value map_of(const Attributes& members) {
  return Value::map(const_cast<KeyValue*>(members.data()), members.size());
}

/// The rows that come of these attributes, each as "[a,b]".
std::vector<std::string> rows_of(const std::vector<Attributes>& rows, size_t* joined = nullptr) {
  AttributeKeys keys;
  native::ArrayColumn<native::LowCardinalityColumn> column;
  for (const Attributes& attributes : rows) {
    const size_t bytes = keys.append(attributes, column);
    if (joined != nullptr) *joined = bytes;
  }
  Buffer bytes;
  BufferOutput out(bytes);
  native::encode_block_head(out, 1, rows.size());
  const native::RowRange range[] = {{0, static_cast<uint32_t>(rows.size())}};
  native::encode_column(out, "k", "Array(LowCardinality(String))", column, range);
  out.finish();
  return testing::read_native(bytes.view()).at(0).columns.at(0).values;
}

TEST(AttributeKeys, AreFlatUniqueAndSorted) {
  Arena arena;
  Value list[] = {Value::map(nullptr, 0)};
  Attributes inner;
  for (const char* key : {"z", "", "x.y"}) inner.push_back(arena, {key, Value::integer(1)});
  inner.push_back(arena, {"empty", Value::map(nullptr, 0)});
  Attributes outer;
  outer.push_back(arena, {"in", map_of(inner)});
  Attributes all;
  all.push_back(arena, {"b", Value::string("1")});
  all.push_back(arena, {"m", map_of(outer)});
  all.push_back(arena, {"list", Value::array(list, 1)});
  all.push_back(arena, {"", Value()});
  all.push_back(arena, {"m.in.z", Value()});  // the name of one above
  all.push_back(arena, {"b", Value::map(nullptr, 0)});
  all.push_back(arena, {"B", Value::boolean(true)});
  EXPECT_EQ(rows_of({all, {}, inner}),
            (std::vector<std::string>{"[,B,b,list,m.in.,m.in.x.y,m.in.z]", "[]", "[,x.y,z]"}));
}

TEST(AttributeKeys, AHugeNameOfManyMembersStaysWithinBounds) {
  Arena arena;
  const std::string name(AttributeKeys::kJoinedBytesMax / 4, 'n');
  Attributes inner;
  for (int i = 0; i < 1000; ++i)
    inner.push_back(arena, {arena.copy(std::to_string(i)), Value::integer(1)});
  Attributes all;
  all.push_back(arena, {name, map_of(inner)});
  size_t joined = 0;
  rows_of({all}, &joined);
  EXPECT_GT(joined, AttributeKeys::kJoinedBytesMax);
  EXPECT_LT(joined, AttributeKeys::kJoinedBytesMax * 2);
}

}  // namespace
}  // namespace sluice::mapping
