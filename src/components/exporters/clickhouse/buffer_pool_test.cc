#include "components/exporters/clickhouse/buffer_pool.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::components {
namespace {

TEST(BufferPool, BuffersComeBackWithTheirMemory) {
  const auto pool = std::make_shared<BufferPool>(1);
  auto first = pool->lend(10'000);
  first->append(std::string(10'000, 'x'));
  const char* memory = first->data();
  auto second = pool->lend(10'000);
  second->append("y");
  first.reset();
  second.reset();  // one too many: it is not kept
  const auto again = pool->lend(10'000);
  EXPECT_TRUE(again->empty());
  EXPECT_EQ(again->data(), memory);
  EXPECT_EQ(pool->lend(10'000)->capacity(), 0U);
}

TEST(BufferPool, SmallBlocksDoNotTakeTheBuffersOfLargeOnes) {
  const auto pool = std::make_shared<BufferPool>(3);
  {
    const auto small = pool->lend(0);
    small->reserve(100);
    const auto large = pool->lend(0);
    large->reserve(10'000);
  }
  EXPECT_EQ(pool->lend(100)->capacity(), 100U);
  EXPECT_EQ(pool->lend(101)->capacity(), 0U);
  EXPECT_EQ(pool->lend(5'000)->capacity(), 10'000U);
  const auto large = pool->lend(20'000);
  EXPECT_EQ(large->capacity(), 10'000U);
  EXPECT_EQ(pool->lend(20'000)->capacity(), 100U);
}

TEST(BufferPool, WhatIsLentMayOutliveIt) {
  auto pool = std::make_shared<BufferPool>(1);
  const auto buffer = pool->lend(10'000);
  pool.reset();
  buffer->append("x");
  EXPECT_EQ(buffer->view(), "x");
}

}  // namespace
}  // namespace sluice::components
