#include "native/identifier.h"

#include <gtest/gtest.h>

namespace sluice::native {
namespace {

TEST(Identifier, IsQuoted) { EXPECT_EQ(quote_identifier("a`b\\"), "`a\\`b\\\\`"); }

}  // namespace
}  // namespace sluice::native
