#include "ottl/program.h"

#include <gtest/gtest.h>

namespace sluice::ottl {
namespace {

/// That a statement which doubles a value with each data point ends in an error.
void expect_bounded(const std::string& statement) {
  SCOPED_TRACE(statement);
  constexpr size_t kMax = size_t{1} << 20;
  Program::Source source;
  source.context = ContextKind::DataPoint;
  source.statements = {statement};
  const auto program = Program::compile(source, standard_library());
  ASSERT_TRUE(program.ok()) << program.status().to_string();

  Arena arena;
  otlp::Resource resource;
  resource.attributes.push_back(arena, {"a", Value::string("text")});
  otlp::DataPoint point;
  Frame frame;
  frame.arena = &arena;
  frame.arena_bytes_max = kMax;
  frame.resource = &resource;
  frame.point = &point;
  int runs = 0;
  while (runs < 40 && program->run(frame, ErrorMode::Propagate)) ++runs;
  EXPECT_LT(runs, 40);
  EXPECT_TRUE(frame.error.starts_with("the statements made too many bytes")) << frame.error;
  EXPECT_GT(arena.capacity_bytes(), kMax);
  EXPECT_LT(arena.capacity_bytes(), 8 * kMax);
}

TEST(Program, AValueThatGrowsWithEachRecordEndsTheStatementNotTheMemory) {
  expect_bounded(
      "set(resource.attributes[\"a\"], [resource.attributes[\"a\"], resource.attributes[\"a\"]])");
  expect_bounded(
      "set(resource.attributes[\"a\"], "
      "Concat([resource.attributes[\"a\"], resource.attributes[\"a\"]], \"\"))");
}

TEST(Program, WhatARecordCannotHoldLeavesWhatIsThere) {
  Program::Source source;
  source.context = ContextKind::Resource;
  source.statements = {"set(resource.attributes[\"a\"], Duration(\"1s\"))",
                       "set(resource.attributes[\"b\"], Duration(\"1s\"))"};
  const auto program = Program::compile(source, standard_library());
  ASSERT_TRUE(program.ok()) << program.status().to_string();

  Arena arena;
  otlp::Resource resource;
  resource.attributes.push_back(arena, {"a", Value::string("text")});
  Frame frame;
  frame.arena = &arena;
  frame.resource = &resource;
  EXPECT_TRUE(program->run(frame, ErrorMode::Silent));
  ASSERT_EQ(resource.attributes.size(), 2U);
  EXPECT_EQ(resource.attributes[0].value.view(), "text");
  EXPECT_EQ(resource.attributes[1].value.kind, Kind::None);
}

}  // namespace
}  // namespace sluice::ottl
