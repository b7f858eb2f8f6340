#pragma once

#include <cstdint>
#include <string>
#include <vector>

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
  struct Identity {
    uint64_t device = 0;
    uint64_t inode = 0;
    int64_t seconds = 0;
    int64_t nanoseconds = 0;
    int64_t size = 0;
    friend bool operator==(const Identity&, const Identity&) = default;
  };
  std::vector<Identity> look() const;

  const std::vector<std::string> files_;
  std::vector<Identity> taken_;
  std::vector<Identity> last_;
};

}  // namespace sluice::app
