#include "pipeline/frames.h"

#include <gtest/gtest.h>

namespace sluice::pipeline {
namespace {

TEST(Frames, StatementsMayMakeSoMuchOfEachBatch) {
  Batch batch;
  batch.arena->allocate(size_t{1} << 20);
  const ottl::Frame frame = frame_of(batch);
  EXPECT_TRUE(frame.has_room());
  EXPECT_EQ(frame.arena_bytes_max, batch.arena->capacity_bytes() + ottl::kMadeBytesMax);
}

}  // namespace
}  // namespace sluice::pipeline
