#include "components/exporters/file/grouped_path.h"

#include <vector>

#include "base/take.h"

namespace sluice::components::file_exporter {
namespace {

/// How many folders up a clean path begins.
size_t parents(std::string_view path) {
  size_t count = 0;
  while (take_until(path, "/") == "..") ++count;
  return count;
}

}  // namespace

std::string clean_path(std::string_view path) {
  const bool is_rooted = !path.empty() && path.front() == '/';
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const std::string_view part = take_until(path, "/");
    if (part.empty() || part == ".") continue;
    const bool can_go_up = !parts.empty() && parts.back() != "..";
    if (part == ".." && can_go_up) {
      parts.pop_back();
    } else if (part != ".." || !is_rooted) {
      parts.push_back(part);
    }
  }
  std::string out = is_rooted ? "/" : "";
  for (size_t i = 0; i < parts.size(); ++i) out.append(i == 0 ? "" : "/").append(parts[i]);
  return out.empty() ? "." : out;
}

GroupedPath::GroupedPath(std::string_view path) {
  const std::string_view before = take_until(path, "*");
  prefix_ = clean_path(before);
  if (before.back() == '/' && prefix_.back() != '/') prefix_ += '/';
  suffix_ = path;
}

std::string GroupedPath::of(std::string_view segment) const {
  if (segment.substr(0, 2) == "./") {
    segment.remove_prefix(1);
  } else if (segment.substr(0, 3) == "../") {
    segment.remove_prefix(2);
  }
  std::string inside(segment);
  inside += suffix_;
  std::string path = clean_path(prefix_ + inside);
  // A prefix such as "../" begins what leads out of it as well.
  if (path.compare(0, prefix_.size(), prefix_) == 0 && parents(path) == parents(prefix_))
    return path;
  return clean_path(prefix_ + "/" + clean_path("/" + inside));
}

}  // namespace sluice::components::file_exporter
