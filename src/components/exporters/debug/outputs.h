#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "base/status.h"

namespace sluice::components::debug_exporter {

/// Where text goes beside the program's log.
class Outputs {
 public:
  /// "stdout", "stderr", or the path or file:// URL of a file, which is made or goes on.
  static Result<Outputs> open(const std::vector<std::string>& paths);

  void write(std::string_view text);

 private:
  struct Output {
    std::string path;
    Fd file;
  };
  std::vector<Output> outputs_;
};

}  // namespace sluice::components::debug_exporter
