#include "ottl/value.h"

#include <gtest/gtest.h>

#include "testing/ottl_evaluate.h"

namespace sluice::ottl {
namespace {

using testing::dump;

TEST(MapBuilder, KeepsOrderAndEachKeyOnceHoweverManyThereAre) {
  Arena arena;
  MapBuilder map(arena);
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 1000; ++i)
      map[arena.copy("k" + std::to_string(i))] = Value::integer(i + 1000 * round);
  }
  ASSERT_EQ(map.attributes().size(), 1000u);
  for (uint32_t i = 0; i < 1000; ++i) {
    EXPECT_EQ(map.attributes()[i].key, "k" + std::to_string(i));
    EXPECT_EQ(map.attributes()[i].value.int_value, i + 1000);
  }
  EXPECT_EQ(map.find("k1000"), nullptr);
}

TEST(Keys, AreDistinctOrNotHoweverFewAndHoweverAlike) {
  const std::string names[] = {"a", "b", "ab", "ba", "abc", "http.method", "http.status", ""};
  for (uint32_t count = 0; count < 6; ++count) {
    for (uint32_t seed = 0; seed < 4096; ++seed) {
      KeyValue members[6];
      bool distinct = true;
      for (uint32_t i = 0; i < count; ++i) {
        members[i].key = names[seed * (2 * i + 1) / (i + 3) % std::size(names)];
        for (uint32_t j = 0; j < i; ++j) distinct = distinct && members[j].key != members[i].key;
      }
      ASSERT_EQ(keys_are_distinct(members, count), distinct) << count << " " << seed;
    }
  }
}

TEST(MapBuilder, AppendedKeysMayRepeatAndTheFirstIsFound) {
  Arena arena;
  MapBuilder map(arena);
  for (int i = 0; i < 50; ++i) map.append("same") = Value::integer(i);
  EXPECT_EQ(map.attributes().size(), 50u);
  EXPECT_EQ(map.find("same")->int_value, 0);
  map["same"] = Value::integer(-1);
  EXPECT_EQ(map.attributes().size(), 50u);
  EXPECT_EQ(map.attributes()[0].value.int_value, -1);
}

TEST(Values, LargeMapsAreComparedWhateverTheOrder) {
  Arena arena;
  MapBuilder a(arena);
  MapBuilder b(arena);
  for (int i = 0; i < 100; ++i) {
    a[arena.copy(std::to_string(i))] = Value::integer(i);
    b[arena.copy(std::to_string(99 - i))] = Value::integer(99 - i);
  }
  EXPECT_TRUE(equal(a.map(), b.map()));
  b["7"] = Value::integer(8);
  EXPECT_FALSE(equal(a.map(), b.map()));
}

TEST(Values, OnlyTheKindsOfRecordsAreStored) {
  Arena arena;
  ArenaVector<Value> list;
  list.push_back(arena, Value::integer(1));
  EXPECT_TRUE(is_storable(list_value(list)));
  list.push_back(arena, duration_value(5));
  EXPECT_FALSE(is_storable(list_value(list)));
  EXPECT_EQ(dump(own_copy(list_value(list), arena)), "[1, nil]");
}

TEST(Values, CopiesHaveTheirOwnElements) {
  Arena arena;
  ArenaVector<Value> list;
  list.push_back(arena, Value::integer(1));
  const Value copy = own_copy(list_value(list), arena);
  list[0] = Value::integer(2);
  EXPECT_EQ(dump(copy), "[1]");
}

TEST(Values, JsonAsGoWritesIt) {
  Arena arena;
  MapBuilder map(arena);
  map["b"] = Value::real(1e21);
  map["a"] = Value::string("<\"\n\xff\u2028>");
  map["c"] = Value::bytes("ab");
  map["d"] = duration_value(90);
  map["f"] = Value::bytes("");
  std::string out;
  EXPECT_TRUE(append_go_json(map.map(), out));
  EXPECT_EQ(out, R"({"a":"\u003c\"\n\ufffd\u2028\u003e","b":1e+21,"c":"YWI=","d":90,"f":null})");
  map["e"] = Value::real(1.0 / 0.0);
  EXPECT_FALSE(append_go_json(map.map(), out));
}

}  // namespace
}  // namespace sluice::ottl
