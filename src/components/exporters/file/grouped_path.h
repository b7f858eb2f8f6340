#pragma once

// The files of group_by: a path whose * a resource's attribute takes the place of. The attribute
// comes from outside, so the path never leaves what stands before the *.

#include <string>
#include <string_view>

namespace sluice::components::file_exporter {

/// The shortest path of the same file, by its text alone: without "." and "..", double slashes and
/// one at the end. "" is ".". The rules are those of Go's path.Clean.
std::string clean_path(std::string_view path);

class GroupedPath {
 public:
  GroupedPath() = default;
  /// REQUIRES: one * in it, not as the first character.
  explicit GroupedPath(std::string_view path);

  /// Begins with prefix(), but for "./" before a relative path. A segment may name folders ("a/b");
  /// of one that leads out ("../a") only what leads in counts.
  std::string of(std::string_view segment) const;

  const std::string& prefix() const { return prefix_; }

 private:
  std::string prefix_;
  std::string suffix_;
};

}  // namespace sluice::components::file_exporter
