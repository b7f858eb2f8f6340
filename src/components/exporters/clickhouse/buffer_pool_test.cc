#include "components/exporters/clickhouse/buffer_pool.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::components {
namespace {

TEST(BufferPool, BuffersComeBackWithTheirMemory) {
  const auto pool = std::make_shared<BufferPool>(1);
  auto first = pool->lend();
  first->append(std::string(10'000, 'x'));
  const char* memory = first->data();
  auto second = pool->lend();
  second->append("y");
  first.reset();
  second.reset();  // one too many: it is not kept
  const auto again = pool->lend();
  EXPECT_TRUE(again->empty());
  EXPECT_EQ(again->data(), memory);
  EXPECT_EQ(pool->lend()->capacity(), 0U);
}

TEST(BufferPool, WhatIsLentMayOutliveIt) {
  auto pool = std::make_shared<BufferPool>(1);
  const auto buffer = pool->lend();
  pool.reset();
  buffer->append("x");
  EXPECT_EQ(buffer->view(), "x");
}

}  // namespace
}  // namespace sluice::components
