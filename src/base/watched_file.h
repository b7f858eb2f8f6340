#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "base/file_identity.h"
#include "base/log.h"
#include "base/read_file.h"
#include "base/status.h"

namespace sluice {

/// A small file, such as one with credentials, that is read again when it has changed, also when
/// another file took its place (a Kubernetes secret). It is looked at when it is used, at most once
/// a second. What cannot be read leaves what was read before. Thread-safe.
template <typename T, T (*parse)(std::string_view text)>
class WatchedFile {
 public:
  explicit WatchedFile(std::string path) : path_(std::move(path)) {
    status_ = read(FileIdentity::of(path_));
  }

  /// Whether the file could be read at first.
  const Status& status() const { return status_; }

  std::shared_ptr<const T> get() {
    const std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (now - looked_ >= kInterval) {
      looked_ = now;
      const auto seen = FileIdentity::of(path_);
      if (seen != identity_) {
        const Status status = read(seen);
        if (!status.ok()) log::warn(status.message());
        if (status.ok()) log::info("a file has changed and was read again", {{"file", path_}});
      }
    }
    return value_;
  }

 private:
  static constexpr std::chrono::seconds kInterval{1};

  Status read(const FileIdentity& seen) {
    identity_ = seen;
    const auto text = read_file(path_);
    if (!text.ok()) return {Code::NotFound, "cannot read the file " + path_};
    value_ = std::make_shared<const T>(parse(*text));
    return {};
  }

  const std::string path_;
  std::mutex mutex_;
  std::chrono::steady_clock::time_point looked_ = std::chrono::steady_clock::now();
  FileIdentity identity_;
  std::shared_ptr<const T> value_ = std::make_shared<const T>();
  Status status_;
};

}  // namespace sluice
