#include "base/file_identity.h"

#include <sys/stat.h>

namespace sluice {

FileIdentity FileIdentity::of(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return {};
  return {found.st_dev, found.st_ino, found.st_mtim.tv_sec, found.st_mtim.tv_nsec, found.st_size};
}

}  // namespace sluice
