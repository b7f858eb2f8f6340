#include "base/watched_file.h"

#include <unistd.h>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

namespace sluice {
namespace {

std::string whole(std::string_view text) { return std::string(text); }

using Watched = WatchedFile<std::string, whole>;

struct WatchedFileTest : testing::Test {
  WatchedFileTest()
      : path(std::filesystem::temp_directory_path() / ("watched" + std::to_string(getpid()))) {}
  ~WatchedFileTest() override { std::filesystem::remove(path); }

  void write(const std::string& text) const {
    // Another file in its place, as Kubernetes does it.
    const std::string next = path.string() + ".next";
    std::ofstream(next, std::ios::binary) << text;
    std::filesystem::rename(next, path);
  }

  const std::filesystem::path path;
};

TEST_F(WatchedFileTest, IsReadAgainWhenItHasChanged) {
  write("one");
  Watched file(path.string());
  ASSERT_TRUE(file.status().ok());
  EXPECT_EQ(*file.get(), "one");
  write("two");
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (*file.get() != "two" && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(*file.get(), "two");
  std::filesystem::remove(path);
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
  EXPECT_EQ(*file.get(), "two") << "what cannot be read leaves what was";
}

TEST_F(WatchedFileTest, AMissingFileIsSaid) {
  Watched file(path.string());
  EXPECT_EQ(file.status().message(), "cannot read the file " + path.string());
}

}  // namespace
}  // namespace sluice
