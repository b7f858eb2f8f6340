#pragma once

#include <cstdint>
#include <string>

namespace sluice {

/// Tells one state of a file from another, also where another file took its place. All zero: there
/// is none.
struct FileIdentity {
  uint64_t device = 0;
  uint64_t inode = 0;
  int64_t seconds = 0;
  int64_t nanoseconds = 0;
  int64_t size = 0;

  static FileIdentity of(const std::string& path);
  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

}  // namespace sluice
