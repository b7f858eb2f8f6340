#include "app/config_watch.h"

#include <unistd.h>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace sluice::app {
namespace {

TEST(ConfigWatch, AFileCountsWhenItHasChangedAndRests) {
  const auto path =
      std::filesystem::temp_directory_path() / ("config_watch" + std::to_string(getpid()));
  const auto write = [&](const std::string& text) { std::ofstream(path) << text; };
  write("one");
  ConfigWatch watch({path.string()});
  EXPECT_FALSE(watch.changed());
  write("two, longer");
  EXPECT_FALSE(watch.changed()) << "it may still be being written";
  EXPECT_TRUE(watch.changed());
  EXPECT_FALSE(watch.changed());
  std::filesystem::rename(path, path.string() + ".old");
  write("two, longer");
  EXPECT_FALSE(watch.changed());
  EXPECT_TRUE(watch.changed()) << "another file in its place";
  std::filesystem::remove(path);
  std::filesystem::remove(path.string() + ".old");
}

}  // namespace
}  // namespace sluice::app
