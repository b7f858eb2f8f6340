#include "components/exporters/file/rotation.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace sluice::components::file_exporter {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

/// 2022-09-14T05:02:14.173Z.
constexpr WallClock::time_point kTime{milliseconds(1663131734173)};

TEST(Rotation, ABackupHasTheTimeBeforeItsExtension) {
  EXPECT_EQ(backup_path("/a/data.json", kTime, false), "/a/data-2022-09-14T05-02-14.173-size.json");
  EXPECT_EQ(backup_path("data", kTime, false), "data-2022-09-14T05-02-14.173-size");
  EXPECT_EQ(backup_path("/a.b/data", kTime, false), "/a.b/data-2022-09-14T05-02-14.173-size");
}

class InFolder : public testing::Test {
 protected:
  InFolder() {
    std::string made = testing::TempDir() + "rotation_test_XXXXXX";
    EXPECT_NE(mkdtemp(made.data()), nullptr);
    folder_ = made;
    path_ = made + "/out.json";
  }
  void make(const std::string& path) const { std::ofstream(path) << "x"; }
  size_t files() const {
    const std::filesystem::directory_iterator all(folder_);
    return static_cast<size_t>(std::distance(begin(all), end(all)));
  }
  std::string folder_;
  std::string path_;
};

TEST_F(InFolder, OldAndSuperfluousBackupsGo) {
  for (const int days : {1, 2, 3, 40}) make(backup_path(path_, kTime - hours(24 * days), false));
  make(path_);
  RotationConfig config;
  config.max_backups = 4;
  ASSERT_TRUE(rotate(path_, config, kTime).ok());
  EXPECT_EQ(backups_of(path_).size(), 4u);
  EXPECT_EQ(backups_of(path_).front(), backup_path(path_, kTime, false));
  make(path_);
  config.max_days = 2;
  config.max_backups = -1;
  ASSERT_TRUE(rotate(path_, config, kTime + hours(1)).ok());
  EXPECT_EQ(backups_of(path_).size(), 3u) << "of now, of an hour and of a day ago";
}

TEST_F(InFolder, FilesOfOthersStay) {
  for (const char* name : {"/out-other.json", "/out-2022-09-14T05-02-14.173-size.txt",
                           "/out-2022-09-14T05-02-14x173-size.json",
                           "/out-2022-09-14T05-02-14.173.json", "/out.json.bak"})
    make(folder_ + name);
  make(path_);
  RotationConfig config;
  config.max_backups = 1;
  config.max_days = 1;
  ASSERT_TRUE(rotate(path_, config, kTime).ok());
  EXPECT_EQ(files(), 6u);
  EXPECT_EQ(backups_of(path_).size(), 1u);
}

TEST_F(InFolder, TwoBackupsOfOneTimeBothStay) {
  for (int i = 0; i < 2; ++i) {
    make(path_);
    ASSERT_TRUE(rotate(path_, {}, kTime).ok());
  }
  EXPECT_EQ(backups_of(path_).size(), 2u);
  EXPECT_FALSE(rotate(path_, {}, kTime).ok()) << "there is no file";
}

}  // namespace
}  // namespace sluice::components::file_exporter
