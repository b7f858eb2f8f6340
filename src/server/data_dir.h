#pragma once

#include <string>
#include <utility>

#include "base/status.h"

namespace sluice::server {

/// The format of what lies in a data directory. Raise it when an older program could no longer read
/// what a newer one writes.
inline constexpr int kDataFormat = 1;

/// InvalidArgument if a directory of this name could not be served: the engine takes some
/// characters of a path for a pattern.
Status check_data_path(const std::string& path);

/// A data directory in use by this process: created with mode 0700 if need be, locked against other
/// processes, its format known. Move-only; unlocks when destroyed.
///
///   DIR/lock       held by flock(2); the holder's pid as text
///   DIR/format     kDataFormat as text
///   DIR/engine/    the engine's
class DataDir {
 public:
  /// AlreadyExists: another process has it ("data directory X is in use by pid N").
  /// FailedPrecondition: written by a newer program. InvalidArgument: check_data_path(). Others:
  /// what the system said.
  static Result<DataDir> open(const std::string& path);

  DataDir(DataDir&& other) noexcept
      : path_(std::move(other.path_)), lock_fd_(std::exchange(other.lock_fd_, -1)) {}
  DataDir& operator=(DataDir&&) = delete;
  ~DataDir();

  /// Absolute.
  const std::string& path() const { return path_; }
  std::string engine_path() const { return path_ + "/engine"; }

 private:
  DataDir(std::string path, int lock_fd) : path_(std::move(path)), lock_fd_(lock_fd) {}

  std::string path_;
  int lock_fd_ = -1;
};

}  // namespace sluice::server
