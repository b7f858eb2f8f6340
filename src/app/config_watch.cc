#include "app/config_watch.h"

#include <utility>

namespace sluice::app {

ConfigWatch::ConfigWatch(std::vector<std::string> files)
    : files_(std::move(files)), taken_(look()), last_(taken_) {}

std::vector<FileIdentity> ConfigWatch::look() const {
  std::vector<FileIdentity> all;
  for (const std::string& file : files_) all.push_back(FileIdentity::of(file));
  return all;
}

bool ConfigWatch::changed() {
  std::vector<FileIdentity> now = look();
  const bool rests = now == last_;
  last_ = std::move(now);
  if (!rests || last_ == taken_) return false;
  taken_ = last_;
  return true;
}

}  // namespace sluice::app
