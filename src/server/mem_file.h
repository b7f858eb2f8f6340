#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/budget.h"
#include "base/status.h"

namespace sluice::server {

/// Bytes in an anonymous file in memory, which the engine can open by path. Its size is taken from
/// a budget. Move-only.
class MemFile {
 public:
  /// The budget must outlive the file.
  static Result<MemFile> create(Budget& budget);
  MemFile(MemFile&& other) noexcept;
  MemFile& operator=(MemFile&& other) noexcept;
  ~MemFile();

  /// Appends. ResourceExhausted if the budget has no room.
  Status write(std::string_view bytes);
  size_t size() const { return size_; }
  /// "/proc/self/fd/N". Opening it reads from the start.
  std::string path() const;

  /// The content, mapped; valid while this lives. Writing after the first call is not allowed.
  Result<std::string_view> map();

 private:
  MemFile(int fd, Budget& budget) : fd_(fd), budget_(&budget) {}

  int fd_ = -1;
  Budget* budget_ = nullptr;
  Budget::Share share_;
  size_t size_ = 0;
  void* mapped_ = nullptr;
};

}  // namespace sluice::server
