#pragma once

#include <string>
#include <vector>

#include "base/file_identity.h"

namespace sluice::app {

/// Notices that files have changed, also when others took their places. It looks when it is asked,
/// so that it costs nothing in between.
class ConfigWatch {
 public:
  explicit ConfigWatch(std::vector<std::string> files);

  /// Whether they have changed since the last yes, and rested since the last question: a file that
  /// is just being written is not taken.
  bool changed();

 private:
  std::vector<FileIdentity> look() const;

  const std::vector<std::string> files_;
  std::vector<FileIdentity> taken_;
  std::vector<FileIdentity> last_;
};

}  // namespace sluice::app
