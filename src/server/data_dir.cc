#include "server/data_dir.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <filesystem>

namespace sluice::server {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kDirMode = 0700;
constexpr mode_t kFileMode = 0600;

Status make_dir(const fs::path& path) {
  std::error_code error;
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), error);
  if (error) {
    return errno_status("create directory " + path.parent_path().string(), error.value());
  }
  if (::mkdir(path.c_str(), kDirMode) != 0 && errno != EEXIST) {
    return errno_status("create directory " + path.string(), errno);
  }
  if (!fs::is_directory(path, error)) {
    return {Code::FailedPrecondition, path.string() + " is not a directory"};
  }
  return {};
}

/// A small file's content; empty if it has none or is not there.
std::string read_small(int fd) {
  char text[64];
  const ssize_t n = ::pread(fd, text, sizeof text, 0);
  std::string content(text, n > 0 ? static_cast<size_t>(n) : 0);
  while (!content.empty() && content.back() == '\n') content.pop_back();
  return content;
}

Status write_small(int fd, const std::string& name, const std::string& content) {
  if (::ftruncate(fd, 0) == 0 &&
      ::pwrite(fd, content.data(), content.size(), 0) == static_cast<ssize_t>(content.size())) {
    return {};
  }
  return errno_status("write " + name, errno);
}

Status check_format(const fs::path& path) {
  const std::string name = path / "format";
  const int fd = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kFileMode);
  if (fd < 0) return errno_status("open " + name, errno);
  const std::string content = read_small(fd);
  int format = 0;
  const char* end = content.data() + content.size();
  Status status;
  if (content.empty()) {
    status = write_small(fd, name, std::to_string(kDataFormat) + "\n");
  } else if (std::from_chars(content.data(), end, format).ptr != end) {
    status = {Code::FailedPrecondition, name + " is damaged: it holds no number"};
  } else if (format > kDataFormat) {
    status = {Code::FailedPrecondition,
              "data directory " + path.string() + " has format " + content +
                  ", written by a newer version; this one knows up to " +
                  std::to_string(kDataFormat) + ". Use the newer version"};
  }
  ::close(fd);
  return status;
}

}  // namespace

Status check_data_path(const std::string& path) {
  const size_t at = path.find_first_of("*?{\\");
  if (at == std::string::npos) return {};
  return invalid_argument("data directory " + path + ": the engine takes '" + path[at] +
                          "' in a path for a pattern; choose a name without * ? { and \\");
}

Result<DataDir> DataDir::open(const std::string& given) {
  std::error_code error;
  fs::path path = fs::absolute(given, error).lexically_normal();
  if (path.filename().empty()) path = path.parent_path();  // a slash at the end
  SLUICE_RETURN_IF_ERROR(check_data_path(path));
  SLUICE_RETURN_IF_ERROR(make_dir(path));
  const std::string lock_name = path / "lock";
  const int fd = ::open(lock_name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kFileMode);
  if (fd < 0) return errno_status("open " + lock_name, errno);
  DataDir dir(path.string(), fd);  // closes the descriptor whatever follows
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return errno_status("lock " + lock_name, errno);
    const std::string holder = read_small(fd);
    return Status(Code::AlreadyExists, "data directory " + path.string() + " is in use by pid " +
                                           (holder.empty() ? "unknown" : holder) +
                                           "; stop that process or choose another directory");
  }
  SLUICE_RETURN_IF_ERROR(write_small(fd, lock_name, std::to_string(::getpid()) + "\n"));
  SLUICE_RETURN_IF_ERROR(check_format(path));
  SLUICE_RETURN_IF_ERROR(make_dir(path / "engine"));
  return dir;
}

DataDir::~DataDir() {
  if (lock_fd_ >= 0) ::close(lock_fd_);
}

}  // namespace sluice::server
