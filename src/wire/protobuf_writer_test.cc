#include "wire/protobuf_writer.h"

#include <gtest/gtest.h>

#include <limits>

namespace sluice::wire {
namespace {

TEST(ProtoWriter, MatchesTheSpecificationsExamples) {
  // From the page on encoding: `150` in field 1, and that message in field 3 of another.
  std::string out;
  ProtoWriter writer(out);
  const size_t mark = writer.begin(3);
  writer.varint(1, 150);
  writer.end(mark);
  EXPECT_EQ(out, std::string("\x1a\x03\x08\x96\x01", 5));
}

TEST(ProtoWriter, IsReadBackByTheCursor) {
  const uint64_t varints[] = {0, 1, 127, 128, 300, std::numeric_limits<uint64_t>::max()};
  const std::string long_text(300, 'x');
  std::string out;
  ProtoWriter writer(out);
  for (uint64_t value : varints) writer.varint(1, value);
  writer.fixed64(2, 0x0102030405060708);
  writer.fixed32(16, 7);
  writer.number(3, -1.5);
  const size_t outer = writer.begin(4);
  const size_t inner = writer.begin(5);
  writer.bytes(6, long_text);  // lengths of two bytes, twice nested
  writer.end(inner);
  writer.end(outer);

  ProtoError error;
  ProtoCursor cursor(out, error);
  uint64_t tag = 0;
  for (uint64_t value : varints) {
    uint64_t read = 0;
    ASSERT_TRUE(cursor.next(tag) && cursor.varint(read));
    EXPECT_EQ(tag, proto_tag(1, WireType::Varint));
    EXPECT_EQ(read, value);
  }
  uint64_t eight = 0;
  ASSERT_TRUE(cursor.next(tag) && cursor.fixed64(eight));
  EXPECT_EQ(eight, 0x0102030405060708u);
  uint32_t four = 0;
  ASSERT_TRUE(cursor.next(tag) && cursor.fixed32(four));
  EXPECT_EQ(tag, proto_tag(16, WireType::Fixed32));
  EXPECT_EQ(four, 7u);
  ASSERT_TRUE(cursor.next(tag) && cursor.fixed64(eight));
  double number = 0;
  std::memcpy(&number, &eight, sizeof number);
  EXPECT_EQ(number, -1.5);
  std::string_view view;
  ASSERT_TRUE(cursor.next(tag) && cursor.bytes(view));
  ProtoCursor nested(view, error);
  ASSERT_TRUE(nested.next(tag) && nested.bytes(view));
  ProtoCursor innermost(view, error);
  ASSERT_TRUE(innermost.next(tag) && innermost.bytes(view));
  EXPECT_EQ(tag, proto_tag(6, WireType::Length));
  EXPECT_EQ(view, long_text);
  EXPECT_FALSE(cursor.next(tag));
  EXPECT_TRUE(cursor.ok());
}

}  // namespace
}  // namespace sluice::wire
