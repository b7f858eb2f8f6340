#include "pipeline/series_key.h"

#include <gtest/gtest.h>

#include <unordered_map>

namespace sluice::pipeline {
namespace {

using otlp::KeyValue;
using otlp::Value;

std::string key_of(const std::vector<KeyValue>& members) {
  Arena arena;
  otlp::Attributes attributes;
  for (const KeyValue& member : members) attributes.push_back(arena, member);
  SeriesKey key;
  key.add(attributes);
  return std::string(key.view());
}

TEST(SeriesKey, TheOrderOfAttributesDoesNotCount) {
  EXPECT_EQ(key_of({{"a", Value::integer(1)}, {"b", Value::integer(2)}}),
            key_of({{"b", Value::integer(2)}, {"a", Value::integer(1)}}));
}

TEST(SeriesKey, TypesAndBordersCount) {
  const std::vector<std::vector<KeyValue>> different = {
      {},
      {{"a", Value()}},
      {{"a", Value::integer(1)}},
      {{"a", Value::real(1)}},
      {{"a", Value::string("1")}},
      {{"a", Value::bytes("1")}},
      {{"a", Value::boolean(true)}},
      {{"a1", Value::string("")}},
      {{"a", Value::string("")}, {"1", Value::string("")}},
      {{"", Value::string("a1")}},
  };
  for (size_t i = 0; i < different.size(); ++i) {
    for (size_t j = 0; j < different.size(); ++j)
      EXPECT_EQ(key_of(different[i]) == key_of(different[j]), i == j) << i << " and " << j;
  }
}

TEST(SeriesKey, SortsInside) {
  KeyValue one[] = {{"x", Value::integer(1)}, {"y", Value::integer(2)}};
  KeyValue other[] = {{"y", Value::integer(2)}, {"x", Value::integer(1)}};
  Value list[] = {Value::map(one, 2), Value::string("z")};
  Value same[] = {Value::map(other, 2), Value::string("z")};
  Value turned[] = {Value::string("z"), Value::map(one, 2)};
  EXPECT_EQ(key_of({{"a", Value::array(list, 2)}}), key_of({{"a", Value::array(same, 2)}}));
  EXPECT_NE(key_of({{"a", Value::array(list, 2)}}), key_of({{"a", Value::array(turned, 2)}}));
}

TEST(SeriesKey, GoesOnFromACommonBeginning) {
  SeriesKey key;
  key.add(std::string_view("metric"));
  const size_t common = key.size();
  key.add(uint64_t{1});
  const std::string first(key.view());
  key.truncate(common);
  key.add(uint64_t{2});
  EXPECT_NE(key.view(), first);
  key.truncate(common);
  key.add(uint64_t{1});
  EXPECT_EQ(key.view(), first);
}

TEST(SeriesKey, AViewFindsWhatAStringKeeps) {
  std::unordered_map<std::string, int, KeyHash, std::equal_to<>> known;
  known.emplace("a", 1);
  EXPECT_NE(known.find(std::string_view("a")), known.end());
}

}  // namespace
}  // namespace sluice::pipeline
