#include "components/exporters/file/output_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <unordered_set>

#include "base/log.h"
#include "components/exporters/file/rotation.h"

namespace sluice::components::file_exporter {
namespace {

/// Beyond this, data is written without waiting for the timer.
constexpr size_t kBufferedBytesMax = 1 << 20;
constexpr mode_t kFileMode = 0644;
constexpr uint64_t kMegabyte = 1 << 20;
/// Where rotation::max_megabytes is 0.
constexpr uint64_t kMegabytesStandard = 100;

/// Whether this process has opened the file before. Then its configuration was reloaded, or it was
/// closed for others, and what it has written itself must not go. Hashes are kept, since there may
/// be very many files; of two with one hash the second is not emptied.
bool opened_before(const std::string& path) {
  static std::mutex mutex;
  static std::unordered_set<size_t> opened;
  const std::lock_guard lock(mutex);
  return !opened.insert(std::hash<std::string>()(path)).second;
}

uint64_t size_max_of(const Config& config) {
  if (!config.rotates()) return UINT64_MAX;
  const uint64_t megabytes = config.rotation->max_megabytes;
  return (megabytes != 0 ? megabytes : kMegabytesStandard) * kMegabyte;
}

/// Whether no file of this name can be, whatever the state of the disk.
bool is_name_wrong(int error) {
  return error == ENAMETOOLONG || error == ENOTDIR || error == EISDIR || error == EINVAL ||
         error == ELOOP || error == EEXIST;
}

/// Names may come from outside, and be of any length.
Status open_error(const char* what, const std::string& path, int error) {
  constexpr size_t kShownMax = 200;
  const bool is_long = path.size() > kShownMax;
  const Status status = errno_status(
      std::string(what) + " " + path.substr(0, kShownMax) + (is_long ? "..." : ""), error);
  return is_name_wrong(error) ? invalid_argument(status.message()) : unavailable(status.message());
}

Result<Fd> open_fd(const Config& config, const std::string& path) {
  if (path.find('\0') != std::string::npos) return open_error("open", path, EINVAL);
  if (config.makes_directory()) {
    const auto folder = std::filesystem::path(path).parent_path();
    std::error_code error;
    if (!folder.empty()) std::filesystem::create_directories(folder, error);
    if (error) return open_error("make the directory of", path, error.value());
  }
  const bool keeps = config.append || config.rotates() || opened_before(path);
  const int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND | (keeps ? 0 : O_TRUNC);
  Fd file(::open(path.c_str(), flags, kFileMode));
  if (!file) return open_error("open", path, errno);
  return file;
}

uint64_t size_of(const Fd& file) {
  struct stat about {};
  return ::fstat(file.get(), &about) == 0 ? static_cast<uint64_t>(about.st_size) : 0;
}

}  // namespace

OutputFile::OutputFile(const Config& config, std::string path, Fd file)
    : config_(&config),
      path_(std::move(path)),
      file_(std::move(file)),
      size_(size_of(file_)),
      size_max_(size_max_of(config)) {}

Result<OutputFile> OutputFile::open(const Config& config, std::string path) {
  auto file = open_fd(config, path);
  if (!file.ok()) return file.status();
  return OutputFile(config, std::move(path), std::move(*file));
}

void OutputFile::append(std::string_view request) {
  if (size_ + pending_.size() + request.size() > size_max_) rotate();
  pending_.append(request);
}

/// The file goes on where it cannot be made a backup, or where what belongs into it is not all
/// written.
void OutputFile::rotate() {
  if (!flush().ok() || size_ == 0) return;
  Status status = file_exporter::rotate(path_, *config_->rotation, WallClock::now());
  if (status.ok()) {
    auto file = open_fd(*config_, path_);
    status = file.status();
    if (file.ok()) {
      file_ = std::move(*file);
      size_ = 0;
    }
  }
  if (!status.ok()) log::error("a file cannot be rotated", {{"error", status.message()}});
}

Status OutputFile::flush() {
  if (pending_.empty()) return {};
  size_t written = 0;
  Status status;
  while (written < pending_.size()) {
    const ssize_t n = ::write(file_.get(), pending_.data() + written, pending_.size() - written);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      status = unavailable(errno_status("write " + path_, errno).message());
      log::error("telemetry could not be written", {{"error", status.message()}});
      break;
    }
    written += static_cast<size_t>(n);
  }
  size_ += written;
  std::memmove(pending_.data(), pending_.data() + written, pending_.size() - written);
  pending_.resize(pending_.size() - written);
  return status;
}

Status OutputFiles::append(const std::string& path, std::string_view request) {
  // What could not be written so far: nothing is added to it.
  if (pending_ > kBufferedBytesMax) SLUICE_RETURN_IF_ERROR(flush());
  auto file = find(path);
  if (!file.ok()) return file.status();
  OutputFile& to = **file;
  pending_ -= to.pending();
  to.append(request);
  pending_ += to.pending();
  // What is taken stays, also where it cannot be written now; the next request is refused then.
  if (pending_ > kBufferedBytesMax || config_.rotates()) static_cast<void>(flush());
  return {};
}

Status OutputFiles::flush() {
  Status first;
  pending_ = 0;
  for (OutputFile& file : files_) {
    Status status = file.flush();
    if (first.ok()) first = std::move(status);
    if (open_max_ > 1) file.release();
    pending_ += file.pending();
  }
  return first;
}

Result<OutputFile*> OutputFiles::find(const std::string& path) {
  const auto known = by_path_.find(path);
  if (known != by_path_.end()) {
    files_.splice(files_.begin(), files_, known->second);
    return &files_.front();
  }
  SLUICE_RETURN_IF_ERROR(make_room());
  auto file = OutputFile::open(config_, path);
  if (!file.ok()) return file.status();
  files_.push_front(std::move(*file));
  by_path_.emplace(files_.front().path(), files_.begin());
  return &files_.front();
}

/// A file whose data cannot be written stays open.
Status OutputFiles::make_room() {
  if (files_.size() < open_max_) return {};
  OutputFile& oldest = files_.back();
  pending_ -= oldest.pending();
  const Status status = oldest.flush();
  pending_ += oldest.pending();
  SLUICE_RETURN_IF_ERROR(status);
  by_path_.erase(oldest.path());
  files_.pop_back();
  return {};
}

}  // namespace sluice::components::file_exporter
