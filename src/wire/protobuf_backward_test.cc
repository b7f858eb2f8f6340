#include "wire/protobuf_backward.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "wire/protobuf_writer.h"

namespace sluice::wire {
namespace {

TEST(ProtoBackwardWriter, WritesWhatTheForwardWriterWrites) {
  const std::string text(300, 'x');
  std::string forward;
  ProtoWriter expected(forward);
  expected.varint(1, 0);
  const size_t outer = expected.begin(2);
  expected.bytes(1, "");
  const size_t inner = expected.begin(15);
  expected.bytes(16, text);
  expected.fixed64(3, 0x0102030405060708);
  expected.end(inner);
  expected.fixed32(4, 7);
  expected.end(outer);
  expected.number(5, -1.5);

  ProtoBackwardWriter writer;
  writer.number(5, -1.5);
  const size_t outer_mark = writer.size();
  writer.fixed32(4, 7);
  const size_t inner_mark = writer.size();
  writer.fixed64(3, 0x0102030405060708);
  writer.bytes(16, text);
  writer.close(15, inner_mark);
  writer.bytes(1, "");
  writer.close(2, outer_mark);
  writer.varint(1, 0);
  EXPECT_EQ(writer.view(), forward);
}

TEST(ProtoBackwardWriter, WritesVarintsOfEveryWidth) {
  std::vector<uint64_t> values = {0, 1, std::numeric_limits<uint64_t>::max()};
  for (int bit = 1; bit < 64; ++bit) {
    values.push_back((uint64_t{1} << bit) - 1);
    values.push_back(uint64_t{1} << bit);
  }
  for (const uint64_t value : values) {
    std::string forward;
    ProtoWriter(forward).varint(1, value);
    ProtoBackwardWriter writer;
    writer.varint(1, value);
    EXPECT_EQ(writer.view(), forward) << value;
  }
}

TEST(ProtoBackwardWriter, StartsAnewAfterClearAndGrowsAsNeeded) {
  ProtoBackwardWriter writer;
  for (int round = 0; round < 3; ++round) {
    writer.clear();
    EXPECT_EQ(writer.size(), 0u);
    std::string forward;
    ProtoWriter expected(forward);
    for (int i = 0; i < 1000; ++i)
      expected.bytes(1, std::string(100, static_cast<char>('a' + i % 26)));
    for (int i = 999; i >= 0; --i)
      writer.bytes(1, std::string(100, static_cast<char>('a' + i % 26)));
    EXPECT_EQ(writer.view(), forward);
  }
}

TEST(ProtoBackwardWriter, PacksVarints) {
  ProtoBackwardWriter writer;
  writer.packed_varint(300);
  writer.packed_varint(1);
  writer.close(2, 0);
  EXPECT_EQ(writer.view(), std::string("\x12\x03\x01\xac\x02", 5));
}

}  // namespace
}  // namespace sluice::wire
