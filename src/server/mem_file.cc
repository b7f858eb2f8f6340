#include "server/mem_file.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace sluice::server {

Result<MemFile> MemFile::create(Budget& budget) {
  const int fd = ::memfd_create("sluice-body", MFD_CLOEXEC);
  if (fd < 0) return errno_status("memfd_create", errno);
  return MemFile(fd, budget);
}

MemFile::MemFile(MemFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      budget_(other.budget_),
      share_(std::move(other.share_)),
      size_(std::exchange(other.size_, 0)),
      mapped_(std::exchange(other.mapped_, nullptr)) {}

MemFile& MemFile::operator=(MemFile&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(budget_, other.budget_);
  std::swap(share_, other.share_);
  std::swap(size_, other.size_);
  std::swap(mapped_, other.mapped_);
  return *this;
}

MemFile::~MemFile() {
  if (mapped_ != nullptr) ::munmap(mapped_, size_);
  if (fd_ >= 0) ::close(fd_);
}

Status MemFile::write(std::string_view bytes) {
  if (!budget_->take(share_, bytes.size())) {
    return {Code::ResourceExhausted,
            "request bodies and held results take more memory than they may together (" +
                std::to_string(budget_->limit_bytes()) + " bytes); try again later"};
  }
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd_, bytes.data(), bytes.size());
    if (n < 0) {
      if (errno == EINTR) continue;
      return errno_status("write to memory file", errno);
    }
    bytes.remove_prefix(static_cast<size_t>(n));
    size_ += static_cast<size_t>(n);
  }
  return {};
}

std::string MemFile::path() const { return "/proc/self/fd/" + std::to_string(fd_); }

Result<std::string_view> MemFile::map() {
  if (size_ == 0) return std::string_view();
  if (mapped_ == nullptr) {
    void* at = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, fd_, 0);
    if (at == MAP_FAILED) return errno_status("mmap", errno);
    mapped_ = at;
  }
  return std::string_view(static_cast<const char*>(mapped_), size_);
}

}  // namespace sluice::server
