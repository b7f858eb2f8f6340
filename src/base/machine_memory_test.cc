#include "base/machine_memory.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace sluice {
namespace {

class GroupMemory : public testing::Test {
 protected:
  void SetUp() override {
    root_ = testing::TempDir() + "/groups";
    std::filesystem::remove_all(root_);
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  void put(const std::string& path, const std::string& text) const {
    const std::filesystem::path file(root_ + "/" + path);
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  uint64_t limit(std::string_view groups) const { return group_memory_limit(groups, root_); }

  std::string root_;
};

TEST_F(GroupMemory, VersionTwo) {
  put("memory.max", "max\n");
  put("a.slice/memory.max", "1000000\n");
  put("a.slice/b.service/memory.max", "2000000\n");
  EXPECT_EQ(limit("0::/\n"), UINT64_MAX);
  EXPECT_EQ(limit("0::/a.slice\n"), 1'000'000u);
  EXPECT_EQ(limit("0::/a.slice/b.service\n"), 1'000'000u) << "the group above has less";
}

TEST_F(GroupMemory, VersionOne) {
  put("memory/memory.limit_in_bytes", "9223372036854771712\n");
  put("memory/docker/x/memory.limit_in_bytes", "3000000\n");
  EXPECT_EQ(limit("5:devices:/docker/x\n4:memory:/docker/x\n0::/\n"), 3'000'000u);
  EXPECT_EQ(limit("5:devices:/docker/x\n"), UINT64_MAX);
}

TEST_F(GroupMemory, AContainerSeesItsGroupAtTheRoot) {
  put("memory.max", "4000000");
  EXPECT_EQ(limit("0::/system.slice/docker-1.scope"), 4'000'000u);
}

TEST_F(GroupMemory, NothingThatCanBeReadIsNoLimit) {
  put("memory.max", "nonsense");
  for (const char* groups : {"", "\n", "x", "0:", "0::/", ":::::"})
    EXPECT_EQ(limit(groups), UINT64_MAX) << groups;
  EXPECT_GT(machine_memory_bytes(), 0u);
}

}  // namespace
}  // namespace sluice
