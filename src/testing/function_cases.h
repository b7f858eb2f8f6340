#pragma once

// Tables of cases for the tests of functions: an expression or condition, and what comes out
// (testing/ottl_evaluate.h). library_test.cc checks that every function stands in one of them.

#include <gtest/gtest.h>

#include <span>
#include <string_view>
#include <vector>

#include "testing/ottl_evaluate.h"

namespace sluice::testing {

struct FunctionCase {
  std::string_view source;
  std::string_view expected;
};

/// The sources of all tables of this program.
inline std::vector<std::string_view>& covered_sources() {
  static std::vector<std::string_view> sources;
  return sources;
}

inline bool cover(std::span<const FunctionCase> cases) {
  for (const FunctionCase& one : cases) covered_sources().push_back(one.source);
  return true;
}

inline void check_values(std::span<const FunctionCase> cases) {
  for (const auto& [source, expected] : cases) EXPECT_EQ(evaluate(source), expected) << source;
}

}  // namespace sluice::testing
