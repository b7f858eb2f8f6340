#include "server/data_dir.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace sluice::server {
namespace {

namespace fs = std::filesystem;

class DataDirTest : public testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/sluice-data-dir-XXXXXX";
    root_ = ::mkdtemp(pattern);
  }
  void TearDown() override { fs::remove_all(root_); }
  fs::path root_;
};

TEST_F(DataDirTest, IsMadeForItsOwnerAlone) {
  const Result<DataDir> dir = DataDir::open((root_ / "a/b").string() + "/");
  ASSERT_TRUE(dir.ok()) << dir.status().message();
  EXPECT_EQ(dir->path(), (root_ / "a/b").string());
  struct stat info {};
  ASSERT_EQ(::stat(dir->path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700);
  EXPECT_TRUE(fs::is_directory(dir->engine_path()));
}

TEST_F(DataDirTest, ASecondUserIsToldWhoHasIt) {
  const Result<DataDir> first = DataDir::open(root_);
  ASSERT_TRUE(first.ok());
  const Result<DataDir> second = DataDir::open(root_);
  EXPECT_EQ(second.status().code(), Code::AlreadyExists);
  EXPECT_NE(second.status().message().find("is in use by pid " + std::to_string(::getpid())),
            std::string::npos)
      << second.status().message();
}

TEST_F(DataDirTest, CanBeOpenedAgainAfterwards) {
  EXPECT_TRUE(DataDir::open(root_).ok());
  EXPECT_TRUE(DataDir::open(root_).ok());
}

TEST_F(DataDirTest, ANewerFormatIsRefused) {
  EXPECT_TRUE(DataDir::open(root_).ok());
  std::ofstream(root_ / "format") << kDataFormat + 1 << "\n";
  const Result<DataDir> dir = DataDir::open(root_);
  EXPECT_EQ(dir.status().code(), Code::FailedPrecondition);
  EXPECT_NE(dir.status().message().find("newer version"), std::string::npos);
}

TEST_F(DataDirTest, ADamagedFormatIsRefused) {
  std::ofstream(root_ / "format") << "one";
  EXPECT_EQ(DataDir::open(root_).status().code(), Code::FailedPrecondition);
}

TEST_F(DataDirTest, AFileIsNoDirectory) {
  std::ofstream(root_ / "file") << "x";
  EXPECT_FALSE(DataDir::open(root_ / "file").ok());
}

}  // namespace
}  // namespace sluice::server
