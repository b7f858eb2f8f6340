#include "app/config_watch.h"

#include <sys/stat.h>

#include <utility>

namespace sluice::app {

ConfigWatch::ConfigWatch(std::vector<std::string> files)
    : files_(std::move(files)), taken_(look()), last_(taken_) {}

std::vector<ConfigWatch::Identity> ConfigWatch::look() const {
  std::vector<Identity> all;
  for (const std::string& file : files_) {
    struct stat found {};
    Identity& each = all.emplace_back();
    if (::stat(file.c_str(), &found) != 0) continue;
    each = {found.st_dev, found.st_ino, found.st_mtim.tv_sec, found.st_mtim.tv_nsec, found.st_size};
  }
  return all;
}

bool ConfigWatch::changed() {
  std::vector<Identity> now = look();
  const bool rests = now == last_;
  last_ = std::move(now);
  if (!rests || last_ == taken_) return false;
  taken_ = last_;
  return true;
}

}  // namespace sluice::app
