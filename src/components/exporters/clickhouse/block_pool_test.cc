#include "components/exporters/clickhouse/block_pool.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::components {
namespace {

TEST(BlockPool, BuffersComeBackWithTheirMemory) {
  const auto pool = std::make_shared<BlockPool>(1);
  auto first = pool->lend_buffer();
  first->append(std::string(10'000, 'x'));
  const char* memory = first->data();
  auto second = pool->lend_buffer();
  second->append("y");
  first.reset();
  second.reset();  // one too many: it is not kept
  const auto again = pool->lend_buffer();
  EXPECT_TRUE(again->empty());
  EXPECT_EQ(again->data(), memory);
  EXPECT_EQ(pool->lend_buffer()->capacity(), 0U);
}

TEST(BlockPool, WhatIsLentMayOutliveIt) {
  auto pool = std::make_shared<BlockPool>(1);
  const auto buffer = pool->lend_buffer();
  pool.reset();
  buffer->append("x");
  EXPECT_EQ(buffer->view(), "x");
}

}  // namespace
}  // namespace sluice::components
