#pragma once

// The files that are open, and what is to be written into them.

#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/buffer.h"
#include "base/fd.h"
#include "base/status.h"
#include "components/exporters/file/config.h"

namespace sluice::components::file_exporter {

/// A file and what waits to be written into it. Not thread-safe.
class OutputFile {
 public:
  /// Makes the file, and its folder if the options say so. What it holds stays where it is rotated
  /// or this process has written it. InvalidArgument: there can be no file of this name.
  /// `config` must outlive the file.
  static Result<OutputFile> open(const Config& config, std::string path);

  /// After what waits already; a file that would become too large is rotated before.
  void append(std::string_view request);
  /// Writes what waits. What could not be written stays for the next time, and is logged.
  Status flush();
  /// Gives the memory back that nothing waits in.
  void release() {
    if (pending_.empty()) pending_.release();
  }

  const std::string& path() const { return path_; }
  size_t pending() const { return pending_.size(); }

 private:
  OutputFile(const Config& config, std::string path, Fd file);
  void rotate();

  const Config* config_;
  std::string path_;
  Fd file_;
  uint64_t size_;  // of the file
  uint64_t size_max_;
  Buffer pending_;
};

/// Open files by their paths; the one that was used longest ago is closed when there are too many.
/// Not thread-safe.
class OutputFiles {
 public:
  /// REQUIRES: open_max > 0. `config` must outlive this.
  OutputFiles(const Config& config, size_t open_max) : config_(config), open_max_(open_max) {}

  Status open(const std::string& path) { return find(path).status(); }
  /// An error says that the request was not taken. Unavailable: it may be later. A file that is
  /// rotated is written at once, as in the original.
  Status append(const std::string& path, std::string_view request);
  /// The first error of all.
  Status flush();

 private:
  Result<OutputFile*> find(const std::string& path);
  Status make_room();

  const Config& config_;
  const size_t open_max_;
  std::list<OutputFile> files_;  // the one used last is the first
  std::unordered_map<std::string_view, std::list<OutputFile>::iterator> by_path_;  // of files_
  size_t pending_ = 0;  // bytes that wait, of all files
};

}  // namespace sluice::components::file_exporter
