#include "base/log.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::log {
namespace {

int count(const std::string& text, std::string_view part) {
  int found = 0;
  for (size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(Log, AMessageThatRepeatsIsLeftOutAndItsFieldsDoNotMakeItAnother) {
  testing::internal::CaptureStderr();
  for (int i = 0; i < kBurst + 90; ++i) warn("a sender sends rubbish", {{"peer", i}});
  warn("another message");
  for (int i = 0; i < kBurst + 5; ++i) write_each(Level::Warn, "each of these counts");
  const std::string lines = testing::internal::GetCapturedStderr();
  EXPECT_EQ(count(lines, "a sender sends rubbish"), kBurst);
  EXPECT_EQ(count(lines, "another message"), 1);
  EXPECT_EQ(count(lines, "each of these counts"), kBurst + 5);
}

TEST(Log, ALineIsOneLineWhateverItsFieldsHold) {
  configure(Level::Info, Format::Json);
  testing::internal::CaptureStderr();
  debug("below the level");
  info("name", {{"value", "a\n{\"level\":\"error\"}\x7f"}});
  const std::string line = testing::internal::GetCapturedStderr();
  EXPECT_NE(line.find(R"("msg":"name","value":"a\u000a{\"level\":\"error\"}\u007f"})"), line.npos)
      << line;
  EXPECT_EQ(count(line, "\n"), 1);
}

}  // namespace
}  // namespace sluice::log
