#include "wire/cityhash.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::wire {
namespace {

struct Case {
  size_t size;
  uint64_t low;
  uint64_t high;
};

std::string pattern(size_t size) {
  std::string bytes(size, '\0');
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 131 + 7);
  return bytes;
}

// Made with the Python package clickhouse-cityhash 1.0.2; the sizes are around every border.
constexpr Case kCases[] = {
    {0, 0x3df09dfc64c09a2b, 0x3cb540c392e51e29},    {1, 0x8be55b379cce0e40, 0x05ab4744478b1cba},
    {3, 0xeb932eee3e24bb6b, 0xffec5144a8fd549d},    {4, 0x87b5fd1e0939603f, 0xd7cd69f836435d60},
    {7, 0x3e2831dbd31dcf9f, 0x5959f5dd3c4b0aca},    {8, 0xddce5210a6604339, 0x1db0cb571c6547ac},
    {9, 0x8cca603e1a188255, 0x17e74101b56abab4},    {15, 0x5ebbb7bb47c1913d, 0xe253579b35462d5f},
    {16, 0x9fe64a51f1964b33, 0xdeb9d6910a9685c1},   {17, 0x6720305af95ff5e3, 0xf08e523be5cc574c},
    {24, 0xd40a0d2d5de6a3d8, 0x7f8d223fb6f87784},   {31, 0x3c201ff7a7c26725, 0x1694f3de7f95b294},
    {32, 0x609e40d051a1fd39, 0x078ba164ef1bbe3c},   {33, 0x835d866d16313200, 0xb1a38ef8a515f9eb},
    {47, 0xb1456918ddef6d0f, 0x6dcda77d45dc8688},   {63, 0x9063338a2677fe19, 0x0ca5515fadb9595f},
    {64, 0xacbfe46ea693ba92, 0x56cfaee4f6c78c6b},   {100, 0x68fbbfdca6d44994, 0x0965dc5abf8f6b1a},
    {127, 0xf00e82e948f8d91b, 0x87ba5d90252340eb},  {128, 0x8b58caab8dd4b516, 0xed7aa45825894bec},
    {143, 0x8703110db041c7f3, 0x33f54a5f950c9456},  {144, 0x59a8508d5560602c, 0xc616530b5ef0b526},
    {145, 0x208d3d6b98fef6f1, 0xda46cb842b0516a7},  {160, 0xb47f0d9e49ae4f6f, 0x20f92513db37be5f},
    {200, 0x3141545e08fec2d8, 0x2243220d9d530471},  {255, 0x1731e467f655db79, 0x7c10e709a6d9cfae},
    {256, 0x531d43229a4cd706, 0x9e43c5025475ea1e},  {257, 0x830785dda4a69de4, 0xfbbdbb29b2e86b54},
    {1000, 0x21de6f2c25823e6b, 0x9b4c6654474dafeb}, {4096, 0xf62c7ee600f37137, 0xa857044c360a0949},
};

TEST(CityHash128, AgreesWithThePublishedAlgorithm) {
  for (const Case& c : kCases) {
    const Hash128 hash = city_hash128(pattern(c.size));
    EXPECT_EQ(hash.low, c.low) << c.size;
    EXPECT_EQ(hash.high, c.high) << c.size;
  }
}

}  // namespace
}  // namespace sluice::wire
