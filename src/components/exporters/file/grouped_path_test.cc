#include "components/exporters/file/grouped_path.h"

#include <gtest/gtest.h>

namespace sluice::components::file_exporter {
namespace {

TEST(CleanPath, IsTheShortest) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "."},
      {"a", "a"},
      {"/", "/"},
      {"//a//b/", "/a/b"},
      {"./a/./b", "a/b"},
      {"a/../b", "b"},
      {"a/..", "."},
      {"/..", "/"},
      {"/../a", "/a"},
      {"../../a", "../../a"},
      {"a/../../b", "../b"},
      {"..a/b..", "..a/b.."},
  };
  for (const auto& [path, expected] : cases) EXPECT_EQ(clean_path(path), expected) << path;
}

struct Case {
  const char* path;
  const char* segment;
  const char* expected;
};

TEST(GroupedPath, TakesTheSegment) {
  const Case cases[] = {
      {"/*.json", "filename", "/filename.json"},
      {"/*.json", "/dir/filename", "/dir/filename.json"},
      {"/dir*.json", "dirsuffix/filename", "/dirdirsuffix/filename.json"},
      {"/dir*.json", "/subdir/filename", "/dir/subdir/filename.json"},
      {"/dir*.json", "./filename", "/dir/filename.json"},
      {"/dir*filename.json", "/subdir/", "/dir/subdir/filename.json"},
      {"/dir/*/filename.json", "subdir", "/dir/subdir/filename.json"},
      {"/dir*filename.json", "", "/dirfilename.json"},
      {"/dir/*filename.json", "", "/dir/filename.json"},
      {"/dir/*filename.json", "subdir/odd/../", "/dir/subdir/filename.json"},
      {"/dir*filename.json", "dirsuffix/odd/../", "/dirdirsuffix/filename.json"},
      {"./out/*.json", "a", "out/a.json"},
      {"./*.json", "a", "a.json"},
      {"../*.json", "a", "../a.json"},
  };
  for (const Case& c : cases) EXPECT_EQ(GroupedPath(c.path).of(c.segment), c.expected) << c.path;
}

TEST(GroupedPath, NeverLeadsOut) {
  const Case cases[] = {
      {"/dir*.json", "../etc/attack", "/dir/etc/attack.json"},
      {"/dir*/filename.json", "../etc/attack", "/dir/etc/attack/filename.json"},
      {"/dir*.json", "dirsuffix/../etc/attack", "/dir/etc/attack.json"},
      {"/dir*.json", "dirsuffix/../../etc/attack", "/dir/etc/attack.json"},
      {"/dir/*.json", ".././two/two", "/dir/two/two.json"},
      {"/dir/*.json", "a/../../../etc/attack", "/dir/etc/attack.json"},
      {"./*.json", "a/../../attack", "attack.json"},
      {"out/*.json", "../../../attack", "out/attack.json"},
      // The original follows these two.
      {"../*.json", "a/../../attack", "../attack.json"},
      {".*/attack", ".", "attack"},
  };
  for (const Case& c : cases) EXPECT_EQ(GroupedPath(c.path).of(c.segment), c.expected) << c.path;
}

}  // namespace
}  // namespace sluice::components::file_exporter
