#include "app/data_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>

namespace sluice::app {
namespace {

using testing::HasSubstr;

class DataDirectoryTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "sluice_data_XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    root_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(root_); }
  std::string root_;
};

TEST_F(DataDirectoryTest, IsMadeForItsOwnerOnly) {
  const auto data = DataDirectory::open(root_ + "/a/b");
  ASSERT_TRUE(data.ok()) << data.status().to_string();
  struct stat info {};
  ASSERT_EQ(stat((root_ + "/a/b").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
}

TEST_F(DataDirectoryTest, ASecondCollectorIsTurnedAwayAtOnce) {
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t first = fork();
  if (first == 0) {
    const auto data = DataDirectory::open(root_);
    if (!data.ok() || write(ready[1], "x", 1) != 1) _exit(1);
    pause();
    _exit(0);
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  const auto second = DataDirectory::open(root_);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.status().code(), Code::AlreadyExists);
  EXPECT_THAT(second.status().message(), HasSubstr("(process " + std::to_string(first) + ")"));
  kill(first, SIGKILL);
  waitpid(first, nullptr, 0);
  EXPECT_TRUE(DataDirectory::open(root_).ok());
}

/// The collector was killed; its child, which inherited the lock, is still closing the database.
TEST_F(DataDirectoryTest, AnOrphanedChildIsWaitedFor) {
  int ready[2];
  int go_on[2];
  ASSERT_EQ(pipe(ready), 0);
  ASSERT_EQ(pipe(go_on), 0);
  const pid_t collector = fork();
  if (collector == 0) {
    const auto data = DataDirectory::open(root_);
    if (!data.ok()) _exit(1);
    if (fork() == 0) {
      char byte = 0;
      [[maybe_unused]] const ssize_t n = read(go_on[0], &byte, 1);
      _exit(0);
    }
    if (write(ready[1], "x", 1) != 1) _exit(1);
    pause();
    _exit(0);
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  kill(collector, SIGKILL);
  waitpid(collector, nullptr, 0);
  ASSERT_EQ(write(go_on[1], "x", 1), 1);
  const auto next = DataDirectory::open(root_);
  EXPECT_TRUE(next.ok()) << next.status().to_string();
}

TEST_F(DataDirectoryTest, TheSocketOfALongPathCanBeReached) {
  const std::string deep = root_ + "/" + std::string(100, 'x') + "/" + std::string(100, 'y');
  auto data = DataDirectory::open(deep);
  ASSERT_TRUE(data.ok()) << data.status().to_string();
  EXPECT_LT(data->socket_path().size(), 108u);
  for (int round = 0; round < 2; ++round) {  // the second finds what the first left behind
    const auto listener = data->listen();
    EXPECT_TRUE(listener.ok()) << listener.status().to_string();
  }
  EXPECT_TRUE(std::filesystem::is_socket(deep + "/server.sock"));
}

TEST_F(DataDirectoryTest, TheSocketOfARelativePathHasAFullOne) {
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(root_);
  const auto data = DataDirectory::open("data");
  std::filesystem::current_path(before);
  ASSERT_TRUE(data.ok()) << data.status().to_string();
  EXPECT_EQ(data->socket_path(), root_ + "/data/server.sock");
}

TEST_F(DataDirectoryTest, APathThatTheEngineTakesForAPatternIsRefused) {
  for (const char c : std::string("*?{\\")) {
    const std::string path = root_ + "/a" + c + "b";
    EXPECT_THAT(DataDirectory::open(path).status().message(),
                HasSubstr(path + ": the engine takes '" + c + "' in a path for a pattern"));
    EXPECT_FALSE(std::filesystem::exists(path));
  }
}

TEST_F(DataDirectoryTest, AFileInItsPlaceIsNamed) {
  const std::string file = root_ + "/file";
  fclose(fopen(file.c_str(), "w"));
  EXPECT_THAT(DataDirectory::open(file).status().message(), HasSubstr(file + ": Not a directory"));
}

}  // namespace
}  // namespace sluice::app
